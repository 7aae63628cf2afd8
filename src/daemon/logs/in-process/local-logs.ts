/** The logs of all services, kept by this process itself: what reeve-logger does elsewhere. They end with the process. */
import type { PlanLog } from '../../../plan/plan.ts';
import type { LogTrouble } from '../../launcher/launcher-event.ts';
import type { LogOptions, LogPiece } from '../../service-manager.ts';
import type { LogReader } from '../log-reader.ts';
import { type LogClocks, ServiceLog } from './service-log.ts';

export interface LocalLogsOptions {
  readonly clocks: LogClocks;
  readonly report: (slot: number, what: LogTrouble, amount: number, errno: number) => void;
}

export class LocalLogs implements LogReader, Disposable {
  readonly #options: LocalLogsOptions;
  readonly #logs = new Map<number, ServiceLog>();

  constructor(options: LocalLogsOptions) {
    this.#options = options;
  }

  /** The log of a slot, made with the first process that writes to it. */
  of(slot: number, rules: PlanLog): ServiceLog {
    const known = this.#logs.get(slot);
    if (known) return known;
    const { clocks, report } = this.#options;
    const made = new ServiceLog(rules, clocks, (what, amount, errno) => report(slot, what, amount, errno));
    this.#logs.set(slot, made);
    return made;
  }

  find(slot: number): ServiceLog | undefined {
    return this.#logs.get(slot);
  }

  close(slot: number): void {
    this.#logs.get(slot)?.[Symbol.dispose]();
    this.#logs.delete(slot);
  }

  async *read(slot: number, options: LogOptions): AsyncGenerator<LogPiece> {
    const log = this.#logs.get(slot);
    if (log) yield* log.read(options);
  }

  /** Everything that is still in a pipe is taken and written. */
  [Symbol.dispose](): void {
    for (const slot of this.#logs.keys()) this.close(slot);
  }
}
