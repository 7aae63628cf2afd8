/**
 * The settings file: how the `reeve` command tells the launcher and the compiler what this instance is (docs/protocol.md, section 3). It is written
 * once at the start, and only ever read after that.
 */

export type Mode = 'user' | 'system';

/** A program of ours, and whom it runs as. */
export interface ProgramSettings {
  readonly uid: number;
  readonly gid: number;
  readonly argv: readonly string[];
}

export interface ControlSocketSettings {
  readonly path: string;
  readonly mode: number;
  readonly purpose: 'varlink' | 'dinit' | 'metrics';
}

/** Milliseconds. */
export interface LimitSettings {
  /** The daemon must have acknowledged an event by then. */
  readonly acknowledge: number;
  /** A compilation must have ended by then. */
  readonly compile: number;
  /** Waiting time before the daemon or the logger is started again: the first time, and at most. */
  readonly restartFirst: number;
  readonly restartLargest: number;
}

export interface Settings {
  readonly mode: Mode;
  /** Identifies every compile input that is not a file. */
  readonly digest: Uint8Array;
  readonly runDirectory: string;
  /** Empty: no cache. */
  readonly planCache: string;
  readonly daemon: ProgramSettings;
  readonly logger: ProgramSettings;
  readonly compiler: ProgramSettings;
  /** Command lines of copies that are kept because they worked. */
  readonly formerDaemon?: readonly string[];
  readonly formerLogger?: readonly string[];
  readonly controls: readonly ControlSocketSettings[];
  /** `NAME=value` each. */
  readonly environment: readonly string[];
  /** System mode: what clients may set. */
  readonly setenvAllow: readonly string[];
  readonly limits: LimitSettings;
  /** What to start. */
  readonly names: readonly string[];
  readonly serviceDirectories: readonly string[];
  /** `name=value` each. */
  readonly compilerOptions: readonly string[];
  readonly isForeground: boolean;
}
