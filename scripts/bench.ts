// Runs the benchmarks in bench/, each a program of its own that prints a table: npm run bench [-- NAME…]
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

const directory = join(dirname(import.meta.dirname), 'bench');
const wanted = process.argv.slice(2);
const names = globSync('*.ts', { cwd: directory })
  .map((file) => basename(file, '.ts'))
  .sort();
const unknown = wanted.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`bench: no such benchmark: ${unknown.join(', ')}`);
  console.error(`  there are: ${names.join(', ')}`);
  process.exit(1);
}
for (const name of names) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`=== ${name}`);
  const { status } = spawnSync(process.execPath, [join(directory, `${name}.ts`)], { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
