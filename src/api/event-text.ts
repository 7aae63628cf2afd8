/** An event in words, the same everywhere a person reads it: `web: start failed: cannot change directory to /srv/www: no such file or directory`. */
import { constants } from 'node:os';
import type { ExitStatus, LaunchFailure, ServiceEvent } from './service-status.ts';
import { errnoText } from './errno-text.ts';

const signalNames = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name]));

/** `SIGTERM`; `signal 99` for one without a name. */
export const signalName = (signal: number): string => signalNames.get(signal) ?? `signal ${signal}`;

export function exitText(exit: ExitStatus): string {
  switch (exit.kind) {
    case 'exited':
      return `exit status ${exit.status}`;
    case 'killed':
      return `killed by ${signalName(exit.status)}`;
    case 'core-dump':
      return `killed by ${signalName(exit.status)}, core dumped`;
    default:
      return exit.kind satisfies never;
  }
}

export function launchFailureText(failure: LaunchFailure): string {
  const where = failure.origin === undefined ? '' : ` (${failure.origin})`;
  return `cannot ${failure.step}: ${errnoText(failure.errno)}${where}`;
}

/** Why the service stopped or failed, without its name; empty when there is nothing to say. */
export function reasonText(event: Pick<ServiceEvent, 'stopReason' | 'exit' | 'launchFailure' | 'because'>): string {
  const exit = event.exit ? exitText(event.exit) : undefined;
  switch (event.stopReason) {
    case 'normal':
      return '';
    case 'dependency-restart':
      return event.because === undefined ? 'a dependency restarts' : `${event.because} restarts`;
    case 'dependency-failed':
      return event.because === undefined ? 'a dependency failed' : `dependency ${event.because} failed`;
    case 'failed':
      return exit === undefined ? 'not ready' : `ended before it was ready: ${exit}`;
    case 'exec-failed':
      return event.launchFailure ? launchFailureText(event.launchFailure) : 'could not be executed';
    case 'timed-out':
      return 'start took too long';
    case 'terminated':
      return exit === undefined ? 'ended on its own' : `ended on its own: ${exit}`;
    default:
      return event.stopReason satisfies never;
  }
}

export function eventText(event: ServiceEvent): string {
  const reason = reasonText(event);
  switch (event.event) {
    case 'started':
      return `${event.name}: started${event.isSkipped ? ' (skipped)' : ''}`;
    case 'stopped':
      return `${event.name}: stopped${reason === '' ? '' : `: ${reason}`}`;
    case 'start-failed':
      return `${event.name}: start failed${reason === '' ? '' : `: ${reason}`}`;
    case 'start-cancelled':
      return `${event.name}: start cancelled`;
    case 'stop-cancelled':
      return `${event.name}: stop cancelled`;
    default:
      return event.event satisfies never;
  }
}
