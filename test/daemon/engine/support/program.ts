/** What virtual processes do: programs by behaviour. */
import type { PidFileResult } from '../../../../src/daemon/engine/event.ts';
import type { Timeline } from './timeline.ts';
import type { VirtualProcess } from './virtual-process.ts';

const INT = 2;
const TERM = 15;

export interface Program {
  /** `manual`: the test executes the process; a number: it fails with this errno. @default executed at once */
  readonly execution?: 'manual' | number;
  /** What it does once it is executed. @default runs until a signal ends it */
  readonly run?: (process: VirtualProcess, time: Timeline) => void;
  /** What its pid file names: a running program, or why it is of no use. @default a program that runs until a signal ends it */
  readonly pidFile?: Program | Exclude<PidFileResult, 'supervised'>;
}

/** Ends with 0 on TERM. */
export const runs: Program = { run: (process) => process.on(TERM, () => process.exit(0)) };

export const manual: Program = { ...runs, execution: 'manual' };

export const cannotExecute = (errno = 2): Program => ({ execution: errno });

export const exitsAtOnce = (status = 0): Program => ({ run: (process) => process.exit(status) });

export const exitsAfter = (milliseconds: number, status = 0): Program => ({
  run: (process, time) => time.after(milliseconds, () => process.exit(status)),
});

export const readyAfter = (milliseconds: number): Program => ({
  run: (process, time) => {
    process.on(TERM, () => process.exit(0));
    time.after(milliseconds, () => process.ready());
  },
});

/** Ends only when it is killed. */
export const ignoresSignals: Program = {
  run: (process) => {
    for (const signal of [INT, TERM]) process.on(signal, () => undefined);
  },
};

/** Exits with this status when it is interrupted, else runs on. */
export const exitsOnInterrupt = (status: number): Program => ({
  run: (process) => process.on(INT, () => process.exit(status)),
});

/** A launcher of a bgprocess that has done its work at once. */
export const forks = (pidFile: Program['pidFile'] = runs): Program => ({ ...exitsAtOnce(0), pidFile });
