/** What a child costs: wall time, and the processor time of it and everything that it has waited for. */
import { readFileSync } from 'node:fs';

export interface Cost {
  /** Milliseconds. */
  readonly wall: number;
  /** Milliseconds of user and system time, counted in hundredths of a second. */
  readonly cpu: number;
}

const tick = 10;

/** Processor time of the children of this process that have ended and were waited for, with theirs. */
export function childrenCpu(): number {
  const fields = readFileSync('/proc/self/stat', 'latin1')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[13]) + Number(fields[14])) * tick;
}

export const milliseconds = (since: bigint): number => Number(process.hrtime.bigint() - since) / 1e6;
