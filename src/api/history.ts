/**
 * What happened to services, step by step, and why: the shapes of `io.reeve.Control` for it.
 *
 * Every step of a service has a cause. Where that is a step of this or another service, `causedBy` is its sequence number, so that from any state the way
 * leads back to the first cause: a request, the start of reeve, a process that ended.
 */
import type { ExitStatus, LaunchFailure, ServiceState } from './service-status.ts';

/**
 * A state the service came into; `acting`: everything it waited for was there and its own start action began; `recovering`: its process ended and is
 * replaced while the service counts as up.
 */
export type StepKind = ServiceState | 'acting' | 'recovering';

export const stepKinds: readonly StepKind[] = ['stopped', 'starting', 'started', 'stopping', 'acting', 'recovering'];

export const causeKinds = [
  // First causes.
  'request',
  'boot',
  'signal',
  'chain',
  'recovered',
  // Other services.
  'dependent',
  'released',
  'dependency',
  'dependency-failed',
  'dependency-stopped',
  'dependency-restart',
  'dependent-stopped',
  'console',
  // Its own process.
  'executed',
  'ready',
  'exited',
  'stop-command',
  'exec-failed',
  'pid-file',
  'bad-pid-file',
  'readiness-closed',
  'killed-all',
  // Time and rules.
  'start-timeout',
  'stop-timeout',
  'restart',
  'done',
] as const;
export type CauseKind = (typeof causeKinds)[number];

/** Who asked. */
export interface RequestFacts {
  readonly verb: string;
  readonly uid: number;
  readonly pid: number;
  /** The name that the program gave itself. */
  readonly program?: string;
}

export interface StepCause {
  readonly kind: CauseKind;
  /** The other service that it is about. */
  readonly service?: string;
  readonly request?: RequestFacts;
  readonly exit?: ExitStatus;
  readonly launchFailure?: LaunchFailure;
  /** Of the launcher, when that is the cause. */
  readonly signal?: number;
  /** The how many-th automatic restart it is in the present window, and how many are allowed there (absent: no limit). */
  readonly restarts?: number;
  readonly restartLimit?: number;
  /** The limit of restarts is reached. */
  readonly isGivingUp?: boolean;
}

export interface HistoryStep {
  /** Counts up; later steps have larger numbers. */
  readonly sequence: number;
  readonly time: number;
  readonly name: string;
  readonly step: StepKind;
  readonly cause: StepCause;
  /** The step that led to this one, when a step did. */
  readonly causedBy?: number;
  /** Belongs to the start of the whole tree. */
  readonly isBoot: boolean;
}

/** One dependency: `from` depends on `to`. */
export interface DependencyLink {
  readonly from: string;
  readonly to: string;
  readonly kind: string;
  /** The dependent counts on it now. */
  readonly isHolding: boolean;
  /** The dependent waits for it now. */
  readonly isWaiting: boolean;
}
