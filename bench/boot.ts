/**
 * How long it takes to boot many scripted services that depend on nothing, beside a static C program that forks, executes and waits for the same command
 * as often, one after the other, right before and after it.
 *
 *     node bench/boot.ts [ROUNDS] [SIZE...]
 *
 * From the start of `reeve` until boot is started, in milliseconds. `cold` includes compiling the plan; `warm` finds it in the cache. `cpu` is
 * user and system time of everything, the end of reeve included.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Row, tableOf } from '../scripts/bench/table.ts';
import { compileProgram } from './support/c-program.ts';
import { type Cost, childrenCpu, milliseconds } from './support/cost.ts';
import { load, machine } from './support/machine.ts';
import { best, median, ratio } from './support/statistics.ts';

const reeve = resolve(import.meta.dirname, '../build/bin/reeve');
const patience = 120_000;
const [rounds = 5, ...chosen] = process.argv.slice(2).map(Number);
const sizes = chosen.length > 0 ? chosen : [1000, 10_000];
/** Portable mode starts processes one by one. */
const largestPortable = 1000;

const boot = async (directory: string, ...more: readonly string[]): Promise<Cost> => {
  const before = childrenCpu();
  const since = process.hrtime.bigint();
  const places = ['--services-dir', join(directory, 'sd'), '--run-dir', join(directory, 'run')];
  const child = spawn(reeve, ['--user', '--foreground', ...places, ...more], { stdio: ['ignore', 'pipe', 'inherit'] });
  const limit = setTimeout(() => child.kill('SIGTERM'), patience);
  let wall: number | undefined;
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    // Little work here, or the reader of its output is what is measured.
    output = output.slice(-2000) + text;
    if (wall !== undefined || !output.includes(' boot: started\n')) return;
    wall = milliseconds(since);
    child.kill('SIGTERM');
  });
  await once(child, 'exit');
  clearTimeout(limit);
  if (wall === undefined) throw new Error(`boot was not started within ${patience / 1000} s:\n${output}`);
  return { wall, cpu: childrenCpu() - before };
};

const loop = (program: string, count: number): Cost => {
  const before = childrenCpu();
  const since = process.hrtime.bigint();
  const { status } = spawnSync(program, [String(count), '/bin/true']);
  if (status !== 0) throw new Error(`${program} ended with ${status}`);
  return { wall: milliseconds(since), cpu: childrenCpu() - before };
};

const measure = async (services: number, program: string): Promise<Row> => {
  const directory = mkdtempSync(join(tmpdir(), 'reeve-bench-'));
  try {
    mkdirSync(join(directory, 'sd'));
    const names = Array.from({ length: services }, (_, index) => `s${index}`);
    for (const name of names) writeFileSync(join(directory, 'sd', name), 'type = scripted\ncommand = /bin/true\n');
    const boots = names.map((name) => `depends-on: ${name}\n`).join('');
    writeFileSync(join(directory, 'sd', 'boot'), `type = internal\n${boots}`);
    const cold: Cost[] = [];
    const warm: Cost[] = [];
    const portable: Cost[] = [];
    const loops: Cost[] = [];
    for (let round = 0; round < rounds; round += 1) {
      rmSync(join(directory, 'run'), { recursive: true, force: true });
      cold.push(await boot(directory));
      const first = loop(program, services);
      warm.push(await boot(directory));
      const second = loop(program, services);
      loops.push({ wall: (first.wall + second.wall) / 2, cpu: (first.cpu + second.cpu) / 2 });
      if (services <= largestPortable) portable.push(await boot(directory, '--portable'));
    }
    const walls = (costs: readonly Cost[]): number[] => costs.map(({ wall }) => Math.round(wall));
    const times = (costs: readonly Cost[]): string =>
      costs.length === 0 ? '-' : `${median(walls(costs))} (${best(walls(costs))})`;
    const cpu = (costs: readonly Cost[]): number => Math.round(best(costs.map((cost) => cost.cpu)));
    const target = loops.map(({ wall }) => 0.7 * wall + 100);
    return {
      services,
      'C loop (best)': times(loops),
      'warm (best)': times(warm),
      'cold (best)': times(cold),
      'portable (best)': times(portable),
      'warm / loop': ratio(walls(warm), walls(loops)),
      'warm / (0.7 loop + 100)': ratio(walls(warm), target),
      'loop cpu': cpu(loops),
      'warm cpu': cpu(warm),
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
};

const programs = mkdtempSync(join(tmpdir(), 'reeve-bench-'));
try {
  const program = compileProgram('fork-loop', programs);
  console.log(machine());
  const rows = [];
  for (const size of sizes) rows.push(await measure(size, program));
  console.log(`${tableOf(rows)}\nafterwards: ${load()}`);
} finally {
  rmSync(programs, { recursive: true, force: true });
}
