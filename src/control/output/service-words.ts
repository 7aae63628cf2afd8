/** The state of a service in a word, its tone, and what is special about it. */
import { exitText } from '../../api/event-text.ts';
import type { ServiceSummary } from '../../api/service-status.ts';
import type { Tone } from './colours.ts';

export function stateWord({ state, isFailed }: Pick<ServiceSummary, 'state' | 'isFailed'>): string {
  return state === 'stopped' && isFailed ? 'failed' : state;
}

export function stateTone({ state, isFailed }: Pick<ServiceSummary, 'state' | 'isFailed'>): Tone {
  switch (state) {
    case 'started':
      return 'good';
    case 'starting':
    case 'stopping':
      return 'busy';
    case 'stopped':
      return isFailed ? 'bad' : 'quiet';
    default:
      return state satisfies never;
  }
}

/** What is special about it. */
export function remarks(service: ServiceSummary): readonly string[] {
  const { state, target, stopReason, exit } = service;
  return [
    ...(state === 'stopped' ? stopRemarks(stopReason, exit) : []),
    ...(service.isSkipped ? ['skipped'] : []),
    ...(state === 'started' && target === 'stopped' ? ['released'] : []),
    ...(state === 'starting' && target === 'stopped' ? ['to be stopped'] : []),
    ...(state === 'stopping' && target === 'started' ? ['to be started again'] : []),
    ...(service.isPinnedStarted ? ['pinned started'] : []),
    ...(service.isPinnedStopped ? ['pinned stopped'] : []),
    ...(service.console === 'held' ? ['has the console'] : []),
    ...(service.console === 'waiting' ? ['waits for the console'] : []),
  ];
}

function stopRemarks(reason: ServiceSummary['stopReason'], exit: ServiceSummary['exit']): readonly string[] {
  switch (reason) {
    case 'normal':
      return [];
    case 'dependency-restart':
      return ['a dependency restarted'];
    case 'dependency-failed':
      return ['a dependency failed'];
    case 'exec-failed':
      return ['could not be executed'];
    case 'timed-out':
      return ['start took too long'];
    case 'failed':
    case 'terminated':
      return exit ? [exitText(exit)] : [];
    default:
      return reason satisfies never;
  }
}

/** For lists with the worst first: failed, on their way, ended on their own, stopped, about to be stopped, started. */
export function badness({ state, isFailed, stopReason, target }: ServiceSummary): number {
  if (isFailed) return 0;
  if (state === 'starting' || state === 'stopping') return 1;
  if (state === 'stopped') return stopReason === 'terminated' ? 2 : 3;
  return target === 'stopped' ? 4 : 5;
}
