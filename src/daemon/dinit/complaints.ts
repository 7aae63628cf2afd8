/** Complaints about clients, so many in an interval and the rest counted, so that no client can flood the log. */
import type { ServerLog } from '../../api/varlink/server.ts';
import type { Caller } from '../service-manager.ts';

const mostPerInterval = 20;
const interval = 10_000;

export class Complaints {
  readonly #log: ServerLog;
  readonly #now: () => number;
  #count = 0;
  #since = -Infinity;

  /** @param now Monotonic milliseconds. */
  constructor(log: ServerLog, now: () => number = () => performance.now()) {
    this.#log = log;
    this.#now = now;
  }

  /** @param error A defect of ours: always written. */
  write({ uid, pid }: Caller, message: string, error?: unknown): void {
    if (error !== undefined) {
      this.#log.write('error', message, { uid, pid, err: error });
      return;
    }
    const now = this.#now();
    if (now - this.#since > interval) {
      const omitted = this.#count - mostPerInterval;
      if (omitted > 0) this.#log.write('warn', `${omitted} more complaints about clients`, { omitted });
      this.#since = now;
      this.#count = 0;
    }
    this.#count += 1;
    if (this.#count <= mostPerInterval) this.#log.write('warn', message, { uid, pid });
  }
}
