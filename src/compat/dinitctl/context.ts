import type { DaemonSession } from '../daemon-session.ts';
import type { Output } from '../output.ts';
import type { Options } from './command-line.ts';

/** What a command works with once the daemon is reached. */
export interface Context {
  readonly session: DaemonSession;
  readonly options: Options;
  readonly output: Output;
  /** The caller's own variables. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Says something that `--quiet` takes away. */
export function inform({ options, output }: Pick<Context, 'options' | 'output'>, text: string): void {
  if (!options.isQuiet) output.out(text);
}
