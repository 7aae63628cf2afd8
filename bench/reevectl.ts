/**
 * How long a whole `reevectl list` takes, from a cold start to its end, beside a Node that does nothing.
 *
 *     node bench/reevectl.ts [ROUNDS]
 *
 * Median, in milliseconds.
 */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { tableOf } from '../scripts/bench/table.ts';
import { ReeveInstance } from '../test/support/reeve-instance.ts';

const reevectl = resolve(import.meta.dirname, '../build/bin/reevectl');
const [rounds = 15] = process.argv.slice(2).map(Number);
const sizes = [10, 1000];

const medianOf = (program: string, args: readonly string[]): number => {
  const taken = Array.from({ length: rounds }, () => {
    const since = process.hrtime.bigint();
    const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
    return Number(process.hrtime.bigint() - since) / 1e6;
  });
  return taken.toSorted((a, b) => a - b)[rounds >> 1] ?? Number.NaN;
};

const measure = async (services: number) => {
  const names = Array.from({ length: services - 1 }, (_, index) => `s${index}`);
  const files = Object.fromEntries(names.map((name) => [`sd/${name}`, 'type = internal\n']));
  const boot = `type = internal\n${names.map((name) => `depends-on: ${name}\n`).join('')}`;
  await using reeve = await ReeveInstance.boot({ files: { ...files, 'sd/boot': boot } });
  await reeve.untilOutput(/ boot: started$/m);
  const list = medianOf(reevectl, ['-p', reeve.socket, 'list']);
  const node = medianOf(process.execPath, ['-e', '0']);
  return { services, list, node, ratio: list / node };
};

const rows = [];
for (const size of sizes) rows.push(await measure(size));
console.log(tableOf(rows));
