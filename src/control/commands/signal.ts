/** signal: sends a signal to the process of a service. */
import { constants } from 'node:os';
import type { CommandDefinition } from '../session/command.ts';
import type { Context } from '../session/context.ts';
import { eachService } from '../session/each-service.ts';
import { type ExitCode, exitCodes } from '../session/exit-codes.ts';
import { usageError } from '../session/failure.ts';
import { suggest } from '../../service/suggestion.ts';

const signals: ReadonlyMap<string, number> = new Map(
  Object.entries(constants.signals).map(([name, number]) => [name.replace(/^SIG/, ''), number]),
);
const highest = 64;

export const signal: CommandDefinition = {
  name: 'signal',
  group: 'drive',
  summary: 'send a signal to the processes of services',
  examples: [
    { command: 'reevectl signal HUP web', meaning: 'by name' },
    { command: 'reevectl signal 1 web db', meaning: 'by number, to two services' },
    { command: 'reevectl signal --list', meaning: 'the names there are' },
  ],
  define: (command) =>
    void command
      .argument('[SIGNAL]', 'name or number')
      .argument('[NAME...]', 'services')
      .option('-l, --list', 'list the names of signals'),
  run: async (context, command) => {
    const { list } = command.opts<{ readonly list?: true }>();
    const [word, ...names] = command.args;
    if (list) {
      if (word !== undefined) throw usageError('reevectl: signal --list takes no arguments');
      return listSignals(context);
    }
    if (word === undefined || names.length === 0) {
      throw usageError('reevectl: signal needs a signal and a service', 'reevectl signal --help shows examples');
    }
    const number = parseSignal(word);
    return await eachService(context, names, async (reeve, name) => {
      await reeve.signal(name, number);
      return { line: `${name}: signal ${word} sent`, document: { ok: true, signal: number } };
    });
  },
};

function listSignals(context: Context): ExitCode {
  context.print(Object.fromEntries(signals));
  context.show([...signals].map(([name, number]) => `${name.padEnd(8)} ${number}`));
  return exitCodes.ok;
}

function parseSignal(word: string): number {
  if (/^\d+$/.test(word) && Number(word) <= highest) return Number(word);
  const name = word.toUpperCase().replace(/^SIG/, '');
  const number = signals.get(name);
  if (number !== undefined) return number;
  const near = suggest(name, signals.keys());
  throw usageError(
    `reevectl: '${word}' is not a signal`,
    near === undefined ? 'reevectl signal --list shows them' : `did you mean ${near}?`,
  );
}
