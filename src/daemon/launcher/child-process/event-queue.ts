/**
 * Events on their way to the daemon. They are told in order, several at a time, and never from inside of a request: the daemon handles one thing to its end
 * before it hears of the next.
 */
import type { LauncherEvent } from '../launcher-event.ts';

export class EventQueue {
  #events: LauncherEvent[] = [];
  #isPlanned = false;
  #listener: ((event: LauncherEvent) => void) | undefined;
  #handled: (() => void) | undefined;

  push(...events: readonly LauncherEvent[]): void {
    this.#events.push(...events);
    this.#plan();
  }

  /** `handled` is called after each batch. */
  open(listener: (event: LauncherEvent) => void, handled: () => void): void {
    this.#listener = listener;
    this.#handled = handled;
    this.#plan();
  }

  #plan(): void {
    if (this.#isPlanned || this.#events.length === 0 || !this.#listener) return;
    this.#isPlanned = true;
    setImmediate(() => {
      this.#isPlanned = false;
      const events = this.#events;
      this.#events = [];
      for (const event of events) this.#listener?.(event);
      this.#handled?.();
    });
  }
}
