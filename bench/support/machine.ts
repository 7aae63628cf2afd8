/** One line that says where and under what load a table was measured. */
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, release } from 'node:os';

export function machine(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  return `${model}, ${availableParallelism()} cores, Linux ${release()}, Node ${process.version}, ${load()}`;
}

/** Processes that want a core, this minute, and the share of time in which some had to wait for one in the last ten seconds. */
export function load(): string {
  return `load ${(loadavg()[0] ?? 0).toFixed(1)}${pressure()}`;
}

function pressure(): string {
  try {
    const share = /some avg10=([\d.]+)/.exec(readFileSync('/proc/pressure/cpu', 'latin1'))?.[1];
    return share === undefined ? '' : `, pressure ${share} %`;
  } catch {
    // A kernel without it.
    return '';
  }
}
