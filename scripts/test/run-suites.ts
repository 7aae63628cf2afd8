import { oneFailed, isGood, none, sum, textOf, type Counts } from './counts.ts';
import type { Processes } from './processes.ts';
import type { Suite } from './suite.ts';

export interface Result {
  readonly name: string;
  readonly counts: Counts;
}

/** Runs suites one after the other; a process that outlives its suite is a failure of it. */
export const runInTurn = async (suites: readonly Suite[], processes: Processes): Promise<readonly Result[]> => {
  const results: Result[] = [];
  for (const suite of suites) {
    if (processes.isEnding) break;
    process.stdout.write(`\n=== ${suite.name}\n`);
    const result = await runOne(suite, processes);
    const leftovers = await processes.endLeftovers();
    for (const { pid, command } of leftovers)
      process.stdout.write(`${suite.name}: left process ${pid} behind: ${command}\n`);
    results.push(leftovers.length === 0 ? result : { ...result, counts: sum([result.counts, oneFailed]) });
  }
  return results;
};

/** Runs suites at the same time. */
export const runTogether = async (suites: readonly Suite[], processes: Processes): Promise<readonly Result[]> =>
  Promise.all(suites.map(async (suite) => runOne(suite, processes)));

const runOne = async (suite: Suite, processes: Processes): Promise<Result> => {
  const started = Date.now();
  const counts = await suite.run(processes);
  const remark = counts.passed + counts.failed + counts.skipped === 0 ? ': it ran nothing' : '';
  process.stdout.write(`${suite.name}: ${textOf(counts)} (${((Date.now() - started) / 1000).toFixed(1)} s)${remark}\n`);
  return { name: suite.name, counts };
};

/** Prints the totals as the very last line; true when every suite is good. */
export const conclude = (results: readonly Result[]): boolean => {
  const bad = results.filter(({ counts }) => !isGood(counts));
  process.stdout.write('\n');
  for (const { name, counts } of bad) process.stdout.write(`not good: ${name} (${textOf(counts)})\n`);
  const total = results.length === 0 ? none : sum(results.map(({ counts }) => counts));
  process.stdout.write(`${textOf(total)}\n`);
  return bad.length === 0 && results.length > 0;
};
