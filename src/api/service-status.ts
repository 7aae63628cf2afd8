/**
 * What clients see of services: the shapes of `io.reeve.Control`, shared by the daemon's server and the public client.
 * Times are milliseconds since 1970 (fractions allowed), durations milliseconds. What does not apply is absent.
 */

export type ServiceState = 'stopped' | 'starting' | 'started' | 'stopping';

/** Why a service last stopped. */
export type StopReason =
  'normal' | 'dependency-restart' | 'dependency-failed' | 'failed' | 'exec-failed' | 'timed-out' | 'terminated';

/** How a process ended. */
export interface ExitStatus {
  readonly kind: 'exited' | 'killed' | 'core-dump';
  /** Exit code, or signal number. */
  readonly status: number;
}

/** Why a process could not be started at all. */
export interface LaunchFailure {
  /** The step in words: `change directory to /srv/www`. */
  readonly step: string;
  readonly errno: number;
  /** `ENOENT` */
  readonly errnoName: string;
  /** `file:line` of the setting behind the step, when there is one. */
  readonly origin?: string;
}

export interface DependencyStatus {
  readonly kind: string;
  readonly name: string;
  readonly state: ServiceState;
  /** The dependent counts on it now. */
  readonly isHolding: boolean;
  /** The dependent waits for it now. */
  readonly isWaiting: boolean;
}

export interface ServiceTimer {
  /** `exit-grace`: the readiness descriptor was closed; the process gets a moment to end. */
  readonly kind: 'restart-delay' | 'start-timeout' | 'stop-timeout' | 'exit-grace';
  readonly due: number;
}

export interface ServiceStatus {
  readonly name: string;
  readonly type: string;
  readonly state: ServiceState;
  readonly target: 'started' | 'stopped';
  readonly isExplicit: boolean;
  readonly isFailed: boolean;
  readonly isSkipped: boolean;
  readonly isPinnedStarted: boolean;
  readonly isPinnedStopped: boolean;
  readonly isForcedToStop: boolean;
  readonly console: 'none' | 'waiting' | 'held';
  readonly stopReason: StopReason;
  readonly exit?: ExitStatus;
  readonly launchFailure?: LaunchFailure;
  readonly pid?: number;
  readonly stopPid?: number;
  /** When it came into this state. */
  readonly since: number;
  /** Automatic restarts inside the present window, and how many are allowed there (0 = no limit). */
  readonly restarts: number;
  readonly restartLimit: number;
  /** How long the window is (0 = no limit), when the present one ends, and the least time between two starts. */
  readonly restartInterval: number;
  readonly restartsUntil?: number;
  readonly restartDelay: number;
  /** What happens next unless something else does. */
  readonly timer?: ServiceTimer;
  /** What it waits for now, in words: `dependency db`, `restart delay`, `readiness`, `dependents web`… */
  readonly waitingFor: readonly string[];
  readonly dependencies: readonly DependencyStatus[];
  readonly dependents: readonly DependencyStatus[];
  /** Activation sockets: paths, or `tcp:ADDRESS:PORT`. */
  readonly sockets: readonly string[];
  /** How it reports that it is ready, if it does: `descriptor 4`, `variable NOTIFY_FD`. */
  readonly readiness?: string;
  readonly logType: string;
  readonly logFile?: string;
  readonly file: string;
  /** Modification time of the description as it was loaded. */
  readonly fileModified: number;
}

/** One line of `list`: little enough for ten thousand services in one answer. */
export type ServiceSummary = Pick<
  ServiceStatus,
  | 'name'
  | 'type'
  | 'state'
  | 'target'
  | 'isExplicit'
  | 'isFailed'
  | 'isSkipped'
  | 'isPinnedStarted'
  | 'isPinnedStopped'
  | 'console'
  | 'stopReason'
  | 'exit'
  | 'pid'
  | 'since'
>;

export type ServiceEventKind = 'started' | 'stopped' | 'start-failed' | 'start-cancelled' | 'stop-cancelled';

/** Something that happened to a service. */
export interface ServiceEvent {
  /** Counts up by one for each event of the daemon's life. */
  readonly sequence: number;
  readonly time: number;
  readonly name: string;
  readonly event: ServiceEventKind;
  /** State right after the event. */
  readonly state: ServiceState;
  readonly target: 'started' | 'stopped';
  readonly stopReason: StopReason;
  readonly exit?: ExitStatus;
  readonly launchFailure?: LaunchFailure;
  readonly isSkipped: boolean;
  /** The hard dependency that failed, when that is the reason. */
  readonly because?: string;
}
