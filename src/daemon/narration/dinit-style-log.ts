/**
 * What the daemon says about itself where the log is kept in dinit's words. dinit has nothing to say of the kind unless something is wrong, so what only informs,
 * the audit of granted changes included, is shown one level lower, to those who want to see everything.
 */
import type { DinitLog } from '../dinit/dinit-log.ts';
import type { NoticeLevel } from '../engine/action.ts';
import type { DaemonLog, LogLevel } from '../logging/daemon-log.ts';

const levels: Readonly<Record<LogLevel, NoticeLevel>> = { debug: 'debug', info: 'debug', warn: 'warn', error: 'error' };

export class DinitStyleLog implements DaemonLog {
  readonly #log: DinitLog;

  constructor(log: DinitLog) {
    this.#log = log;
  }

  write(level: LogLevel, message: string): void {
    this.#log.message({ level: levels[level], text: message });
  }

  /** The narrator has its own words for it. */
  event(): void {}
}
