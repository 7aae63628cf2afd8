/**
 * When there has been nothing to do for a while, the daemon may end: the launcher keeps the sockets, the processes and the journal, and starts a new
 * daemon when something happens or the next deadline is near. Asleep, reeve is two small C programs.
 *
 * While something keeps the daemon awake no timer runs: whoever keeps it awake touches the watch when that is over.
 */

export interface IdleOptions {
  /** Milliseconds without a touch; 0 = never sleep. */
  readonly limit: number;
  readonly now: () => number;
  /** Calls back once, after so many milliseconds, unless disposed. */
  readonly after: (delay: number, callback: () => void) => Disposable;
  /** Calls back when everything that waits at this moment has been looked at: a client in the backlog is a reason to stay. */
  readonly settle: (callback: () => void) => void;
  /** Something is under way, or will be before `limit` has passed. */
  readonly isBusy: () => boolean;
  readonly sleep: () => void;
}

export class IdleWatch implements Disposable {
  readonly #options: IdleOptions;
  #touched: number;
  #timer: Disposable | undefined;

  constructor(options: IdleOptions) {
    this.#options = options;
    this.#touched = options.now();
  }

  /** Something was done just now. Cheap: it is called for every event. */
  touch(): void {
    const { limit, now, after } = this.#options;
    if (limit === 0) return;
    this.#touched = now();
    this.#timer ??= after(limit, () => this.#look());
  }

  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
  }

  #look(): void {
    const { limit, now, after, settle } = this.#options;
    this.#timer = undefined;
    const rest = this.#touched + limit - now();
    if (rest > 0) this.#timer = after(Math.ceil(rest), () => this.#look());
    else settle(() => this.#decide(this.#touched));
  }

  #decide(touched: number): void {
    const { isBusy, sleep } = this.#options;
    if (this.#timer || this.#touched !== touched) return;
    if (!isBusy()) sleep();
  }
}
