/**
 * Waiting for what a command asked for. Each event comes in two packets; the first one decides, and the second no longer means anything to what is then waited
 * for.
 */
import { startFailureText } from '../../dinit/failure-text.ts';
import type { DaemonSession } from '../daemon-session.ts';
import type { Output } from '../output.ts';
import { eventOf, type SeenEvent } from './service-event.ts';

export type Awaited = 'start' | 'stop';

type Verdict = 'success' | 'failure' | 'irrelevant';

function verdict(awaited: Awaited, { event }: SeenEvent): Verdict {
  switch (event) {
    case 'started':
      return awaited === 'start' ? 'success' : 'irrelevant';
    case 'start-failed':
    case 'start-cancelled':
      return awaited === 'start' ? 'failure' : 'irrelevant';
    case 'stopped':
      return awaited === 'stop' ? 'success' : 'irrelevant';
    case 'stop-cancelled':
      return awaited === 'stop' ? 'failure' : 'irrelevant';
    default:
      return event satisfies never;
  }
}

/** The first of `seen` that decides; undefined when none does. */
export function deciding(awaited: Awaited, seen: readonly SeenEvent[]): SeenEvent | undefined {
  return seen.find((each) => verdict(awaited, each) !== 'irrelevant');
}

/** @throws {Failure} when the connection ends. */
export async function waitForEvent(session: DaemonSession, handle: number, awaited: Awaited): Promise<SeenEvent> {
  for (;;) {
    const seen = eventOf(await session.information('protocol error'), handle);
    if (seen && verdict(awaited, seen) !== 'irrelevant') return seen;
  }
}

/** Says how it ended, unless nothing is to be said. @returns whether that is a success. */
export function report(output: Output, isQuiet: boolean, name: string, awaited: Awaited, seen: SeenEvent): boolean {
  const isSuccess = verdict(awaited, seen) === 'success';
  if (!isQuiet) output.out(eventText(name, seen));
  return isSuccess;
}

function eventText(name: string, { event, status }: SeenEvent): string {
  switch (event) {
    case 'started':
      return `Service '${name}' started.\n`;
    case 'stopped':
      return `Service '${name}' stopped.\n`;
    case 'start-failed':
      return `Service '${name}' failed to start.\n${status ? startFailureText(status) : ''}`;
    case 'start-cancelled':
      return `Service '${name}' start cancelled.\n`;
    case 'stop-cancelled':
      return `Service '${name}' stop cancelled.\n`;
    default:
      return event satisfies never;
  }
}
