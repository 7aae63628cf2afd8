/** The processes of a service, and what they use. */
import type { ServiceStatus } from '../../api/service-status.ts';
import { bytesText } from '../output/bytes.ts';
import { durationText } from '../output/duration.ts';
import { cut } from '../output/text.ts';
import {
  processForest,
  type ProcessTable,
  type ProcessTree,
  processTree,
  totalUsage,
} from '../processes/process-table.ts';

const longestCommand = 100;
/** Of one service; a thousand workers say no more than twenty. */
const mostLines = 20;

type Running = Pick<ServiceStatus, 'pid' | 'stopPid' | 'since' | 'state'>;

/** The process and below it the tree of what it has started; the stop command with its number. */
export function processLines({ pid, stopPid }: Running, processes: ProcessTable): readonly string[] {
  const all = pid === undefined && stopPid === undefined ? [] : processes.all();
  const lines = [
    ...(pid === undefined ? [] : treeLines(pid, '', all, processes)),
    ...(stopPid === undefined ? [] : treeLines(stopPid, ' (stop command)', all, processes)),
  ];
  return lines.length <= mostLines
    ? lines
    : [...lines.slice(0, mostLines), `and ${lines.length - mostLines} more processes`];
}

function treeLines(
  pid: number,
  remark: string,
  all: Parameters<typeof processTree>[1],
  processes: ProcessTable,
): readonly string[] {
  const tree = processTree(pid, all);
  if (!tree) return [`${pid}${remark}`];
  const lines = [`${pid}${remark}  ${command(tree, processes)}`];
  const draw = ({ children }: ProcessTree, indent: string): void => {
    children.forEach((child, index) => {
      const isLast = index === children.length - 1;
      lines.push(`${indent}${isLast ? '└─' : '├─'} ${child.facts.pid}  ${command(child, processes)}`);
      draw(child, `${indent}${isLast ? '  ' : '│ '} `);
    });
  };
  draw(tree, '');
  return lines;
}

function command({ facts }: ProcessTree, processes: ProcessTable): string {
  return cut(processes.commandLine(facts.pid), longestCommand);
}

/** `12 MiB of memory, 3.2 s of processor time (0.4 %)`, of the whole tree. Empty when nothing is to be seen. */
export function usageText({ pid, since, state }: Running, processes: ProcessTable, now: number): string {
  const found = pid === undefined ? [] : processForest(processes.all())(pid);
  if (found.length === 0) return '';
  const { cpu, residentBytes } = totalUsage(found);
  const share = state === 'started' && now > since ? ` (${((100 * cpu) / (now - since)).toFixed(1)} %)` : '';
  return `${bytesText(residentBytes)} of memory, ${durationText(cpu)} of processor time${share}`;
}
