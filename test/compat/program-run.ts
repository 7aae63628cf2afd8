/** Runs one of the programs of src/compat to its end, as a process of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const sources = join(import.meta.dirname, '..', '..', 'src', 'compat');

export interface ProgramResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: number | NodeJS.Signals;
}

export interface RunOptions {
  readonly directory: string;
  readonly environment?: Readonly<Record<string, string>>;
}

const otherNames: readonly string[] = ['halt', 'poweroff', 'reboot', 'soft-reboot', 'shutdown'];

export async function runCompat(
  [program = '', ...args]: readonly string[],
  { directory, environment }: RunOptions,
): Promise<ProgramResult> {
  const isShutdown = otherNames.includes(program);
  const entry = join(sources, isShutdown ? 'shutdown' : program, 'main.ts');
  const child = spawn(process.execPath, [entry, ...(isShutdown ? [program] : []), ...args], {
    cwd: directory,
    env: { PATH: '/usr/bin:/bin', HOME: directory, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = Promise.all([text(child.stdout), text(child.stderr)]);
  const closed = once(child, 'close');
  const [code, signal] = (await closed) as [number | null, NodeJS.Signals | null];
  const [stdout, stderr] = await output;
  return { stdout, stderr, exit: signal ?? code ?? 0 };
}
