/** The newest events of services, for clients that come later or were away for a moment. */
import type { ServiceEvent } from '../../api/service-status.ts';

const keptEvents = 512;

/** `time` is monotonic here. */
export class EventLog {
  #events: ServiceEvent[] = [];

  /** Oldest first. */
  get events(): readonly ServiceEvent[] {
    return this.#events;
  }

  add(event: ServiceEvent): void {
    this.#events.push(event);
    if (this.#events.length >= 2 * keptEvents) this.#events = this.#events.slice(-keptEvents);
  }

  restore(events: readonly ServiceEvent[]): void {
    this.#events = [...events];
  }
}
