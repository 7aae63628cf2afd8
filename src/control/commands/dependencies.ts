/** add-dep, rm-dep: dependencies that last until the service is unloaded or reloaded. */
import type { RuntimeDependencyKind } from '../../api/client.ts';
import type { CommandDefinition } from '../session/command.ts';
import { exitCodes } from '../session/exit-codes.ts';
import { usageError } from '../session/failure.ts';

/** Words of dinitctl are understood as well. */
const kinds: ReadonlyMap<string, RuntimeDependencyKind> = new Map([
  ['depends-on', 'depends-on'],
  ['need', 'depends-on'],
  ['regular', 'depends-on'],
  ['depends-ms', 'depends-ms'],
  ['milestone', 'depends-ms'],
  ['waits-for', 'waits-for'],
] as const);

export const addDependency: CommandDefinition = {
  name: 'add-dep',
  group: 'change',
  summary: 'make a service depend on another until it is reloaded',
  examples: [{ command: 'reevectl add-dep depends-on web db', meaning: 'web now depends on db' }],
  define,
  run: async (context, command) => {
    const { kind, from, to } = parse(command.args);
    const reeve = await context.connect();
    await reeve.addDependency(from, kind, to);
    context.print({ from, kind, to, ok: true });
    context.say(`${from}: now has the ${kind} dependency ${to}`);
    return exitCodes.ok;
  },
};

export const removeDependency: CommandDefinition = {
  name: 'rm-dep',
  group: 'change',
  summary: 'remove a dependency of a service until it is reloaded',
  examples: [{ command: 'reevectl rm-dep waits-for boot web', meaning: 'boot no longer waits for web' }],
  define,
  run: async (context, command) => {
    const { kind, from, to } = parse(command.args);
    const reeve = await context.connect();
    await reeve.removeDependency(from, kind, to);
    context.print({ from, kind, to, ok: true });
    context.say(`${from}: no longer has the ${kind} dependency ${to}`);
    return exitCodes.ok;
  },
};

function define(command: Parameters<CommandDefinition['define']>[0]): void {
  command
    .argument('<KIND>', 'depends-on, depends-ms or waits-for (also: need, milestone)')
    .argument('<FROM>', 'the service that depends')
    .argument('<TO>', 'the service it depends on');
}

function parse(args: readonly string[]): { kind: RuntimeDependencyKind; from: string; to: string } {
  const [word = '', from = '', to = ''] = args;
  const kind = kinds.get(word);
  if (!kind) {
    throw usageError(`reevectl: '${word}' is not a kind of dependency`, 'kinds: depends-on, depends-ms, waits-for');
  }
  return { kind, from, to };
}
