/** Tells what happens in the words of dinit, on the console and in the main log. */
import type { PlanDescriptions, PlannedService } from '../../plan/planned-service.ts';
import type { LoadFailure } from '../../service/description.ts';
import type { DinitLog } from '../dinit/dinit-log.ts';
import { chainFailedText, loadFailureTexts } from '../dinit/log-text.ts';
import type { Notice } from '../engine/action.ts';
import type { Narrator } from './narrator.ts';

export interface DinitNarratorParts {
  readonly log: DinitLog;
  readonly serviceDirectories: readonly string[];
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

export class DinitNarrator implements Narrator {
  readonly #parts: DinitNarratorParts;

  constructor(parts: DinitNarratorParts) {
    this.#parts = parts;
  }

  /** The engine's notices tell it all. */
  event(): void {}

  notice(service: PlannedService, notice: Notice): void {
    this.#parts.log.notice(service, notice);
  }

  planTroubles({ names, failures }: PlanDescriptions): void {
    const asked = new Set(names);
    const needed = failures.filter(({ name }) => !asked.has(name));
    const failed = failures.filter(({ name }) => asked.has(name));
    for (const [place, failure] of failed.entries()) {
      const first = place === 0 ? needed : [];
      const { log, serviceDirectories } = this.#parts;
      const texts = loadFailureTexts(failure.name, [...first, failure], 'command-line', serviceDirectories);
      for (const text of texts) log.message(text);
    }
  }

  /** Why it is not loaded was told with the plan, and nothing else can be in the way. */
  notStarted(): void {}

  /** The end is silent, and no failure. */
  nothingStarted(): void {}

  chainFailed(_from: string, target: string, failures: readonly LoadFailure[]): void {
    this.#parts.log.message(chainFailedText(target, failures));
  }

  consoleHeld(isHeld: boolean): void {
    this.#parts.log.setConsoleHeld(isHeld, this.#parts.now());
  }
}
