/** setenv, unsetenv, getallenv: the environment that services are started with. */
import type { CommandDefinition } from '../session/command.ts';
import { exitCodes } from '../session/exit-codes.ts';
import { usageError } from '../session/failure.ts';
import { terminalOutput } from '../output/text.ts';

export const setEnvironment: CommandDefinition = {
  name: 'setenv',
  group: 'manager',
  summary: 'set variables for services that are started from now on',
  description: 'Without =VALUE the value is taken from the environment of reevectl, and is empty if there is none.',
  examples: [
    { command: 'reevectl setenv LANG=C', meaning: 'set one variable' },
    { command: 'reevectl setenv DISPLAY XAUTHORITY', meaning: 'hand over one’s own values' },
  ],
  define: (command) => void command.argument('<NAME[=VALUE]...>', 'variables'),
  run: async (context, command) => {
    const { environment } = context.surroundings;
    const assignments = command.args.map((text) => {
      const equals = text.indexOf('=');
      if (equals === 0 || text === '') throw usageError(`reevectl: '${text}' has no variable name`);
      return equals === -1
        ? { name: text, value: environment[text] ?? '' }
        : { name: text.slice(0, equals), value: text.slice(equals + 1) };
    });
    const reeve = await context.connect();
    for (const { name, value } of assignments) await reeve.setEnvironment(name, value);
    context.print(Object.fromEntries(assignments.map(({ name, value }) => [name, value])));
    return exitCodes.ok;
  },
};

export const unsetEnvironment: CommandDefinition = {
  name: 'unsetenv',
  group: 'manager',
  summary: 'remove variables for services that are started from now on',
  examples: [{ command: 'reevectl unsetenv DISPLAY', meaning: 'remove one variable' }],
  define: (command) => void command.argument('<NAME...>', 'variables'),
  run: async (context, command) => {
    const wrong = command.args.find((name) => name === '' || name.includes('='));
    if (wrong !== undefined) throw usageError(`reevectl: '${wrong}' is not the name of a variable`);
    const reeve = await context.connect();
    for (const name of command.args) await reeve.unsetEnvironment(name);
    context.print(command.args);
    return exitCodes.ok;
  },
};

export const getAllEnvironment: CommandDefinition = {
  name: 'getallenv',
  group: 'manager',
  summary: 'the variables that services are started with',
  examples: [
    { command: 'reevectl getallenv', meaning: 'one NAME=VALUE a line' },
    { command: 'reevectl getallenv -z | sort -z', meaning: 'safe for values with line breaks' },
  ],
  define: (command) => void command.option('-z, --zero', 'end each variable with NUL instead of a line break'),
  run: async (context, command) => {
    const { zero } = command.opts<{ readonly zero?: true }>();
    const reeve = await context.connect();
    const variables = await reeve.environment();
    context.print(Object.fromEntries(variables));
    if (context.isJson) return exitCodes.ok;
    const { out } = context.surroundings;
    for (const [name, value] of variables) {
      const text = `${name}=${value}`;
      out.write(zero ? `${text}\0` : `${out.isTerminal ? terminalOutput(text) : text}\n`);
    }
    return exitCodes.ok;
  },
};
