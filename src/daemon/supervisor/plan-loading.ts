/**
 * Services come and go with plans.
 *
 * A service is loaded by compiling its name: the plan that comes back holds it and all it needs. What of it is new goes into the engine, all or nothing,
 * and its slots are put to use; what was loaded before stays as it is. Reload compiles the name too, and gives the engine the new description;
 * only when the engine takes it does the launcher run by it.
 */
import type { LoadFailure } from '../../service/description.ts';
import type { LiveProcess, LoadedDescription } from '../engine/event.ts';
import { findService, loadedServices } from '../engine/status.ts';
import type { StateJournal } from '../journal/state-journal.ts';
import type { LauncherConnection } from '../launcher/process-launcher.ts';
import type { DaemonLog } from '../logging/daemon-log.ts';
import { serviceId } from '../model/ids.ts';
import type { ChangeOutcome, LoadOutcome, Refusal, ServiceManager } from '../service-manager.ts';
import { askedFirst } from './asked-first.ts';
import { failuresAbout, notLoaded, refused } from './answers.ts';
import type { Catalogue, CatalogueEntry } from './catalogue.ts';
import type { CompilationResult, Compilations, CompiledPlan } from './compilations.ts';
import type { EngineHost } from './engine-host.ts';

export type ReloadOutcome = Awaited<ReturnType<ServiceManager['reload']>>;

const held: Refusal = { kind: 'in-use', text: 'a client holds it' };

export interface PlanLoadingParts {
  readonly host: EngineHost;
  readonly catalogue: Catalogue;
  readonly journal: StateJournal;
  readonly compilations: Compilations;
  readonly launcher: LauncherConnection;
  readonly log: DaemonLog;
  /** Somebody refers to the service: it must stay as it is. */
  readonly isHeld: (name: string) => boolean;
}

export class PlanLoading {
  readonly #parts: PlanLoadingParts;

  constructor(parts: PlanLoadingParts) {
    this.#parts = parts;
  }

  /** Takes what is new in a plan; the failures say why what was asked for is not there. */
  adopt(plan: CompiledPlan): readonly LoadFailure[] {
    const failures = this.#takeNew(plan);
    this.#parts.launcher.discard(plan.generation);
    return failures;
  }

  #takeNew(plan: CompiledPlan): readonly LoadFailure[] {
    const { descriptions, generation } = plan;
    const planned = entriesOf(plan);
    const fresh = askedFirst(descriptions.names, planned).filter(
      ({ service }) => findService(this.#parts.host.state, service.name) === undefined,
    );
    for (const { id, service } of fresh) this.#parts.catalogue.put({ id, generation, service });
    const { reply } = this.#parts.host.request({
      kind: 'load',
      services: fresh.map(({ id, service }) => ({ id, description: service })),
    });
    if (reply.kind === 'not-loaded' || reply.kind === 'refused') {
      for (const { id } of fresh) this.#parts.catalogue.remove(id);
      return reply.kind === 'not-loaded' ? [...reply.failures, ...descriptions.failures] : descriptions.failures;
    }
    this.#parts.launcher.use(
      generation,
      fresh.map(({ id }) => id),
    );
    return descriptions.failures;
  }

  /** Without a journal: each service by the plan that the launcher runs it by; what does not fit together then, by the newest plan that has it. */
  #takeUsed(plans: readonly CompiledPlan[]): void {
    const entries = plans.flatMap((plan) => {
      const used = new Set(plan.used);
      return entriesOf(plan).filter(({ id }) => used.has(id));
    });
    for (const entry of entries) this.#parts.catalogue.put(entry);
    const services = entries.map(({ id, service }) => ({ id, description: service }));
    const { reply } = this.#parts.host.request({ kind: 'load', services });
    if (reply.kind !== 'not-loaded' && reply.kind !== 'refused') return;
    for (const { id } of entries) this.#parts.catalogue.remove(id);
    for (const plan of plans.toSorted((a, b) => b.generation - a.generation)) this.#takeNew(plan);
  }

  /** What a load would bring, without loading it. */
  async describe(
    name: string,
  ): Promise<readonly LoadedDescription[] | { readonly kind: 'failed'; readonly failures: readonly LoadFailure[] }> {
    const plan = planFor(name, await this.#parts.compilations.request([name]));
    if ('failures' in plan) return { kind: 'failed', failures: plan.failures };
    this.#parts.launcher.discard(plan.generation);
    const { services, failures } = plan.descriptions;
    if (!services.some((service) => service.name === name)) {
      return { kind: 'failed', failures: failuresAbout(name, failures) };
    }
    return services.map((description, index) => ({ id: serviceId(plan.slots[index] ?? 0), description }));
  }

  async load(name: string): Promise<LoadOutcome> {
    if (findService(this.#parts.host.state, name) !== undefined) return { kind: 'loaded', isNew: false };
    const result = await this.#parts.compilations.request([name]);
    const plan = planFor(name, result);
    if ('failures' in plan) return { kind: 'failed', failures: plan.failures };
    const failures = this.adopt(plan);
    if (findService(this.#parts.host.state, name) === undefined)
      return { kind: 'failed', failures: failuresAbout(name, failures) };
    return { kind: 'loaded', isNew: true };
  }

  async reload(name: string): Promise<ReloadOutcome> {
    if (findService(this.#parts.host.state, name) === undefined) return this.load(name);
    const plan = planFor(name, await this.#parts.compilations.request([name]));
    if ('failures' in plan) return { kind: 'failed', failures: plan.failures };
    const outcome = this.#parts.isHeld(name) ? refused(held) : this.#takeReloaded(name, plan);
    this.#parts.launcher.discard(plan.generation);
    return outcome;
  }

  #takeReloaded(name: string, plan: CompiledPlan): ReloadOutcome {
    const service = plan.descriptions.services.find((each) => each.name === name);
    const id = findService(this.#parts.host.state, name);
    if (!service || id === undefined)
      return { kind: 'failed', failures: failuresAbout(name, plan.descriptions.failures) };
    const failures = this.#takeNew(plan);
    const { reply } = this.#parts.host.request({ kind: 'reload', id, description: service });
    if (reply.kind === 'refused') return reply;
    if (reply.kind === 'not-loaded') return { kind: 'failed', failures: [...reply.failures, ...failures] };
    this.#parts.catalogue.put({ id, generation: plan.generation, service });
    this.#parts.host.saveWhole();
    this.#parts.launcher.use(plan.generation, [id]);
    return { kind: 'loaded', isNew: false };
  }

  unload(name: string): ChangeOutcome {
    const id = findService(this.#parts.host.state, name);
    if (id === undefined) return refused(notLoaded);
    if (this.#parts.isHeld(name)) return refused(held);
    const { reply } = this.#parts.host.request({ kind: 'unload', id });
    if (reply.kind === 'refused') return reply;
    this.#parts.catalogue.remove(id);
    this.#parts.host.saveWhole();
    this.#parts.launcher.forget(id);
    return { kind: 'done' };
  }

  /**
   * Goes on where a former daemon was: `plans` are those that the launcher still has, `processes` its table. True if there was a journal to go by;
   * otherwise everything in the plans is loaded, and what runs is taken as started.
   */
  recover(plans: readonly CompiledPlan[], processes: readonly LiveProcess[], formerDaemon: string): boolean {
    const entries = new Map(
      plans.flatMap((plan) =>
        entriesOf(plan).map((entry): [string, CatalogueEntry] => [`${entry.generation} ${entry.id}`, entry]),
      ),
    );
    const legacy = this.#parts.journal.read((id, generation) => entries.get(`${generation} ${id}`)?.service);
    if (!('state' in legacy) || !legacy.isAsleep) {
      this.#parts.log.write('warn', `reeve: this daemon replaces one that ended: ${formerDaemon}`);
    }
    if (legacy.damage !== undefined) {
      this.#parts.log.write('error', `reeve: the journal is damaged: ${legacy.damage}; going by what runs`);
    }
    const hasJournal = 'state' in legacy;
    if (hasJournal) {
      for (const [id, generation] of legacy.generations) {
        const entry = entries.get(`${generation} ${id}`);
        if (entry) this.#parts.catalogue.put(entry);
      }
      this.#parts.host.replay(legacy);
    } else {
      this.#takeUsed(plans);
    }
    this.#parts.host.report({ kind: 'recovered', processes });
    this.#parts.host.saveWhole();
    for (const id of loadedServices(this.#parts.host.state)) {
      this.#parts.launcher.use(this.#parts.catalogue.get(id).generation, [id]);
    }
    return hasJournal;
  }
}

function entriesOf({ generation, descriptions, slots }: CompiledPlan): CatalogueEntry[] {
  return descriptions.services.map((service, index) => {
    const slot = slots[index];
    if (slot === undefined) throw new Error(`plan ${generation} has no slot for ${service.name}`);
    return { id: serviceId(slot), generation, service };
  });
}

/** The compiled plan, or why there is none. */
function planFor(
  name: string,
  result: CompilationResult,
): CompiledPlan | { readonly failures: readonly LoadFailure[] } {
  if (result.kind === 'compiled') return result.plan;
  const problem = { message: `cannot compile the service files: ${result.text}` };
  return { failures: [{ name, class: 'load', problems: [problem] }] };
}
