/** Events of services as they come in their different packets. */
import type { ServiceEventKind } from '../../api/service-status.ts';
import type { Information } from '../../dinit/information.ts';
import { type DinitStatus, fromStatus } from '../../dinit/service-status.ts';
import { events } from '../../dinit/words.ts';

export interface SeenEvent {
  readonly event: ServiceEventKind;
  /** Absent when an old server said nothing about it. */
  readonly status: DinitStatus | undefined;
}

/** Undefined for information about something else. */
export function eventOf(information: Information, handle: number): SeenEvent | undefined {
  if (information.kind === 'environment-event' || information.handle !== handle) return undefined;
  const event = events[information.event];
  if (event === undefined) return undefined;
  return { event, status: information.kind === 'service-event-old' ? undefined : fromStatus(information) };
}
