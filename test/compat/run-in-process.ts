/** Runs the programs that start no processes themselves without a process of their own, which is fifty times as fast. */
import { runCheck } from '../../src/compat/dinit-check/dinit-check.ts';
import { runDinit } from '../../src/compat/dinit/dinit.ts';
import { runMonitor } from '../../src/compat/dinit-monitor/dinit-monitor.ts';
import { runDinitctl } from '../../src/compat/dinitctl/dinitctl.ts';
import { Failure } from '../../src/compat/failure.ts';
import type { Output } from '../../src/compat/output.ts';
import { runShutdown } from '../../src/compat/shutdown/shutdown.ts';
import { memoryUsers } from '../support/memory-users.ts';
import type { ProgramResult } from './program-run.ts';

/** What a program did instead of returning. */
export class Became extends Error {
  override readonly name = 'Became';
  readonly args: readonly string[];
  readonly environment: ReadonlyMap<string, string>;

  constructor(args: readonly string[], environment: ReadonlyMap<string, string>) {
    super(args.join(' '));
    this.args = args;
    this.environment = environment;
  }
}

export async function runInProcess(
  [program = '', ...args]: readonly string[],
  directory: string,
  own: Readonly<Record<string, string>> = {},
): Promise<ProgramResult> {
  let stdout = '';
  let stderr = '';
  const output: Output = {
    out: (text) => void (stdout += Buffer.from(text).toString()),
    err: (text) => void (stderr += Buffer.from(text).toString()),
  };
  const environment = { PATH: '/usr/bin:/bin', HOME: directory, ...own };
  try {
    const exit = await dispatch(program, args, { output, environment, directory });
    return { stdout, stderr, exit };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { stdout, stderr: stderr + error.message, exit: 1 };
  }
}

interface Surroundings {
  readonly output: Output;
  readonly environment: Readonly<Record<string, string>>;
  readonly directory: string;
}

async function dispatch(program: string, args: readonly string[], surroundings: Surroundings): Promise<number> {
  switch (program) {
    case 'dinitctl':
      return await runDinitctl(args, { ...surroundings, uid: 0 });
    case 'dinit-check':
      return await runCheck(args, { ...surroundings, uid: 0, users: memoryUsers });
    case 'dinit-monitor':
      return await runMonitor(args, { ...surroundings, uid: 0 });
    case 'dinit':
      return await runDinit(args, {
        ...surroundings,
        uid: 0,
        pid: 4711,
        announceReady: () => {},
        becomeReeve: (words, variables) => {
          throw new Became(words, variables);
        },
      });
    case 'shutdown':
    case 'halt':
    case 'poweroff':
    case 'reboot':
    case 'soft-reboot':
      return await runShutdown(program, args, { ...surroundings, sleepForever: () => {} });
    default:
      throw new Error(`no program ${program}`);
  }
}
