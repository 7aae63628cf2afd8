/**
 * A service description: what one service file says, validated, with every default filled in.
 *
 * The type is plain data (it survives JSON) and is never changed after it was made. Names of users and groups are still names here; the plan
 * compiler resolves them. Times are milliseconds. Every setting that was given remembers where, so that any later message (a failed step of a
 * start, a lint) can say `file:line`.
 */

/** Where something was written. `column` counts characters from 1. */
export interface Origin {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export const serviceTypes = ['process', 'bgprocess', 'scripted', 'internal', 'triggered'] as const;
export type ServiceType = (typeof serviceTypes)[number];

export const dependencyKinds = ['depends-on', 'prepared-by', 'depends-ms', 'waits-for', 'before', 'after'] as const;
/** `depends-on` is regular, `depends-ms` milestone, `waits-for` soft; `before` and `after` only order. */
export type DependencyKind = (typeof dependencyKinds)[number];

export interface Dependency {
  readonly kind: DependencyKind;
  readonly name: string;
  readonly origin: Origin;
  /** The entry of a dependency directory it came from; such an entry is ignored when no description exists for it. */
  readonly directoryEntry?: string;
}

export type RestartMode = 'yes' | 'no' | 'on-failure';

export interface RestartRules {
  readonly mode: RestartMode;
  readonly smoothRecovery: boolean;
  readonly delay: number;
  /** No limit when `limitInterval` or `limitCount` is 0. */
  readonly limitInterval: number;
  readonly limitCount: number;
}

/** A user or group as written: a name to be looked up, or a number. */
export type Identity =
  { readonly kind: 'name'; readonly name: string } | { readonly kind: 'number'; readonly id: number };

export type LimitValue = number | 'unlimited' | 'keep';

/** One rlimit; `resource` is the word after `rlimit-`. */
export interface ResourceLimit {
  readonly resource: 'nofile' | 'core' | 'data' | 'addrspace';
  readonly soft: LimitValue;
  readonly hard: LimitValue;
}

/** An I/O priority: class 1 realtime, 2 best-effort, 3 idle, 0 none; level 0 to 7. */
export interface IoPriority {
  readonly class: 0 | 1 | 2 | 3;
  readonly level: number;
}

export type LogType = 'none' | 'file' | 'buffer' | 'pipe';

export interface LogRules {
  readonly type: LogType;
  /** Absolute, or relative to the working directory; present exactly when type is `file`. */
  readonly file?: string;
  readonly mode: number;
  readonly owner?: Identity;
  readonly group?: Identity;
  readonly bufferSize: number;
  /** reeve's additions: rotate when the file would exceed this many bytes (0 = never), keep this many old files. */
  readonly rotateSize: number;
  readonly rotateCount: number;
  readonly timestamps: boolean;
}

/** `socket-listen`: a Unix path, or (an addition of reeve) `tcp:ADDRESS:PORT` with a numeric address. */
export type SocketAddress =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number };

export interface SocketRules {
  readonly address: SocketAddress;
  readonly mode: number;
  readonly owner?: Identity;
  readonly group?: Identity;
}

export type Readiness =
  | { readonly kind: 'descriptor'; readonly descriptor: number }
  | { readonly kind: 'variable'; readonly variable: string };

/** One step of building a service's environment, in order, on top of the daemon environment. */
export type EnvironmentStep =
  | { readonly kind: 'clear' }
  | { readonly kind: 'unset'; readonly name: string }
  | { readonly kind: 'import'; readonly name: string }
  | { readonly kind: 'set'; readonly name: string; readonly value: string };

export type ConsoleUse = 'none' | 'shares' | 'starts' | 'runs';

/** The words of `options`; console words are in `console`. */
export interface ServiceOptions {
  readonly unmaskInterrupt: boolean;
  readonly startsRwfs: boolean;
  readonly startsLog: boolean;
  readonly passControlSocket: boolean;
  readonly startInterruptible: boolean;
  readonly skippable: boolean;
  readonly signalProcessOnly: boolean;
  readonly alwaysChain: boolean;
  readonly killAllOnStop: boolean;
  readonly noNewPrivs: boolean;
}

export interface ServiceDescription {
  /** Full name, `base` or `base@argument`. */
  readonly name: string;
  readonly base: string;
  readonly argument?: string;
  /** The service directory it was found in (as configured) and the file's path in it. */
  readonly directory: string;
  readonly file: string;
  /** Modification time of that file: nanoseconds since 1970 in decimal, as no number is large enough. */
  readonly modified: string;
  readonly type: ServiceType;
  /** Empty for internal and triggered. */
  readonly command: readonly string[];
  readonly stopCommand: readonly string[];
  readonly workingDirectory: string;
  readonly environment: readonly EnvironmentStep[];
  readonly pidFile?: string;
  readonly chainTo?: string;
  readonly consumerOf?: string;
  readonly dependencies: readonly Dependency[];
  readonly restart: RestartRules;
  /** Milliseconds, 0 = no limit. */
  readonly startTimeout: number;
  readonly stopTimeout: number;
  readonly runAs?: Identity;
  readonly umask?: number;
  readonly nice?: number;
  readonly ioPriority?: IoPriority;
  readonly oomScoreAdjust?: number;
  readonly limits: readonly ResourceLimit[];
  readonly cgroup?: string;
  readonly capabilities?: string;
  readonly securebits: readonly string[];
  readonly log: LogRules;
  readonly socket?: SocketRules;
  readonly readiness?: Readiness;
  /** Signal number, or null for `none`. */
  readonly termSignal: number | null;
  readonly inittabId?: string;
  readonly inittabLine?: string;
  readonly console: ConsoleUse;
  readonly options: ServiceOptions;
  /** `@meta enable-via`. */
  readonly enableVia?: string;
  /** `waits-for.d` directories, as resolved paths: where `enable` makes its links. */
  readonly waitsForDirectories: readonly string[];
  /**
   * Setting name to the place that gave its present value, also for settings without effect on the type; `options:WORD` to the place of that word
   * of `options`.
   */
  readonly origins: Readonly<Record<string, Origin>>;
}

/** Class of a load failure, as clients see it. */
export type LoadErrorClass = 'not-found' | 'description' | 'load';

/** Why one service could not be loaded: all problems found, first one first. */
export interface LoadFailure {
  readonly name: string;
  readonly class: LoadErrorClass;
  readonly problems: readonly Problem[];
}

/** One thing wrong in a file (or with a service as a whole, when `origin` is absent). */
export interface Problem {
  readonly message: string;
  readonly origin?: Origin;
  readonly setting?: string;
  readonly expected?: string;
  readonly found?: string;
  /** What to do about it. */
  readonly advice?: string;
}
