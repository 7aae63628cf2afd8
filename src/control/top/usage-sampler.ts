/** What services use: memory now, and processor time since the look before. */
import type { ServiceSummary } from '../../api/service-status.ts';
import { type ProcessFacts, type ProcessTable, processForest } from '../processes/process-table.ts';

export interface Usage {
  readonly processes: number;
  readonly residentBytes: number;
  /** Per cent of one processor; undefined at the first look. */
  readonly cpu: number | undefined;
}

interface Look {
  readonly time: number;
  /** Process number to milliseconds of processor time. */
  readonly cpu: ReadonlyMap<number, number>;
}

export class UsageSampler {
  readonly #processes: ProcessTable;
  #last: Look | undefined;

  constructor(processes: ProcessTable) {
    this.#processes = processes;
  }

  /** By service, of those that have a process. */
  sample(services: readonly ServiceSummary[], time: number): ReadonlyMap<string, Usage> {
    const all = this.#processes.all();
    const below = processForest(all);
    const last = this.#last;
    this.#last = { time, cpu: new Map(all.map(({ pid, cpu }) => [pid, cpu])) };
    const usages = services.flatMap(({ name, pid }): readonly (readonly [string, Usage])[] => {
      const tree = pid === undefined ? [] : below(pid);
      return tree.length === 0 ? [] : [[name, usage(tree, last, time)]];
    });
    return new Map(usages);
  }
}

function usage(tree: readonly ProcessFacts[], last: Look | undefined, time: number): Usage {
  const residentBytes = tree.reduce((sum, process) => sum + process.residentBytes, 0);
  if (!last || time <= last.time) return { processes: tree.length, residentBytes, cpu: undefined };
  // A process that was not there has used all of its time since.
  const used = tree.reduce((sum, { pid, cpu }) => sum + Math.max(0, cpu - (last.cpu.get(pid) ?? 0)), 0);
  return { processes: tree.length, residentBytes, cpu: (100 * used) / (time - last.time) };
}
