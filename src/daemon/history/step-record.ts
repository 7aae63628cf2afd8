/** A step as the daemon keeps it: with numbers where clients see names. */
import type { CauseKind, RequestFacts, StepKind } from '../../api/history.ts';
import type { ExitStatus, LaunchFailure } from '../../api/service-status.ts';
import type { ServiceId } from '../model/ids.ts';

export interface CauseRecord {
  readonly kind: CauseKind;
  readonly service?: ServiceId;
  readonly request?: RequestFacts;
  readonly exit?: ExitStatus;
  readonly launchFailure?: LaunchFailure;
  readonly signal?: number;
  readonly restarts?: number;
  readonly restartLimit?: number;
  readonly isGivingUp?: true;
}

export interface StepRecord {
  readonly sequence: number;
  /** Milliseconds of the monotonic clock. */
  readonly time: number;
  readonly id: ServiceId;
  readonly step: StepKind;
  readonly cause: CauseRecord;
  /** Sequence number of the step that led to this one; 0: none. */
  readonly causedBy: number;
  readonly isBoot: boolean;
}

const simpleCauses = new Map<CauseKind, CauseRecord>();

/** A cause that is all said with its kind: one object for all steps that have it. */
export function simpleCause(kind: CauseKind): CauseRecord {
  let cause = simpleCauses.get(kind);
  if (!cause) simpleCauses.set(kind, (cause = { kind }));
  return cause;
}

/** Where a request comes from, when it is not a step that brings it about. */
export type Origin =
  | ({ readonly kind: 'request' } & RequestFacts)
  | { readonly kind: 'boot' }
  | { readonly kind: 'signal'; readonly signal: number }
  | { readonly kind: 'chain'; readonly from: ServiceId };
