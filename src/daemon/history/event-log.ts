/** The newest events of services, for clients that come later or were away for a moment. */
import type { ServiceEvent } from '../../api/service-status.ts';
import type { ServiceEventFacts } from '../engine/action.ts';
import { serviceEvent } from './service-event.ts';

const keptEvents = 512;

/** Most events are never asked for: what clients are shown of them is made when somebody asks. */
interface RawEvent {
  readonly facts: ServiceEventFacts;
  readonly time: number;
}

/** `time` is monotonic here. */
export class EventLog {
  #events: (ServiceEvent | RawEvent)[] = [];

  /** Oldest first. */
  get events(): readonly ServiceEvent[] {
    const events = this.#events.map((event) =>
      'facts' in event ? serviceEvent(event.facts, undefined, event.time) : event,
    );
    this.#events = events;
    return events;
  }

  add(event: ServiceEvent): void {
    this.#put(event);
  }

  /** Of an event that tells of no failed launch: those need the description that the service has at the time. */
  addFacts(facts: ServiceEventFacts, time: number): void {
    this.#put({ facts, time });
  }

  restore(events: readonly ServiceEvent[]): void {
    this.#events = [...events];
  }

  #put(event: ServiceEvent | RawEvent): void {
    this.#events.push(event);
    if (this.#events.length >= 2 * keptEvents) this.#events = this.#events.slice(-keptEvents);
  }
}
