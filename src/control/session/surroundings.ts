/** Everything outside of reevectl that it may touch, handed in by `main.ts`. */
import type { Output } from '../output/output.ts';
import type { ProcessTable } from '../processes/process-table.ts';

export interface Surroundings {
  readonly out: Output;
  readonly err: Output;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly uid: number | undefined;
  readonly version: () => string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly processes: ProcessTable;
  /** Absent when standard input is no terminal. */
  readonly keyboard?: Keyboard;
  /** A graph in the DOT language as a picture. Loads a megabyte of program first. */
  readonly renderSvg: (dot: string) => Promise<string>;
  /** While not disposed, SIGINT, SIGTERM and SIGHUP do not end the program but call back. */
  readonly onInterrupt: (listener: () => void) => Disposable;
}

export interface Keyboard {
  /** Keys come one by one, unseen, until disposed. */
  listen(listener: (keys: string) => void): Disposable;
}
