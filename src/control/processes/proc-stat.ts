/** One line of /proc/PID/stat (proc_pid_stat(5)). Pure. */
import type { ProcessFacts } from './process-table.ts';

/** Milliseconds of a clock tick as /proc counts them: a hundred a second on every Linux. */
const tick = 10;

/** Undefined when it is not such a line. */
export function parseProcStat(text: string, pageSize: number): ProcessFacts | undefined {
  // The name stands in parentheses and may hold anything, also parentheses.
  const [open, close] = [text.indexOf('('), text.lastIndexOf(')')];
  if (open === -1 || close < open) return undefined;
  const [state = '', ...fields] = text.slice(close + 2).split(' ');
  const numbers = fields.map(Number);
  // Fields are counted from 1 in the manual; `numbers[0]` is the fourth.
  const field = (number: number): number => numbers[number - 4] ?? Number.NaN;
  const facts = {
    pid: Number(text.slice(0, open)),
    parent: field(4),
    state,
    name: text.slice(open + 1, close),
    cpu: (field(14) + field(15)) * tick,
    residentBytes: field(24) * pageSize,
    threads: field(20),
  };
  return Number.isFinite(facts.pid) && Number.isFinite(facts.residentBytes) ? facts : undefined;
}
