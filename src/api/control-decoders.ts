/** The values of `io.reeve.Control` as the client reads them. */
import { type Role, roles } from './access/verb.ts';
import { type Decoder, flag, list, number, oneOf, optional, record, text, textMap } from './decoder.ts';
import { causeKinds, type DependencyLink, type HistoryStep, type StepCause, stepKinds } from './history.ts';
import type {
  DependencyStatus,
  ExitStatus,
  LaunchFailure,
  ServiceEvent,
  ServiceStatus,
  ServiceSummary,
} from './service-status.ts';

/** Where something was written. */
export interface ProblemOrigin {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** One thing wrong with a service description. */
export interface ServiceProblem {
  readonly message: string;
  readonly origin?: ProblemOrigin;
  readonly setting?: string;
  readonly expected?: string;
  readonly found?: string;
  readonly advice?: string;
}

/** Why one service could not be loaded. */
export interface ServiceLoadFailure {
  readonly name: string;
  readonly class: 'not-found' | 'description' | 'load';
  readonly problems: readonly ServiceProblem[];
}

/** Where a command stands that is waited for. */
export type CommandProgress = Pick<ServiceStatus, 'state' | 'target' | 'waitingFor' | 'pid' | 'since'>;

/** What `info` tells of the daemon. */
export interface DaemonInfo {
  readonly version: string;
  readonly pid: number;
  readonly uid: number;
  readonly mode: string;
  readonly since: number;
  readonly serviceDirectories: readonly string[];
  readonly isShuttingDown: boolean;
  readonly build?: string;
  /** The daemon's program on disk does not work, and `why`: this is the one that was kept because it did. */
  readonly isFormerProgram?: boolean;
  readonly why?: string;
  readonly runDirectory?: string;
}

/** What one grant, or one's standing, allows. */
export interface AccessRight {
  readonly because: 'root' | 'owner' | 'grant' | 'default';
  /** Of a grant: `file:line`, and how it is written. */
  readonly origin?: string;
  readonly text?: string;
  /** The whole role, if that is what was granted. */
  readonly role?: Role;
  readonly verbs: readonly string[];
  /** Patterns; absent: all services, and the instance as a whole. */
  readonly services?: readonly string[];
}

export interface AccessReport {
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
  readonly rights: readonly AccessRight[];
}

const state = oneOf('stopped', 'starting', 'started', 'stopping');
const target = oneOf('started', 'stopped');
const consoleUse = oneOf('none', 'waiting', 'held');
const stopReason = oneOf(
  'normal',
  'dependency-restart',
  'dependency-failed',
  'failed',
  'exec-failed',
  'timed-out',
  'terminated',
);

const exitStatus: Decoder<ExitStatus> = record({ kind: oneOf('exited', 'killed', 'core-dump'), status: number });

const launchFailure: Decoder<LaunchFailure> = record({
  step: text,
  errno: number,
  errnoName: text,
  origin: optional(text),
});

const dependency: Decoder<DependencyStatus> = record({
  kind: text,
  name: text,
  state,
  isHolding: flag,
  isWaiting: flag,
});

const summaryFields = {
  name: text,
  type: text,
  state,
  target,
  isExplicit: flag,
  isFailed: flag,
  isSkipped: flag,
  isPinnedStarted: flag,
  isPinnedStopped: flag,
  console: consoleUse,
  stopReason,
  exit: optional(exitStatus),
  pid: optional(number),
  since: number,
} as const;

export const serviceSummary: Decoder<ServiceSummary> = record(summaryFields);

export const serviceStatus: Decoder<ServiceStatus> = record({
  ...summaryFields,
  isForcedToStop: flag,
  launchFailure: optional(launchFailure),
  stopPid: optional(number),
  restarts: number,
  restartLimit: number,
  restartInterval: number,
  restartsUntil: optional(number),
  restartDelay: number,
  timer: optional(record({ kind: oneOf('restart-delay', 'start-timeout', 'stop-timeout', 'exit-grace'), due: number })),
  waitingFor: list(text),
  dependencies: list(dependency),
  dependents: list(dependency),
  sockets: list(text),
  readiness: optional(text),
  logType: text,
  logFile: optional(text),
  file: text,
  fileModified: number,
});

export const serviceEvent: Decoder<ServiceEvent> = record({
  sequence: number,
  time: number,
  name: text,
  event: oneOf('started', 'stopped', 'start-failed', 'start-cancelled', 'stop-cancelled'),
  state,
  target,
  stopReason,
  exit: optional(exitStatus),
  launchFailure: optional(launchFailure),
  isSkipped: flag,
  because: optional(text),
});

const progress: Decoder<CommandProgress> = record({
  state,
  target,
  waitingFor: list(text),
  pid: optional(number),
  since: number,
});

const problem: Decoder<ServiceProblem> = record({
  message: text,
  origin: optional(record({ file: text, line: number, column: number })),
  setting: optional(text),
  expected: optional(text),
  found: optional(text),
  advice: optional(text),
});

const loadFailure: Decoder<ServiceLoadFailure> = record({
  name: text,
  class: oneOf('not-found', 'description', 'load'),
  problems: list(problem),
});

export const problems = list(problem);
export const loadFailures = list(loadFailure);

export const daemonInfo: Decoder<DaemonInfo> = record({
  version: text,
  pid: number,
  uid: number,
  mode: text,
  since: number,
  serviceDirectories: list(text),
  isShuttingDown: flag,
  build: optional(text),
  isFormerProgram: optional(flag),
  why: optional(text),
  runDirectory: optional(text),
});

const right: Decoder<AccessRight> = record({
  because: oneOf('root', 'owner', 'grant', 'default'),
  origin: optional(text),
  text: optional(text),
  role: optional(oneOf(...roles)),
  verbs: list(text),
  services: optional(list(text)),
});

export const accessReport: Decoder<AccessReport> = record({
  uid: number,
  gid: number,
  groups: list(number),
  rights: list(right),
});

const cause: Decoder<StepCause> = record({
  kind: oneOf(...causeKinds),
  service: optional(text),
  request: optional(record({ verb: text, uid: number, pid: number, program: optional(text) })),
  exit: optional(exitStatus),
  launchFailure: optional(launchFailure),
  signal: optional(number),
  restarts: optional(number),
  restartLimit: optional(number),
  isGivingUp: optional(flag),
});

const step: Decoder<HistoryStep> = record({
  sequence: number,
  time: number,
  name: text,
  step: oneOf(...stepKinds),
  cause,
  causedBy: optional(number),
  isBoot: flag,
});

const link: Decoder<DependencyLink> = record({
  from: text,
  to: text,
  kind: text,
  isHolding: flag,
  isWaiting: flag,
});

/** What a command would do. */
export interface Rehearsal {
  readonly outcome: 'already' | 'started' | 'stopped' | 'failed' | 'cancelled' | 'still-required' | 'unsettled';
  readonly requiredBy: readonly string[];
  readonly steps: readonly HistoryStep[];
  /** Services that would still be on their way, and what they would wait for. */
  readonly unsettled: readonly { readonly name: string; readonly waitingFor: readonly string[] }[];
}

export const rehearsal: Decoder<Rehearsal> = record({
  outcome: oneOf('already', 'started', 'stopped', 'failed', 'cancelled', 'still-required', 'unsettled'),
  requiredBy: list(text),
  steps: list(step),
  unsettled: list(record({ name: text, waitingFor: list(text) })),
});

export const stepsReply = record({ steps: list(step) });
export const recentEventsReply = record({ events: list(serviceEvent) });
export const linksReply = record({ links: list(link) });

export const commandReply = record({
  outcome: optional(oneOf('accepted', 'already', 'started', 'stopped', 'still-required', 'enabled')),
  event: optional(serviceEvent),
  progress: optional(progress),
  requiredBy: optional(list(text)),
});

export const eventsReply = record({
  services: optional(list(serviceSummary)),
  isComplete: optional(flag),
  event: optional(serviceEvent),
});

export const listReply = record({ services: list(serviceSummary) });
export const statusReply = record({ service: serviceStatus });
export const loadReply = record({ isNew: flag });
export const environmentReply = record({ variables: textMap });
export const blockersReply = record({ blockers: list(text) });
export const logReply = record({ data: text, lost: number, position: number });
