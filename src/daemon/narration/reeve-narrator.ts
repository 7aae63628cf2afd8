import type { ServiceEvent } from '../../api/service-status.ts';
import type { PlanDescriptions, PlannedService } from '../../plan/planned-service.ts';
import type { LoadFailure } from '../../service/description.ts';
import type { Notice } from '../engine/action.ts';
import type { DaemonLog } from '../logging/daemon-log.ts';
import type { Refusal } from '../service-manager.ts';
import type { Narrator } from './narrator.ts';
import { noticeText } from './notice-text.ts';
import { planTroubles } from './plan-troubles.ts';

export class ReeveNarrator implements Narrator {
  readonly #log: DaemonLog;

  constructor(log: DaemonLog) {
    this.#log = log;
  }

  event(event: ServiceEvent): void {
    this.#log.event(event);
  }

  notice(service: PlannedService, notice: Notice, isUp: boolean): void {
    // When the service goes down with its process, its event says so.
    if (notice.kind === 'process-ended' && !isUp) return;
    const words = noticeText(service, notice);
    if (words) this.#log.write(words.level, words.text, { service: service.name });
  }

  planTroubles(descriptions: PlanDescriptions): void {
    const { errors, warnings } = planTroubles(descriptions);
    for (const text of warnings) this.#log.write('warn', text);
    for (const text of errors) this.#log.write('error', text);
  }

  notStarted(name: string, { kind }: Refusal): void {
    this.#log.write('error', `${name}: cannot be started: ${kind === 'not-loaded' ? 'it is not loaded' : kind}`);
  }

  nothingStarted(): void {
    this.#log.write('error', 'reeve: nothing could be started');
  }

  chainFailed(from: string, target: string, failures: readonly LoadFailure[]): void {
    this.#log.write('error', `${from}: cannot chain to ${target}: it cannot be loaded`, { service: from });
    for (const { problems } of failures) {
      for (const { message } of problems) this.#log.write('error', `${target}: ${message}`, { service: target });
    }
  }

  /** The daemon's log may be on another terminal, and its lines are few: nothing is held back. */
  consoleHeld(): void {}
}
