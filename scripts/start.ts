// Boots services.d in the foreground, in user mode, in a run directory of this clone.
//
//     npm start              the whole tree
//     npm start -- NAME…     only these services and what they need
//
// This process becomes `reeve`; nothing of it stays.
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { findCommand } from './setup/command.mjs';
import { portableMark } from './setup/native-or-portable.mjs';
import { inProject, root, runDirectory } from './setup/project.mjs';

const names = process.argv.slice(2);
const reeve = [
  inProject('build', 'bin', 'reeve'),
  '--user',
  ...(existsSync(portableMark()) ? ['--portable'] : []),
  '--foreground',
  `--services-dir=${inProject('services.d')}`,
  `--run-dir=${runDirectory()}`,
  ...(names.length > 0 ? names : ['boot', 'welcome']),
];

/**
 * In a terminal, Ctrl-C reaches every process of the foreground group, and npm then sends one more SIGINT to what it has started. In a session of
 * its own reeve gets only that one. When npm ends without passing anything on (a closed terminal, a kill), reeve gets SIGTERM.
 */
const inOwnSession = (command: readonly string[]): readonly string[] => {
  const [setpriv, setsid] = [findCommand('setpriv'), findCommand('setsid')];
  // A group leader was started by a shell and not by npm; setsid would have to fork for it.
  if (setpriv === undefined || setsid === undefined || isGroupLeader()) return command;
  return [setpriv, '--pdeathsig', 'TERM', setsid, ...command];
};

const isGroupLeader = (): boolean => {
  // The second field, the name, may contain spaces and parentheses: count from behind it.
  const [, , group] = readFileSync('/proc/self/stat', 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return Number(group) === process.pid;
};

mkdirSync(runDirectory(), { recursive: true, mode: 0o700 });
process.chdir(root);
const [program = '', ...args] = inOwnSession(reeve);
process.execve?.(program, [program, ...args], { ...process.env, STATE_DIRECTORY: inProject('build', 'state') });
