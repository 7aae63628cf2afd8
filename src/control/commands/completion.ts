/** completion: scripts for shells, and what they ask while somebody types. */
import { readdirSync } from 'node:fs';
import { candidates, type Candidate } from '../completion/candidates.ts';
import { shellScripts } from '../completion/shell-scripts.ts';
import { stateWord } from '../output/service-words.ts';
import { oneLine } from '../output/text.ts';
import type { CommandDefinition } from '../session/command.ts';
import { Context, type GlobalOptions } from '../session/context.ts';
import { type ExitCode, exitCodes } from '../session/exit-codes.ts';
import { usageError } from '../session/failure.ts';
import { parseServiceName } from '../../service/names.ts';

/** @param commands All of them; this one is among them. */
export function completionCommand(commands: () => readonly CommandDefinition[]): CommandDefinition {
  return {
    name: 'completion',
    group: 'manager',
    summary: 'completion of command lines, with the names of services, for bash, zsh and fish',
    description:
      'Prints what the shell is to run. The script asks `reevectl completion words -- WORDS` what may come next, so it never gets old.',
    examples: [
      { command: 'reevectl completion fish | source', meaning: 'in ~/.config/fish/config.fish' },
      { command: 'source <(reevectl completion bash)', meaning: 'in ~/.bashrc' },
      { command: 'source <(reevectl completion zsh)', meaning: 'in ~/.zshrc, after compinit' },
    ],
    define: (command) =>
      void command.argument('<SHELL>', 'bash, zsh or fish').argument('[WORDS...]', 'for the scripts themselves'),
    run: async (context, command) => {
      const [shell = '', ...words] = command.args;
      if (shell === 'words') return await printWords(context, words, commands());
      const script = shellScripts[shell];
      if (script === undefined || words.length > 0) {
        throw usageError(`reevectl: there is no completion for '${shell}'`, 'there is one for bash, zsh and fish');
      }
      context.print({ shell, script });
      if (!context.isJson) context.surroundings.out.write(script);
      return exitCodes.ok;
    },
  };
}

async function printWords(
  context: Context,
  words: readonly string[],
  commands: readonly CommandDefinition[],
): Promise<ExitCode> {
  // The instance is the one that the unfinished line is about.
  using meant = new Context(context.surroundings, instanceOptions(words, context));
  const found = await candidates(words, { commands, services: (isLoadable) => services(meant, isLoadable) });
  context.print(found);
  context.show(found.map(({ word, meaning }) => oneLine(meaning === '' ? word : `${word}\t${meaning}`)));
  return exitCodes.ok;
}

function instanceOptions(words: readonly string[], { socketPath }: Context): GlobalOptions {
  const place = words.findIndex((word) => word === '-p' || word === '--socket-path');
  const path = place === -1 ? socketPath : words[place + 1];
  return {
    ...(path !== undefined && { socketPath: path }),
    ...(words.some((word) => word === '-s' || word === '--system') && { system: true }),
    ...(words.some((word) => word === '-u' || word === '--user') && { user: true }),
  };
}

/** Nothing, when nobody answers: somebody is typing. */
async function services(context: Context, isLoadable: boolean): Promise<readonly Candidate[]> {
  try {
    const reeve = await context.connect();
    const [loaded, { serviceDirectories }] = await Promise.all([reeve.list(), reeve.info()]);
    const known = loaded.map((service) => ({ word: service.name, meaning: stateWord(service) }));
    if (!isLoadable) return known;
    const names = new Set(serviceDirectories.flatMap(describedIn));
    for (const { word } of known) names.delete(word);
    return [...known, ...[...names].toSorted().map((word) => ({ word, meaning: 'not loaded' }))];
  } catch {
    return [];
  }
}

function describedIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isFile() && parseServiceName(entry.name).kind !== 'refused')
      .map(({ name }) => name);
  } catch {
    return [];
  }
}
