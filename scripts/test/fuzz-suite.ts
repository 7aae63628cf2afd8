import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { oneFailed, onePassed, oneSkipped, sum, type Counts } from './counts.ts';
import type { Processes } from './processes.ts';
import type { Suite } from './suite.ts';

/**
 * Runs every fuzz target of the C part for some seconds: from the seeds in native/fuzz/corpus/TARGET, and what earlier runs found in
 * build/fuzz/TARGET.
 */
export const fuzzSuite = (directory: string, seconds: number): Suite => ({
  name: 'fuzz targets',
  run: async (processes) => {
    const built = await build(processes, directory);
    if (built !== 'built') return built;
    const targets = readdirSync(join(directory, 'build', 'native', 'fuzz')).filter((name) => !name.includes('.'));
    const counts: Counts[] = [];
    for (const target of targets) counts.push(await fuzz(processes, directory, target, seconds));
    return sum(counts);
  },
});

const build = async (processes: Processes, directory: string): Promise<'built' | Counts> => {
  const clang = process.env['CLANG'] ?? 'clang-19';
  const found = await processes.run(clang, ['--version'], { directory, isShown: false, limit: 10_000 });
  if (found.how !== 0) {
    process.stdout.write(`skipped: ${clang} is not installed (Debian: apt-get install clang-19 libclang-rt-19-dev)\n`);
    return oneSkipped;
  }
  const args = ['-C', join(directory, 'native'), '--no-print-directory', 'fuzz'];
  const { how, output } = await processes.run('make', args, { directory, isShown: false, limit: 180_000 });
  if (how === 0) return 'built';
  process.stdout.write(output);
  return oneFailed;
};

const fuzz = async (processes: Processes, directory: string, target: string, seconds: number): Promise<Counts> => {
  const found = join(directory, 'build', 'fuzz', target);
  const seeds = join(directory, 'native', 'fuzz', 'corpus', target);
  mkdirSync(found, { recursive: true });
  const { how, output } = await processes.run(
    join(directory, 'build', 'native', 'fuzz', target),
    [
      `-max_total_time=${seconds}`,
      '-timeout=10',
      `-artifact_prefix=${found}-`,
      found,
      ...(existsSync(seeds) ? [seeds] : []),
    ],
    { directory, isShown: false, limit: (seconds + 60) * 1000 },
  );
  if (how === 0) return onePassed;
  process.stdout.write(`${output}\n${target}: ${how}\n`);
  return oneFailed;
};
