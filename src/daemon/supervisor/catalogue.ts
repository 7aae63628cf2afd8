/**
 * What the daemon knows of services besides their state: by which plan generation a slot runs, and the description in it.
 * An entry comes with a plan and goes with an unload; a reload replaces it.
 */
import type { PlannedService } from '../../plan/planned-service.ts';
import type { LaunchFailure } from '../../api/service-status.ts';
import type { ServiceId } from '../model/ids.ts';
import type { LaunchFailureFacts } from '../model/service.ts';
import { launchFailure } from '../narration/launch-failure.ts';

export interface CatalogueEntry {
  readonly id: ServiceId;
  readonly generation: number;
  readonly service: PlannedService;
}

export class Catalogue {
  readonly #entries = new Map<ServiceId, CatalogueEntry>();

  get(id: ServiceId): CatalogueEntry {
    const entry = this.#entries.get(id);
    if (!entry) throw new Error(`service ${id} is in the engine but not in the catalogue`);
    return entry;
  }

  find(id: ServiceId): CatalogueEntry | undefined {
    return this.#entries.get(id);
  }

  describeFailure(id: ServiceId, facts: LaunchFailureFacts): LaunchFailure | undefined {
    const entry = this.find(id);
    return entry && launchFailure(entry.service, facts);
  }

  put(entry: CatalogueEntry): void {
    this.#entries.set(entry.id, entry);
  }

  remove(id: ServiceId): void {
    this.#entries.delete(id);
  }
}
