/**
 * The record of one service: everything about it that cannot be derived from its description. Plain data, changed in place by the engine alone.
 *
 * Reading of state and target together:
 *
 *     stopped  / stopped   at rest
 *     starting / started   on the way up
 *     starting / stopped   going up because it could not be interrupted; goes down again as soon as it is up
 *     started  / started   up
 *     started  / stopped   kept up by a start pin only
 *     stopping / stopped   on the way down
 *     stopping / started   on the way down, comes up again
 */
import type { ExitStatus, ServiceState, StopReason } from '../../api/service-status.ts';
import type { CommandId, LinkId, Run, ServiceId } from './ids.ts';
import type { SupervisedDescription } from './supervised-description.ts';

export type Target = 'started' | 'stopped';

/** `main` is the service's process or start command, `stop` its stop command. */
export type Role = 'main' | 'stop';

/** What the engine knows of the process in one role. A launched process has no pid before it was executed. */
export type ProcessRecord =
  | { readonly kind: 'none' }
  | { readonly kind: 'launched'; readonly run: Run }
  | { readonly kind: 'executed'; readonly run: Run; readonly pid: number };

/** A start that the launcher could not carry out: which operation of the program failed, and why. */
export interface LaunchFailureFacts {
  readonly role: Role;
  readonly opIndex: number;
  readonly opType: number;
  readonly errno: number;
}

/**
 * How far the service's own action (not its waiting for others) has come:
 *
 *     idle          nothing begun, or nothing to do: stopped, waiting for others, an internal service that is up
 *     delay         waits for the restart delay before a launch
 *     launch        the process is launched, its exec not reported yet
 *     completion    what was executed must become ready (process), end (bgprocess, scripted); a triggered service waits for its trigger
 *     pid-file      a bgprocess's launched process has ended well, the launcher reads the pid file
 *     run           up
 *     interrupt     the start was called off or took too long; its process must end
 *     undo          a scripted start was interrupted but may have had effects: the stop command cleans up
 *     stop          the stop action is under way
 *     kill-all      `kill-all-on-stop`: all other processes are being killed first
 */
export type Activity =
  'idle' | 'delay' | 'launch' | 'completion' | 'pid-file' | 'run' | 'interrupt' | 'undo' | 'stop' | 'kill-all';

/** `exit-grace`: the readiness pipe was closed; an exit within this time is the better reason for the failed start. */
export type TimerKind = 'restart-delay' | 'start-timeout' | 'stop-timeout' | 'exit-grace';

/** Due times are milliseconds of the monotonic clock. */
export interface ServiceTimer {
  readonly kind: TimerKind;
  readonly due: number;
}

/** Why the present stop will be followed by a start. */
export type RestartIntent = 'none' | 'automatic' | 'user';

/** A command that was accepted and has no outcome yet. */
export interface PendingCommand {
  readonly command: CommandId;
  /** What ends it: the service comes up, goes down, or (restart) goes down and then comes up. */
  awaits: 'start' | 'stop' | 'restart';
}

export interface Service {
  readonly id: ServiceId;
  /** Place in load order: the order of `list`. */
  readonly order: number;
  description: SupervisedDescription;

  state: ServiceState;
  target: Target;
  /** Monotonic time of the last change of `state`. */
  since: number;

  /** Explicitly activated: somebody asked for it by name. Counts once in `requiredBy`. */
  isExplicit: boolean;
  /** 1 if explicit, plus 1 for each link by which a dependent holds it. */
  requiredBy: number;

  isPinnedStarted: boolean;
  isPinnedStopped: boolean;
  /** Derived: a hard dependent that has come up is pinned (itself or by a dependent of its own). */
  isPinnedByDependent: boolean;

  /** A stop that no start may call off. */
  isForcedToStop: boolean;
  /** starting: waits for dependencies, ordering or the console. stopping: waits for dependents. */
  isWaiting: boolean;
  /** Why the present stop will be followed by a start, or the present start followed a stop. */
  restart: RestartIntent;

  hasStartFailed: boolean;
  isSkipped: boolean;
  stopReason: StopReason;
  exit: ExitStatus | null;
  launchFailure: LaunchFailureFacts | null;
  /** The hard dependency that failed, while `stopReason` is `dependency-failed`. */
  failedDependency: string | null;

  console: 'none' | 'waiting' | 'held';
  isTriggered: boolean;

  dependencies: LinkId[];
  dependents: LinkId[];
  /** How many of `dependencies` are waiting. */
  waitingLinks: number;
  /** Place in `dependents` of the link that was last found to keep us from beginning our stop action: where to look first. */
  blockerHint: number;

  activity: Activity;
  /** A smooth recovery is under way: the service counts as up all the time. */
  isRecovering: boolean;
  /** The process behind a pinned service has ended; it stays up without one until it is unpinned. */
  isVacant: boolean;
  main: ProcessRecord;
  stop: ProcessRecord;
  lastRun: Run;
  timer: ServiceTimer | null;
  /** Place in the state's heap of timers, -1 without a timer. */
  timerPlace: number;

  /** Monotonic time of the last launch of the main process. */
  lastLaunch: number | null;
  /** The window of the restart limit: automatic restarts since `begin`. */
  window: { begin: number; restarts: number };

  commands: PendingCommand[];

  /** What the propagation queue will do; all false between two events. */
  pending: PendingPropagation;
}

export interface PendingPropagation {
  isQueued: boolean;
  isTransitionQueued: boolean;
  /** Nothing counts on it any more. */
  released: boolean;
  requireDependencies: boolean;
  releaseDependencies: boolean;
  failDependency: boolean;
  start: boolean;
  stop: boolean;
  /** The stop is part of a restart that a client asked for. */
  userRestart: boolean;
  pins: boolean;
}
