/** Everything outside of reevectl that it may touch, handed in by `main.ts`. */
import type { Output } from '../output/output.ts';

export interface Surroundings {
  readonly out: Output;
  readonly err: Output;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly uid: number | undefined;
  readonly version: () => string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}
