/**
 * Services of a process, beside other supervisors with the same ones: how long until all of them are executed, and how long from the end of one, killed by
 * SIGKILL, until its replacement is executed.
 *
 *     node bench/processes.ts [SERVICES [KILLS [ROUNDS [NAME...]]]]
 *
 * In each round every supervisor boots once, one after the other, and loses so many of its processes, one at a time. Milliseconds. `x reeve`: how many
 * times as long as reeve in the same round, median. What others install is fetched first: s6 and runit are Debian packages that must be there.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Row, tableOf } from '../scripts/bench/table.ts';
import { load, machine } from './support/machine.ts';
import { ReportingTree } from './support/reporting-tree.ts';
import { best, median, quantile, ratio } from './support/statistics.ts';
import { type Supervisor, allSupervisors } from './support/supervisors.ts';

const patience = 120_000;
/** Several supervisors do not start a process again within a second of its last start: so long each has lived before it is killed. */
const leastLife = 1200;
const [services = 200, kills = 100, rounds = 3] = process.argv.slice(2, 5).map(Number);
const chosen = process.argv.slice(5);

interface Measured {
  readonly boots: number[];
  readonly replacements: number[][];
}

const inMilliseconds = (from: bigint, to: bigint): number => Number(to - from) / 1e6;

async function replacements(tree: ReportingTree): Promise<number[]> {
  await new Promise((resolve) => setTimeout(resolve, leastLife));
  const taken = [];
  for (let kill = 0; kill < Math.min(kills, tree.names.length); kill += 1) {
    const name = tree.names[kill] ?? '';
    const pid = tree.pidOf(name);
    const since = process.hrtime.bigint();
    process.kill(pid, 'SIGKILL');
    taken.push(inMilliseconds(since, await tree.untilReplaced(name, pid, patience)));
  }
  return taken;
}

async function round(
  supervisor: Supervisor,
  tree: ReportingTree,
  { boots, replacements: all }: Measured,
): Promise<void> {
  tree.forget();
  const since = process.hrtime.bigint();
  const child = supervisor.start(tree);
  try {
    boots.push(inMilliseconds(since, await tree.untilAll(patience)));
    all.push(await replacements(tree));
  } finally {
    await supervisor.stop(child);
  }
}

const directory = mkdtempSync(join(tmpdir(), 'reeve-bench-'));
try {
  console.log(`${machine()}; ${services} services, ${kills} kills in each of ${rounds} rounds`);
  const supervisors = allSupervisors(directory).filter(({ name }) => chosen.length === 0 || chosen.includes(name));
  for (const { name, missing } of supervisors) if (missing !== undefined) console.log(`${name}: left out, ${missing}`);
  const measurable = supervisors.filter(({ missing, most }) => missing === undefined && most >= services);
  const trees = new Map(measurable.map((each) => [each, new ReportingTree(services)]));
  const results = new Map(measurable.map((each): [Supervisor, Measured] => [each, { boots: [], replacements: [] }]));
  try {
    for (let count = 0; count < rounds; count += 1) {
      for (const [supervisor, tree] of trees) {
        const result = results.get(supervisor);
        if (result) await round(supervisor, tree, result);
      }
    }
  } finally {
    for (const tree of trees.values()) tree[Symbol.dispose]();
  }
  const [first] = results.values();
  const medians = ({ replacements: all }: Measured): number[] => all.map(median);
  const rows: Row[] = [...results].map(([{ name }, result]) => ({
    supervisor: name,
    'boot, median': median(result.boots),
    'boot, best': best(result.boots),
    'boot x reeve': first ? ratio(result.boots, first.boots) : Number.NaN,
    'replacement, median': median(result.replacements.flat()),
    'replacement, p99': quantile(result.replacements.flat(), 0.99),
    'replacement, best': best(result.replacements.flat()),
    'replacement x reeve': first ? ratio(medians(result), medians(first)) : Number.NaN,
  }));
  console.log(`${tableOf(rows)}\nafterwards: ${load()}`);
} finally {
  rmSync(directory, { recursive: true, force: true });
}
