/**
 * Why a service took a step: told from the event that the engine was given, from the service whose step led to this one, and from what the service did
 * before. Pure.
 */
import type { CauseKind } from '../../api/history.ts';
import type { StepAction } from '../engine/action.ts';
import type { RootCause } from './root-cause.ts';
import { type CauseRecord, type StepRecord, simpleCause } from './step-record.ts';

/** What the service that led to the step is to the one that took it. */
export type Relation = 'dependency' | 'dependent' | 'other';

export interface StepContext {
  readonly root: RootCause;
  /** What the engine has noticed of this service in this turn. */
  readonly noticed: CauseRecord | undefined;
  /** The last step of the service, and whether it was taken in this turn. */
  readonly last: StepRecord | undefined;
  readonly isLastOfThisTurn: boolean;
  /** What `by` of the action is, and its last step. */
  readonly relation: Relation;
  readonly mover: StepRecord | undefined;
  /** The step that led to the event itself. */
  readonly before: StepRecord | undefined;
  /** Its process did not end in time when it was told to. */
  readonly hasStopTimedOut: boolean;
  readonly isGivingUp: boolean;
  readonly restartLimit: number | undefined;
}

export interface StepReason {
  readonly cause: CauseRecord;
  readonly causedBy: StepRecord | undefined;
}

export function stepReason(action: StepAction, context: StepContext): StepReason {
  const { last, mover, relation } = context;
  if (action.step === 'starting' && action.restart !== 'none' && last?.step === 'stopped') {
    return { cause: restartCause(action, context), causedBy: last };
  }
  const kind = action.by === null ? undefined : moverKind(action, relation, last);
  if (kind !== undefined && action.by !== null) {
    return { cause: { kind, service: action.by }, causedBy: mover };
  }
  if (isMatterOfCourse(action, context)) return { cause: simpleCause('done'), causedBy: last };
  return ownReason(action, context);
}

function restartCause({ restart, restarts }: StepAction, { restartLimit }: StepContext): CauseRecord {
  if (restart === 'user' || restarts === 0) return simpleCause('restart');
  return { kind: 'restart', restarts, ...(restartLimit !== undefined && { restartLimit }) };
}

/** What it means that another service led to this step; undefined when that was for an earlier step of the same turn. */
function moverKind(
  { step, stopReason }: StepAction,
  relation: Relation,
  last: StepRecord | undefined,
): CauseKind | undefined {
  switch (step) {
    case 'starting':
      return relation === 'dependent' ? 'dependent' : 'dependency';
    case 'acting':
      if (relation === 'dependent') return undefined;
      return relation === 'dependency' ? 'dependency' : 'console';
    case 'started':
      return undefined;
    case 'stopping':
      if (relation !== 'dependency') return 'released';
      if (stopReason === 'dependency-failed' || stopReason === 'dependency-restart') return stopReason;
      return 'dependency-stopped';
    case 'stopped':
      if (relation === 'dependent') return 'dependent-stopped';
      return last?.step === 'stopping' ? undefined : 'dependency-failed';
    default:
      return step satisfies never;
  }
}

/** It follows from the step before without anything else having to happen. */
function isMatterOfCourse({ step }: StepAction, { last, isLastOfThisTurn }: StepContext): boolean {
  if (step === 'acting') return true;
  if (!isLastOfThisTurn) return false;
  return (step === 'started' && last?.step === 'acting') || (step === 'stopped' && last?.step === 'stopping');
}

/** The event itself is about this service, or about everything. */
function ownReason({ id, step }: StepAction, context: StepContext): StepReason {
  const { root, noticed, last, before, hasStopTimedOut, isGivingUp } = context;
  const isUnderWay = step === 'started' || (step === 'stopped' && last?.step === 'stopping');
  if (noticed && !isUnderWay) return { cause: noticed, causedBy: undefined };
  if (root.subject === null) return { cause: root.cause, causedBy: before };
  if (root.subject !== id) return { cause: simpleCause('done'), causedBy: last };
  const { exit } = root.cause;
  let { cause } = root;
  if (isUnderWay && hasStopTimedOut && exit) cause = { kind: 'stop-timeout', exit };
  if (isGivingUp) cause = { ...cause, isGivingUp: true };
  return { cause, causedBy: isUnderWay ? last : undefined };
}
