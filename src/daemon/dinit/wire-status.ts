/** From what the engine knows of a service to what the protocol shows. */
import { type DinitStatus, exitProcess, type ProcessStatus } from '../../dinit/service-status.ts';
import type { ServiceEventFacts } from '../engine/action.ts';
import type { ServiceFacts } from './dinit-manager.ts';
import { execStage } from './exec-stage.ts';

type Shown = Pick<
  ServiceEventFacts,
  'state' | 'target' | 'isExplicit' | 'isSkipped' | 'console' | 'stopReason' | 'pid' | 'exit' | 'launchFailure'
>;

export function wireStatus(facts: Shown & Partial<Pick<ServiceFacts, 'modified'>>): DinitStatus {
  const { state, target, isExplicit, isSkipped, console, stopReason, modified } = facts;
  return {
    state,
    target,
    isExplicit,
    isSkipped,
    console,
    stopReason,
    process: processStatus(facts),
    ...(modified !== undefined && { modified }),
  };
}

/** The protocol shows a service that fails because of a dependency as stopped already when it tells of the failure; its own stopping follows. */
export function eventStatus(event: ServiceEventFacts): DinitStatus {
  const status = wireStatus(event);
  const isDependencyFailure = event.event === 'start-failed' && event.stopReason === 'dependency-failed';
  return isDependencyFailure ? { ...status, state: 'stopped' } : status;
}

function processStatus({ pid, exit, stopReason, launchFailure }: Shown): ProcessStatus {
  if (pid !== undefined) return { kind: 'running', pid };
  if (stopReason !== 'exec-failed') return exitProcess(exit);
  return { kind: 'exec-failed', stage: execStage(launchFailure?.opType ?? 0), errno: launchFailure?.errno ?? 0 };
}
