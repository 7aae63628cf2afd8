/** What the stock client prints for the answers of the engine, and how it exits. */
import type { Refusal, Verb } from '../../../../src/daemon/service-manager.ts';
import type { ServiceEventFacts } from '../../../../src/daemon/engine/action.ts';
import type { Asked } from './world.ts';

export interface Ended {
  readonly exit: number;
  readonly out: readonly string[];
  /** Undefined where the words are not compared. */
  readonly err?: readonly string[] | undefined;
}

export const refusedSilently: Ended = { exit: 1, out: [] };
export const done = (...out: readonly string[]): Ended => ({ exit: 0, out });

/** The end of a command, once it has ended. */
export function commandEnd(verb: Verb, name: string, asked: Asked, isImmediate: boolean): Ended | undefined {
  const { reply, outcome } = asked;
  const goal = verb === 'stop' || verb === 'release' ? 'stopped' : 'started';
  switch (reply.kind) {
    case 'refused':
      return { exit: 1, out: [], err: refusalText(verb, name, reply.refusal) };
    case 'not-loaded':
      return refusedSilently;
    case 'done':
    case 'already':
      return done(`Service (already) ${goal}.`);
    case 'accepted':
      break;
    default:
      return reply satisfies never;
  }
  if (!outcome) return undefined;
  switch (outcome.kind) {
    case 'started':
    case 'stopped':
      if (isImmediate) return done(verb === 'restart' ? 'Service restarted.' : `Service ${goal}.`);
      return done(...(verb === 'restart' ? [`Service '${name}' stopped.`] : []), `Service '${name}' ${goal}.`);
    case 'failed':
      return {
        exit: 1,
        out: [
          ...(verb === 'restart' ? [`Service '${name}' stopped.`] : []),
          `Service '${name}' failed to start.`,
          ...failureText(outcome.event),
        ],
      };
    case 'cancelled':
      return { exit: 1, out: [`Service '${name}' ${goal === 'started' ? 'start' : 'stop'} cancelled.`] };
    case 'still-required':
      return done();
    default:
      return outcome satisfies never;
  }
}

function refusalText(verb: Verb, name: string, refusal: Refusal): readonly string[] | undefined {
  const say = (text: string): string => `dinitctl: ${text}`;
  switch (refusal.kind) {
    case 'pinned-stopped':
      return [say(`cannot start service '${name}' as it is pinned stopped`)];
    case 'pinned-started':
      return [say(`cannot stop service '${name}' as it is pinned started`)];
    case 'dependents':
      return [
        say(`cannot stop service '${name}' due to the following dependents:`),
        ...(verb === 'restart'
          ? []
          : [`(only direct dependents are listed. Exercise caution before using '--force' !!)`]),
        `  ${refusal.names.join(' ')}`,
      ];
    case 'not-started':
      return [say('cannot restart service; service not started.')];
    case 'no-active-dependents':
      return [say('service has no active dependents, cannot wake.')];
    case 'shutting-down':
      return [say('cannot start/restart/wake service, shutdown is in progress.')];
    default:
      return undefined;
  }
}

function failureText({ stopReason, exit, launchFailure }: ServiceEventFacts): readonly string[] {
  switch (stopReason) {
    case 'dependency-failed':
      return ['Reason: a dependency of the service failed to start. Check dinit log.'];
    case 'failed': {
      const how = exit?.kind === 'exited' ? 'exited - status' : 'signalled - signal';
      return [`Reason: service process terminated before ready: ${how} ${exit?.status ?? 0}`];
    }
    case 'timed-out':
      return ['Reason: start timed out.'];
    case 'exec-failed': {
      const stage = launchFailure?.opType === 0x20 ? 'changing directory' : 'executing command';
      const error = launchFailure?.errno === 13 ? 'Permission denied' : 'No such file or directory';
      return ['Reason: execution of service process failed:', `        Stage: ${stage}`, `        Error: ${error}`];
    }
    default:
      return ['Reason unknown/unrecognised. Check dinit log.'];
  }
}
