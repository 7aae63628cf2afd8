import type { Counts } from './counts.ts';
import type { Processes } from './processes.ts';

/** One part of `npm test`. `run` resolves with its counts, whatever happened; it starts programs only through `processes`. */
export interface Suite {
  readonly name: string;
  readonly run: (processes: Processes) => Promise<Counts>;
}
