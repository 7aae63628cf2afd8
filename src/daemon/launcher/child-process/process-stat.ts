/** What /proc says of a process: for those that are not children of ours. Elsewhere than on Linux nothing is known of them. */
import fs from 'node:fs';

export interface ProcessStat {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** Clock ticks since the machine was booted. With the pid it means this process and no other. */
  readonly started: number;
  readonly isZombie: boolean;
}

export const hasProcessTable = (): boolean => fs.existsSync('/proc/self/stat');

/** Undefined when there is no such process. */
export function readProcessStat(pid: number): ProcessStat | undefined {
  try {
    return parseProcessStat(fs.readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return undefined;
  }
}

/** The name in it may contain anything, so fields are counted from behind its last bracket. */
export function parseProcessStat(text: string): ProcessStat | undefined {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const number = (index: number): number => Number(fields[index]);
  const stat = {
    pid: Number.parseInt(text, 10),
    isZombie: fields[0] === 'Z' || fields[0] === 'X',
    parent: number(1),
    group: number(2),
    session: number(3),
    started: number(19),
  };
  return [stat.pid, stat.parent, stat.group, stat.session, stat.started].every(Number.isSafeInteger) ? stat : undefined;
}

/** The effective user of a process. */
export function ownerOfProcess(pid: number): number | undefined {
  return fs.statSync(`/proc/${pid}`, { throwIfNoEntry: false })?.uid;
}

export function allProcesses(): readonly ProcessStat[] {
  try {
    return fs.readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? (readProcessStat(Number(name)) ?? []) : []));
  } catch {
    return [];
  }
}

/** Who descends from a process or is in its session, without the process itself. Pure. */
export function familyOf(root: number, all: readonly ProcessStat[]): readonly ProcessStat[] {
  const session = all.find(({ pid }) => pid === root)?.session;
  const family = new Map<number, ProcessStat>();
  const isOf = ({ parent, session: own }: ProcessStat): boolean =>
    parent === root || family.has(parent) || (session === root && own === session);
  for (let before = -1; family.size !== before;) {
    before = family.size;
    for (const process of all) if (process.pid !== root && isOf(process)) family.set(process.pid, process);
  }
  return [...family.values()];
}
