import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { root } from './project.mjs';
import { Refusal } from './refusal.mjs';

/** The path of a command in PATH, or undefined. The project's own `node_modules/.bin` does not count. */
export const findCommand = (name) => {
  for (const directory of searchPath()) {
    const path = join(directory, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not here: the next directory.
    }
  }
  return undefined;
};

/** Runs a command and shows its output only when it fails: then that is what explains it. */
export const run = (what, command, args, { environment = process.env } = {}) => {
  const { status, signal, error, stdout, stderr } = spawnSync(command, args, {
    cwd: root,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status === 0) return;
  process.stderr.write(stdout ?? '');
  process.stderr.write(stderr ?? '');
  const reason = error ? error.message : signal ? `ended by ${signal}` : `exit status ${status}`;
  throw new Refusal(`${what} failed (${reason}): ${[command, ...args].join(' ')}`);
};

/** The environment without the project's Node in PATH, for commands that replace node_modules while they run. */
export const outerEnvironment = () => ({ ...process.env, PATH: searchPath().join(delimiter) });

export const announce = (text) => process.stderr.write(`${text}\n`);

const searchPath = () =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .filter((directory) => directory !== '' && !directory.startsWith(join(root, 'node_modules')));
