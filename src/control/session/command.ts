/** A subcommand of reevectl. Only the one that was asked for is given to the parser, so that forty of them cost nothing at the start. */
import type { Command } from 'commander';
import type { Context } from './context.ts';
import type { ExitCode } from './exit-codes.ts';

export interface Example {
  readonly command: string;
  readonly meaning: string;
}

export interface CommandDefinition {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly group: 'look' | 'drive' | 'change' | 'manager';
  /** One line, without full stop. */
  readonly summary: string;
  /** More about it, for its own help. */
  readonly description?: string;
  readonly examples: readonly Example[];
  /** Global options that this command has not, because it has one of the same name. */
  readonly replaces?: readonly string[];
  /** Arguments and options. */
  readonly define: (command: Command) => void;
  /** @param command Parsed; `args` and `opts()` say what was given. */
  readonly run: (context: Context, command: Command) => Promise<ExitCode>;
}
