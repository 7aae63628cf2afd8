/** reeve's own processes as the kernel sees them. */
import { readFileSync, readdirSync } from 'node:fs';

export interface Part {
  readonly name: string;
  readonly pid: number;
}

/** The launcher, and those of its children that are parts of reeve. */
export function partsOf(launcher: number): readonly Part[] {
  const children = readFileSync(`/proc/${launcher}/task/${launcher}/children`, 'latin1').trim().split(' ');
  const parts = children.filter((pid) => pid !== '').map((pid) => ({ name: nameOf(pid), pid: Number(pid) }));
  const ours = parts.filter(({ name }) => name === 'daemon' || name === 'logger');
  return [{ name: 'launcher', pid: launcher }, ...ours];
}

function nameOf(pid: string): string {
  const words = readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  return /^\S*reeve-(\w+)/.exec(words)?.[1] ?? words;
}

/** Kilobytes by the kernel's names: Pss, Pss_Anon, Private_Dirty… */
export function memoryOf(pid: number): ReadonlyMap<string, number> {
  const lines = readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1').matchAll(/^(\w+): +(\d+) kB$/gm);
  return new Map([...lines].map(([, name = '', size]) => [name, Number(size)]));
}

/** How often the threads of a process were switched to another one, of their own accord or not. */
export function switchesOf(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  const texts = threads.map((thread) => readFileSync(`/proc/${pid}/task/${thread}/status`, 'latin1'));
  return texts
    .flatMap((text) => [...text.matchAll(/ctxt_switches:\s+(\d+)/g)])
    .reduce((sum, [, count]) => sum + Number(count), 0);
}

export const descriptorsOf = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length;

/** Milliseconds of processor time of all threads of a process. */
export function cpuOf(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  const nanoseconds = threads.map((thread) => {
    return Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ')[0]);
  });
  return nanoseconds.reduce((sum, each) => sum + each, 0) / 1e6;
}
