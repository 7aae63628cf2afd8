/**
 * The one interface behind every protocol: Varlink and dinit's control protocol are thin adapters over it and hold no logic of their own.
 *
 * A command has two answers. The *reply* is immediate: done already, accepted, or refused with the reason. An accepted command later has exactly one
 * *outcome*: what it asked for happened, failed, or was called off. Loading (which may compile) comes first and is asynchronous; everything else is
 * decided within the call.
 */
import type { DependencyLink, HistoryStep } from '../api/history.ts';
import type { ServiceEvent, ServiceStatus, ServiceSummary } from '../api/service-status.ts';
import type { LoadFailure } from '../service/description.ts';

/** Who asks: the credentials of the peer of a connection. */
export interface Caller {
  readonly uid: number;
  readonly gid: number;
  readonly pid: number;
  /** What it is, when it is no client: the start of the tree, a signal to the launcher, `chain-to` of a service. */
  readonly occasion?: Occasion;
}

export type Occasion =
  | { readonly kind: 'boot' }
  | { readonly kind: 'signal'; readonly signal: number }
  | { readonly kind: 'chain'; readonly from: string };

export type Verb = 'start' | 'stop' | 'restart' | 'wake' | 'release';

export interface CommandOptions {
  /** Pin in the state that the verb asks for. */
  readonly pin?: boolean;
  /** stop, restart: take hard dependents along. Without it the command is refused while a hard dependent holds the service. */
  readonly force?: boolean;
}

export type CommandReply =
  | { readonly kind: 'already' }
  | { readonly kind: 'accepted'; readonly outcome: Promise<CommandOutcome> }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

export type Refusal =
  | { readonly kind: 'not-loaded' }
  | { readonly kind: 'pinned-stopped' }
  | { readonly kind: 'pinned-started' }
  | { readonly kind: 'dependents'; readonly names: readonly string[] }
  | { readonly kind: 'not-started' }
  | { readonly kind: 'no-active-dependents' }
  | { readonly kind: 'shutting-down' }
  | { readonly kind: 'not-triggered' }
  | { readonly kind: 'wrong-state'; readonly text: string }
  | { readonly kind: 'cycle'; readonly path: readonly string[] }
  | { readonly kind: 'no-such-dependency' }
  | { readonly kind: 'in-use'; readonly text: string }
  | { readonly kind: 'incompatible'; readonly text: string }
  | { readonly kind: 'no-process' }
  | { readonly kind: 'not-allowed'; readonly text: string };

/** `event` is the service's event that ended the command; absent for `abandoned` (the daemon is ending). */
export type CommandOutcome =
  | { readonly kind: 'started'; readonly event: ServiceEvent }
  | { readonly kind: 'stopped'; readonly event: ServiceEvent }
  | { readonly kind: 'failed'; readonly event: ServiceEvent }
  | { readonly kind: 'cancelled'; readonly event: ServiceEvent }
  /** release: the service stays up because something else requires it or it is pinned. */
  | { readonly kind: 'still-required'; readonly by: readonly string[] }
  | { readonly kind: 'abandoned' };

export type LoadOutcome =
  | { readonly kind: 'loaded'; readonly isNew: boolean }
  | { readonly kind: 'failed'; readonly failures: readonly LoadFailure[] };

export type ChangeOutcome = { readonly kind: 'done' } | { readonly kind: 'refused'; readonly refusal: Refusal };

export type RuntimeDependencyKind = 'depends-on' | 'depends-ms' | 'waits-for';

export interface ServiceManager {
  /** Loaded services in load order: all, or those of these names. */
  list(names?: ReadonlySet<string>): readonly ServiceSummary[];
  status(name: string): ServiceStatus | undefined;

  load(name: string, caller: Caller): Promise<LoadOutcome>;
  reload(name: string, caller: Caller): Promise<LoadOutcome | { readonly kind: 'refused'; readonly refusal: Refusal }>;
  unload(name: string, caller: Caller): ChangeOutcome;

  /** The service must be loaded. */
  command(verb: Verb, name: string, options: CommandOptions, caller: Caller): CommandReply;
  unpin(name: string, caller: Caller): ChangeOutcome;
  setTrigger(name: string, isSet: boolean, caller: Caller): ChangeOutcome;
  signal(name: string, signal: number, caller: Caller): Promise<ChangeOutcome>;

  addDependency(from: string, kind: RuntimeDependencyKind, to: string, caller: Caller): ChangeOutcome;
  removeDependency(from: string, kind: RuntimeDependencyKind, to: string, caller: Caller): ChangeOutcome;
  /** A soft dependency that also starts `to` when `from` is up; `outcome` is that start, if any. */
  enable(from: string, to: string, caller: Caller): CommandReply | { readonly kind: 'done' };
  disable(from: string, to: string, caller: Caller): ChangeOutcome;

  environment(): ReadonlyMap<string, string>;
  setEnvironment(name: string, value: string | undefined, caller: Caller): Promise<ChangeOutcome>;

  /** Newest output of a service; with `follow` goes on until the consumer returns. */
  readLog(name: string, options: LogOptions): AsyncIterable<LogPiece>;
  clearLog(name: string, caller: Caller): ChangeOutcome;

  /** From now on only stops; resolves never: the daemon ends. */
  shutdown(caller: Caller): ChangeOutcome;
  /** What an unfinished shutdown still waits for, in words, one line a service. */
  blockers(): readonly string[];

  /** Calls back for every event until disposed. */
  subscribe(listener: (event: ServiceEvent) => void): Disposable;
}

/** Questions about the past, the graph and the future; nothing is changed by them. */
export interface Inquiries {
  /** From the present state back to its first cause, newest first; undefined when it is not loaded. */
  why(name: string): readonly HistoryStep[] | undefined;
  /** Oldest first, from `since` (wall time) on. */
  steps(since: number): Iterable<HistoryStep>;
  /** The newest events, oldest first. */
  events(): Iterable<ServiceEvent>;
  dependencies(): Iterable<DependencyLink>;
  /** What a command would do; where nothing is done, that too. */
  rehearse(verb: RehearsedVerb, name: string, options: CommandOptions, caller: Caller): Promise<RehearsalOutcome>;
}

export type RehearsedVerb = Verb | 'shutdown';

export type RehearsalOutcome =
  | { readonly kind: 'load-failed'; readonly failures: readonly LoadFailure[] }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | {
      readonly kind: 'rehearsed';
      /** `unsettled`: something would be waited for that no command brings about. */
      readonly outcome: 'already' | 'started' | 'stopped' | 'failed' | 'cancelled' | 'still-required' | 'unsettled';
      readonly requiredBy: readonly string[];
      readonly steps: readonly HistoryStep[];
      readonly unsettled: readonly { readonly name: string; readonly waitingFor: readonly string[] }[];
    };

export interface LogOptions {
  /** Newest bytes at most; 0 = all there is. */
  readonly lastBytes: number;
  readonly follow: boolean;
  readonly signal?: AbortSignal;
}

export interface LogPiece {
  readonly bytes: Buffer;
  /** Bytes that were lost right before this piece. */
  readonly lost: number;
  /** Bytes of the log before this piece, since the present logger first saw the service. */
  readonly position: number;
}
