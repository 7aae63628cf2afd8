/** dinit: the daemon. This file only wires. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../failure.ts';
import { runProgram } from '../run-program.ts';
import { runDinit } from './dinit.ts';

const here = import.meta.dirname;

/** Bundled, all programs are in one directory. */
function find(bundle: string, source: string): string {
  const bundled = join(here, bundle);
  return existsSync(bundled) ? bundled : join(here, '..', '..', source);
}

/** As much memory as a shell script, for as long as the start takes. */
function announceReady(descriptor: number, path: string): void {
  const entry = find('dinit-ready.cjs', 'compat/dinit-ready/main.ts');
  spawn(process.execPath, ['--max-semi-space-size=1', entry, path], {
    stdio: ['ignore', descriptor, 'ignore'],
  }).unref();
}

function becomeReeve(args: readonly string[], environment: ReadonlyMap<string, string>): void {
  if (!process.execve) throw Failure.of('dinit', 'this Node.js has no process.execve');
  const entry = find('reeve.cjs', 'reeve/main.ts');
  // Without the `--` Node would take some of our options for its own.
  process.execve(process.execPath, [process.execPath, '--', entry, ...args], Object.fromEntries(environment));
}

void runProgram((args, output) =>
  runDinit(args, {
    output,
    environment: process.env,
    uid: process.geteuid?.() ?? 0,
    pid: process.pid,
    directory: process.cwd(),
    announceReady,
    becomeReeve,
  }),
);
