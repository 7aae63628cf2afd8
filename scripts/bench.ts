// Runs the benchmarks in bench/ and prints a table for each: npm run bench [-- NAME…]
import { globSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Benchmark } from './bench/benchmark.ts';
import { tableOf } from './bench/table.ts';

const directory = join(dirname(import.meta.dirname), 'bench');
const wanted = process.argv.slice(2);
const files = globSync('*.ts', { cwd: directory }).sort();
const unknown = wanted.filter((name) => !files.includes(`${name}.ts`));
if (unknown.length > 0) {
  console.error(`bench: no such benchmark: ${unknown.join(', ')}`);
  console.error(`  there are: ${files.map((file) => basename(file, '.ts')).join(', ')}`);
  process.exit(1);
}
for (const file of files) {
  if (wanted.length > 0 && !wanted.includes(basename(file, '.ts'))) continue;
  const { benchmark } = (await import(join(directory, file))) as { readonly benchmark: Benchmark };
  console.log(`${benchmark.title}\n${benchmark.about}\n`);
  console.log(`${tableOf(await benchmark.measure())}\n`);
}
