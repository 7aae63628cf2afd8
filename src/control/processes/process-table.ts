/**
 * The processes of this machine, as /proc shows them to the caller. The daemon is not asked: it need not see them, and it tells which process belongs to
 * which service.
 */

export interface ProcessFacts {
  readonly pid: number;
  readonly parent: number;
  /** One character: R, S, D, Z… */
  readonly state: string;
  /** Its name, as the kernel has it. */
  readonly name: string;
  /** Milliseconds of processor time since it began. */
  readonly cpu: number;
  readonly residentBytes: number;
  readonly threads: number;
}

export interface ProcessTable {
  /** Undefined when there is no such process, or it is out of sight. */
  find(pid: number): ProcessFacts | undefined;
  /** The words it was executed with; its name when they are out of sight. */
  commandLine(pid: number): string;
  /** Every process there is. */
  all(): readonly ProcessFacts[];
}

/** Nothing is to be seen. */
export const noProcesses: ProcessTable = { find: () => undefined, commandLine: () => '', all: () => [] };

export interface ProcessTree {
  readonly facts: ProcessFacts;
  readonly children: readonly ProcessTree[];
}

/** A process and what it has started, as far as that is still below it. */
export function processTree(pid: number, all: readonly ProcessFacts[]): ProcessTree | undefined {
  const byParent = Map.groupBy(all, ({ parent }) => parent);
  const grow = (facts: ProcessFacts): ProcessTree => ({
    facts,
    children: (byParent.get(facts.pid) ?? []).map(grow),
  });
  const root = all.find((facts) => facts.pid === pid);
  return root && grow(root);
}

/** For many questions: gives a process and everything below it, as a list. */
export function processForest(all: readonly ProcessFacts[]): (pid: number) => readonly ProcessFacts[] {
  const byParent = Map.groupBy(all, ({ parent }) => parent);
  const byPid = new Map(all.map((facts) => [facts.pid, facts]));
  return (pid) => {
    const root = byPid.get(pid);
    const found = root ? [root] : [];
    for (const { pid: parent } of found) found.push(...(byParent.get(parent) ?? []));
    return found;
  };
}

/** Processor time and memory of all of them together. */
export function totalUsage(all: readonly ProcessFacts[]): { readonly cpu: number; readonly residentBytes: number } {
  return all.reduce(
    (sum, { cpu, residentBytes }) => ({ cpu: sum.cpu + cpu, residentBytes: sum.residentBytes + residentBytes }),
    { cpu: 0, residentBytes: 0 },
  );
}
