// Checks the man pages: scdoc accepts their sources and mandoc finds nothing wrong with what it makes of them.
//
//     node scripts/check-man-pages.ts
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const root = dirname(import.meta.dirname);

/** Of the macros that scdoc itself puts in: the author of a page cannot help it. */
const isOfScdoc = (line: string): boolean => line.includes('skipping paragraph macro');

const complaintsAbout = (source: string): readonly string[] => {
  const scdoc = filter('scdoc', [], readFileSync(join(root, source), 'utf8'));
  if (scdoc.status !== 0) return [scdoc.stderr];
  const mandoc = filter('mandoc', ['-T', 'lint', '-W', 'warning'], scdoc.stdout);
  return mandoc.stdout.split('\n').filter((line) => line !== '' && !isOfScdoc(line));
};

const filter = (
  program: string,
  options: readonly string[],
  input: string,
): { readonly status: number | null; readonly stdout: string; readonly stderr: string } => {
  const result = spawnSync(program, options, { input, encoding: 'utf8' });
  if (result.error !== undefined) throw result.error;
  return result;
};

const sources = globSync('docs/man/*.scd', { cwd: root }).toSorted();
for (const source of sources) {
  for (const complaint of complaintsAbout(source)) {
    process.stdout.write(`${source}: ${complaint}\n`);
    process.exitCode = 1;
  }
}
