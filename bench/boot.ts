/**
 * How long it takes to boot many scripted services that depend on nothing, beside a shell that runs the same command as often, one after the other.
 *
 *     node bench/boot.ts [ROUNDS]
 *
 * `cold` includes compiling the plan; `warm` finds it in the cache. From the start of `reeve` until boot is started, median, in milliseconds.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { tableOf } from '../scripts/bench/table.ts';

const reeve = resolve(import.meta.dirname, '../build/bin/reeve');
const sizes = [100, 1000, 5000];
const patience = 120_000;
const [rounds = 5] = process.argv.slice(2).map(Number);

const milliseconds = (since: bigint): number => Number(process.hrtime.bigint() - since) / 1e6;
const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

const boot = async (directory: string): Promise<number> => {
  const since = process.hrtime.bigint();
  const options = [
    '--user',
    '--foreground',
    '--services-dir',
    join(directory, 'sd'),
    '--run-dir',
    join(directory, 'run'),
  ];
  const child = spawn(reeve, options, { stdio: ['ignore', 'pipe', 'inherit'] });
  const limit = setTimeout(() => child.kill('SIGTERM'), patience);
  let taken: number | undefined;
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    // Little work here, or the reader of its output is what is measured.
    output = output.slice(-2000) + text;
    if (taken !== undefined || !output.includes(' boot: started\n')) return;
    taken = milliseconds(since);
    child.kill('SIGTERM');
  });
  await once(child, 'exit');
  clearTimeout(limit);
  if (taken === undefined) throw new Error(`boot was not started within ${patience / 1000} s:\n${output}`);
  return taken;
};

const measure = async (services: number) => {
  const directory = mkdtempSync(join(tmpdir(), 'reeve-bench-'));
  try {
    mkdirSync(join(directory, 'sd'));
    const names = Array.from({ length: services }, (_, index) => `s${index}`);
    for (const name of names) writeFileSync(join(directory, 'sd', name), 'type = scripted\ncommand = /bin/true\n');
    const boots = names.map((name) => `depends-on: ${name}\n`).join('');
    writeFileSync(join(directory, 'sd', 'boot'), `type = internal\n${boots}`);
    const cold: number[] = [];
    const warm: number[] = [];
    const shell: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      rmSync(join(directory, 'run'), { recursive: true, force: true });
      cold.push(await boot(directory));
      warm.push(await boot(directory));
      const since = process.hrtime.bigint();
      spawnSync('sh', ['-c', `i=0; while [ $i -lt ${services} ]; do /bin/true; i=$((i + 1)); done`]);
      shell.push(milliseconds(since));
    }
    return {
      services,
      cold: median(cold),
      warm: median(warm),
      shell: median(shell),
      ratio: median(warm) / median(shell),
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
};

const rows = [];
for (const size of sizes) rows.push(await measure(size));
console.log(tableOf(rows));
