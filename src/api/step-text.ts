/** Steps of services, and why they were taken, in words. */
import { exitText, launchFailureText, signalName } from './event-text.ts';
import type { HistoryStep, RequestFacts, StepCause, StepKind } from './history.ts';

const words: Readonly<Record<StepKind, string>> = {
  stopped: 'stopped',
  starting: 'starting',
  started: 'started',
  stopping: 'stopping',
  acting: 'begins',
  recovering: 'recovers',
};

export const stepWord = (step: StepKind): string => words[step];

/** Empty when there is nothing to say. */
export function causeText({ step, cause }: Pick<HistoryStep, 'step' | 'cause'>): string {
  const other = cause.service ?? 'another service';
  switch (cause.kind) {
    case 'request':
      return cause.request ? requestText(cause.request) : 'requested';
    case 'boot':
      return 'reeve started';
    case 'signal':
      return `reeve got ${signalName(cause.signal ?? 0)}`;
    case 'chain':
      return `chained from ${other}`;
    case 'recovered':
      return 'a new daemon found it so';
    case 'dependent':
      return `required by ${other}`;
    case 'released':
      return `not required by ${other} any more`;
    case 'dependency':
      return step === 'starting' ? `${other} came back` : `${other} is through`;
    case 'dependency-failed':
      return `dependency ${other} failed`;
    case 'dependency-stopped':
      return `dependency ${other} stops`;
    case 'dependency-restart':
      return `dependency ${other} restarts`;
    case 'dependent-stopped':
      return `${other}, which depends on it, has stopped`;
    case 'console':
      return `${other} gave up the console`;
    case 'executed':
      return 'its program was executed';
    case 'ready':
      return 'it reported ready';
    case 'exited':
      return endText(step, cause);
    case 'stop-command':
      return `its stop command ended: ${cause.exit ? exitText(cause.exit) : 'nobody knows how'}`;
    case 'exec-failed':
      return cause.launchFailure ? launchFailureText(cause.launchFailure) : 'could not be executed';
    case 'pid-file':
      return 'its pid file names its process';
    case 'bad-pid-file':
      return 'its pid file does not name a process of it';
    case 'readiness-closed':
      return 'it closed its readiness descriptor without reporting ready';
    case 'killed-all':
      return 'all other processes are gone';
    case 'start-timeout':
      return 'it took too long to start';
    case 'stop-timeout':
      return 'it took too long to stop and was killed';
    case 'restart':
      return restartText(cause);
    case 'done':
      return '';
    default:
      return cause.kind satisfies never;
  }
}

export function requestText({ verb, uid, pid, program }: RequestFacts): string {
  return `${verb} requested by uid ${uid}${processText(pid, program)}`;
}

/** In brackets; nothing of a process that nobody told (0). */
function processText(pid: number, program?: string): string {
  return pid === 0 ? '' : ` (${program === undefined ? '' : `${program}, `}process ${pid})`;
}

function endText(step: StepKind, { exit, request, isGivingUp }: StepCause): string {
  const how = exit ? exitText(exit) : 'nobody knows how';
  const what = step === 'started' ? 'its command ended' : 'its process ended';
  const sender = request ? `, by a signal of uid ${request.uid}${processText(request.pid)}` : '';
  return `${what}: ${how}${sender}${isGivingUp === true ? ', restarted too often already' : ''}`;
}

function restartText({ restarts, restartLimit }: StepCause): string {
  if (restarts === undefined) return 'restart';
  return `restart ${restarts}${restartLimit === undefined ? '' : ` of at most ${restartLimit}`}`;
}
