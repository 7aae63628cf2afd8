/**
 * From a program to a process. What `spawn` has no option for, this process takes on itself for the moment that making a child takes: the working directory
 * (so that a directory that cannot be entered is told apart from a program that cannot be executed) and the file mode mask. Nothing else can run meanwhile.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os, { constants } from 'node:os';
import type { Op } from '../../../plan/plan.ts';
import { errnoOf } from '../../errno-of.ts';
import type { Stream } from './passed-descriptors.ts';
import { type FailedStep, failedStep, type ProgramView, spawnFailure } from './program-view.ts';

export interface SpawnRequest {
  readonly ops: readonly Op[];
  readonly view: ProgramView;
  readonly environment: Readonly<Record<string, string>>;
  readonly stdio: readonly Stream[];
  /** Where the standard input of a service with an activation socket is: it is to be moved to its place, and LISTEN_PID to be set. */
  readonly input?: number;
}

export type SpawnResult =
  | { readonly kind: 'spawned'; readonly child: ChildProcess; readonly pid: number }
  | { readonly kind: 'failed'; readonly step: FailedStep };

/** A shell that knows its own number becomes the program. */
const becomeProgram = (input: number): string => `LISTEN_PID=$$; export LISTEN_PID; exec "$@" <&${input} ${input}<&-`;

/** The child is made before the first `await`. */
export async function spawnService(request: SpawnRequest): Promise<SpawnResult> {
  const { ops, view } = request;
  if (view.impossible) return failed(failedStep(ops, view.impossible, constants.errno.ENOSYS));
  const isRaised = view.nice !== undefined && view.nice < os.getPriority();
  if (isRaised && process.geteuid?.() !== 0) return failed(failedStep(ops, 'nice', constants.errno.EACCES));
  let wasDenied = false;
  let last: FailedStep = failedStep(ops, 'exec', constants.errno.ENOENT);
  for (const candidate of view.candidates) {
    const result = await attempt(candidate, request);
    if (result.kind === 'spawned') return afterSpawn(result, request);
    last = result.step;
    const { ENOENT, ENOTDIR, EACCES } = constants.errno;
    const isExec = ops[last.opIndex]?.kind === 'exec' && last.opType !== 0;
    if (!isExec || ![ENOENT, ENOTDIR, EACCES].includes(last.errno)) return result;
    wasDenied ||= last.errno === EACCES;
  }
  return failed(wasDenied ? { ...last, errno: constants.errno.EACCES } : last);
}

const failed = (step: FailedStep): SpawnResult => ({ kind: 'failed', step });

async function attempt(candidate: string, request: SpawnRequest): Promise<SpawnResult> {
  const { ops, view } = request;
  const mask = view.umask === undefined ? undefined : process.umask(view.umask);
  const home = process.cwd();
  let child: ChildProcess;
  try {
    try {
      process.chdir(view.directory);
    } catch (error) {
      return failed(failedStep(ops, 'chdir', errnoOf(error)));
    }
    if (request.input !== undefined) requireProgram(candidate);
    child = spawnHere(candidate, request);
  } catch (error) {
    return failed(spawnFailure(ops, errnoOf(error)));
  } finally {
    process.chdir(home);
    if (mask !== undefined) process.umask(mask);
  }
  if (child.pid !== undefined) return { kind: 'spawned', child, pid: child.pid };
  const [error]: readonly unknown[] = await once(child, 'error');
  return failed(spawnFailure(ops, errnoOf(error)));
}

function spawnHere(candidate: string, { view, environment, stdio, input }: SpawnRequest): ChildProcess {
  const options = {
    stdio: [...stdio],
    env: environment,
    detached: true,
    ...(view.uid !== undefined && { uid: view.uid }),
    ...(view.gid !== undefined && { gid: view.gid }),
  };
  const [argv0 = candidate, ...args] = view.argv;
  return input === undefined
    ? spawn(candidate, args, { ...options, argv0 })
    : spawn('/bin/sh', ['-c', becomeProgram(input), 'sh', candidate, ...args], options);
}

/** As the kernel would say, which the shell could not tell us. @throws {Error} with `errno`. */
function requireProgram(path: string): void {
  fs.accessSync(path, fs.constants.X_OK);
  if (!fs.statSync(path).isFile()) throw new NotAProgramError(path);
}

class NotAProgramError extends Error {
  override readonly name = 'NotAProgramError';
  readonly errno = -constants.errno.EACCES;

  constructor(path: string) {
    super(`${path} is not a file`);
  }
}

/** What can only be set from outside. If it cannot be, the process must not go on without it. */
function afterSpawn(result: Extract<SpawnResult, { kind: 'spawned' }>, { ops, view }: SpawnRequest): SpawnResult {
  if (view.nice === undefined) return result;
  try {
    os.setPriority(result.pid, view.nice);
    return result;
  } catch (error) {
    result.child.kill('SIGKILL');
    return failed(failedStep(ops, 'nice', errnoOf(error)));
  }
}
