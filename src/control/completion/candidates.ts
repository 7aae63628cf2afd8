/** What may come next on a command line of reevectl. Pure: the names of services are asked for only where one may stand. */
import type { CommandDefinition } from '../session/command.ts';
import { globalOptionLines } from '../session/global-options.ts';
import { type CommandShape, commandShape, type OptionShape, optionShape } from './command-shape.ts';

export interface Candidate {
  readonly word: string;
  readonly meaning: string;
}

export interface CandidateSources {
  readonly commands: readonly CommandDefinition[];
  /** Loaded services; with `isLoadable` also those that there is only a description of. */
  readonly services: (isLoadable: boolean) => Promise<readonly Candidate[]>;
}

const states = ['stopped', 'starting', 'started', 'stopping'];

/** Words for the values of options and for arguments that are no services. */
const fixedWords: Readonly<Record<string, readonly string[]>> = {
  '--state': states,
  '--order': ['state', 'name', 'cpu', 'memory', 'time'],
  '-o': ['state', 'name', 'cpu', 'memory', 'time'],
  '--since': ['today', 'yesterday', '10m', '1h'],
  '--until': ['now', 'today', '10m', '1h'],
  VERB: ['start', 'stop', 'restart', 'wake', 'release', 'shutdown'],
  WHAT: ['blame', 'critical-chain', 'plot'],
  KIND: ['depends-on', 'depends-ms', 'waits-for'],
  SIGNAL: ['HUP', 'INT', 'TERM', 'KILL', 'USR1', 'USR2', 'STOP', 'CONT', 'QUIT'],
  SHELL: ['bash', 'zsh', 'fish'],
};

/** Arguments that are services, and commands that take those that are not loaded as well. */
const serviceArguments = new Set(['NAME', 'FROM', 'TO', '--from']);
const loading = new Set(['start', 'pin', 'load', 'reload', 'enable', 'check', 'add-dep', 'plan']);

const globalOptions = globalOptionLines.map(optionShape);

/** @param words Before the cursor, without the program; the last one is not finished, and may be empty. */
export async function candidates(words: readonly string[], sources: CandidateSources): Promise<readonly Candidate[]> {
  const current = words.at(-1) ?? '';
  const all = await possible(words.slice(0, -1), current, sources);
  return all.filter(({ word }) => word.startsWith(current));
}

async function possible(
  before: readonly string[],
  current: string,
  sources: CandidateSources,
): Promise<readonly Candidate[]> {
  const { definition, shape, given, pending } = parse(before, sources.commands);
  if (pending !== undefined) return await valuesFor(pending, definition, sources);
  if (current.startsWith('-')) {
    return [...(shape?.options ?? []), ...globalOptions].flatMap(({ flags, meaning }) =>
      flags.map((word) => ({ word, meaning })),
    );
  }
  if (!definition || !shape) {
    return sources.commands.map(({ name, summary }) => ({ word: name, meaning: summary }));
  }
  const last = shape.arguments.at(-1);
  const argument = shape.arguments[given.length] ?? (last?.isVariadic ? last : undefined);
  if (!argument) return [];
  const offered = await valuesFor(argument.name, definition, sources);
  return argument.isVariadic ? offered.filter(({ word }) => !given.includes(word)) : offered;
}

interface Parsed {
  readonly definition: CommandDefinition | undefined;
  readonly shape: CommandShape | undefined;
  readonly given: readonly string[];
  /** The option whose value comes next. */
  readonly pending: string | undefined;
}

function parse(words: readonly string[], commands: readonly CommandDefinition[]): Parsed {
  let parsed: Parsed = { definition: undefined, shape: undefined, given: [], pending: undefined };
  for (const word of words) {
    const option = findOption(word, parsed.shape);
    if (parsed.pending !== undefined) parsed = { ...parsed, pending: undefined };
    else if (option?.takesValue) parsed = { ...parsed, pending: option.flags.at(-1) };
    else if (word.startsWith('-')) continue;
    else if (parsed.definition) parsed = { ...parsed, given: [...parsed.given, word] };
    else parsed = withCommand(parsed, word, commands);
  }
  return parsed;
}

function withCommand(parsed: Parsed, word: string, commands: readonly CommandDefinition[]): Parsed {
  const definition = commands.find(({ name, aliases }) => name === word || aliases?.includes(word));
  return definition ? { ...parsed, definition, shape: commandShape(definition) } : parsed;
}

function findOption(word: string, shape: CommandShape | undefined): OptionShape | undefined {
  return [...(shape?.options ?? []), ...globalOptions].find(({ flags }) => flags.includes(word));
}

async function valuesFor(
  what: string,
  definition: CommandDefinition | undefined,
  { services }: CandidateSources,
): Promise<readonly Candidate[]> {
  if (serviceArguments.has(what)) return await services(definition !== undefined && loading.has(definition.name));
  return (fixedWords[what] ?? []).map((word) => ({ word, meaning: '' }));
}
