/** What can stand on the command line of a command, as its parser knows it. */
import { Command } from 'commander';
import type { CommandDefinition } from '../session/command.ts';

export interface OptionShape {
  /** `-n`, `--lines` */
  readonly flags: readonly string[];
  readonly takesValue: boolean;
  readonly meaning: string;
}

export interface ArgumentShape {
  /** As in the usage: `NAME`, `VERB`… */
  readonly name: string;
  /** Any number of them. */
  readonly isVariadic: boolean;
}

export interface CommandShape {
  readonly options: readonly OptionShape[];
  readonly arguments: readonly ArgumentShape[];
}

export function commandShape(definition: CommandDefinition): CommandShape {
  const command = new Command(definition.name);
  definition.define(command);
  return {
    options: command.options.map(({ short, long, required, optional, description }) => ({
      flags: [short, long].filter((flag) => flag !== undefined && flag !== null),
      takesValue: required || optional,
      meaning: description,
    })),
    arguments: command.registeredArguments.map((argument) => ({
      name: argument.name(),
      isVariadic: argument.variadic,
    })),
  };
}

/** Flags as they stand in a help text (`-p, --socket-path <PATH>`) as an option. */
export function optionShape([text, meaning]: readonly [string, string]): OptionShape {
  const flags = text.split(/[ ,]+/).filter((word) => word.startsWith('-'));
  return { flags, takesValue: text.includes('<'), meaning };
}
