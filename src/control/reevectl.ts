/** reevectl from its arguments to its exit status. */
import { Command, CommanderError } from 'commander';
import { suggest } from '../service/suggestion.ts';
import type { CommandDefinition } from './session/command.ts';
import { commandTable, findCommand } from './command-table.ts';
import { Context, failureDocument, type GlobalOptions } from './session/context.ts';
import { type ExitCode, exitCodes } from './session/exit-codes.ts';
import { toFailure, usageError } from './session/failure.ts';
import { mainHelp } from './main-help.ts';
import { globalOptionLines } from './session/global-options.ts';
import type { Surroundings } from './session/surroundings.ts';

/** Options with a value, which is not the command. */
const optionsWithValue = new Set([
  '-p',
  '--socket-path',
  '--timeout',
  '--from',
  '--lines',
  '--since',
  '--interval',
  '--order',
  '--until',
  '--state',
  '-d',
  '--services-dir',
]);

export async function runReevectl(args: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
  const { word, rest } = splitCommand(args);
  if (word === undefined) return withoutCommand(args, surroundings);
  if (word !== 'help') return await runNamed(word, rest, surroundings);
  const { word: topic } = splitCommand(rest);
  return topic === undefined ? withoutCommand(rest, surroundings) : await runNamed(topic, ['--help'], surroundings);
}

/** Options may stand anywhere, so the command is the first word that is none, and the rest is what is left. */
function splitCommand(args: readonly string[]): { readonly word?: string; readonly rest: readonly string[] } {
  for (let index = 0; index < args.length; index++) {
    const word = args[index] ?? '';
    if (optionsWithValue.has(word)) index++;
    else if (!word.startsWith('-')) return { word, rest: args.toSpliced(index, 1) };
  }
  return { rest: args };
}

async function runNamed(word: string, rest: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
  const definition = findCommand(word);
  return definition
    ? await runCommand(definition, [definition.name, ...rest], surroundings)
    : unknownCommand(word, rest, surroundings);
}

async function runCommand(
  definition: CommandDefinition,
  args: readonly string[],
  surroundings: Surroundings,
): Promise<ExitCode> {
  const { program, command } = createProgram(definition, surroundings);
  try {
    program.parse([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return exitCodes.ok;
    const message = `reevectl: ${error.message.replace(/^error: /, '').replaceAll('\n', ' ')}`;
    return report(usageError(message, `reevectl ${definition.name} --help shows how`), globalsIn(args), surroundings);
  }
  const globals = program.opts<GlobalOptions>();
  using context = new Context(surroundings, globals);
  try {
    if (globals.system && globals.user) throw usageError('reevectl: --system and --user exclude each other');
    return await definition.run(context, command);
  } catch (error) {
    const failure = toFailure(error);
    context.fail(failure);
    context.print(failureDocument(failure));
    return failure.exitCode;
  }
}

/** A parser that knows this one command. */
function createProgram(
  definition: CommandDefinition,
  surroundings: Surroundings,
): { program: Command; command: Command } {
  const program = new Command('reevectl');
  for (const [flags, meaning] of globalOptionLines) {
    if (!/^-[hV]/.test(flags) && !definition.replaces?.includes(flags)) program.option(flags, meaning);
  }
  const output = {
    writeOut: (text: string) => surroundings.out.write(text),
    // Told with everything else, in one way.
    writeErr: () => {},
    getOutHelpWidth: () => surroundings.out.columns ?? 100,
    getOutHasColors: () => surroundings.out.hasColours,
  };
  program.exitOverride().configureOutput(output).configureHelp({ showGlobalOptions: true });
  const command = program
    .command(definition.name)
    .aliases([...(definition.aliases ?? [])])
    .description(
      definition.description
        ? `${sentence(definition.summary)}\n\n${definition.description}`
        : sentence(definition.summary),
    )
    .helpOption('-h, --help', 'print this text')
    .addHelpText('after', examples(definition))
    .action(() => {});
  definition.define(command);
  return { program, command };
}

function sentence(summary: string): string {
  return `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`;
}

function examples({ examples: all }: CommandDefinition): string {
  const width = Math.max(...all.map(({ command }) => command.length));
  return `\nExamples:\n${all.map(({ command, meaning }) => `  ${command.padEnd(width)}  ${meaning}`).join('\n')}`;
}

function withoutCommand(args: readonly string[], surroundings: Surroundings): ExitCode {
  if (args.includes('--version') || args.includes('-V')) {
    surroundings.out.write(`${surroundings.version()}\n`);
    return exitCodes.ok;
  }
  const known = new Set(globalOptionLines.flatMap(([flags]) => flags.split(/[ ,]+/)));
  const unknown = args.find((word, index) => !known.has(word) && !optionsWithValue.has(args[index - 1] ?? ''));
  if (unknown !== undefined) {
    const error = usageError(`reevectl: unknown option '${unknown}'`, 'reevectl --help shows what there is');
    return report(error, globalsIn(args), surroundings);
  }
  surroundings.out.write(mainHelp(surroundings.out.columns));
  return exitCodes.ok;
}

function unknownCommand(word: string, args: readonly string[], surroundings: Surroundings): ExitCode {
  const names = commandTable.flatMap(({ name, aliases }) => [name, ...(aliases ?? [])]);
  const near = suggest(word, names);
  const advice = near === undefined ? 'reevectl --help shows what there is' : `did you mean ${near}?`;
  return report(usageError(`reevectl: unknown command '${word}'`, advice), globalsIn(args), surroundings);
}

/** What can be told of the global options when the command line cannot be understood. */
function globalsIn(args: readonly string[]): GlobalOptions {
  return args.includes('--json') ? { json: true } : {};
}

function report(error: unknown, globals: GlobalOptions, surroundings: Surroundings): ExitCode {
  using context = new Context(surroundings, globals);
  const failure = toFailure(error);
  context.fail(failure);
  context.print(failureDocument(failure));
  return failure.exitCode;
}
