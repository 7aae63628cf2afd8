import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { none, oneFailed, sum, type Counts } from './counts.ts';
import type { Suite } from './suite.ts';

/**
 * Tests of vitest.config.ts, chosen by its own arguments. Its report tells the counts, its exit status tells errors outside of any test.
 */
export const vitestSuite = (name: string, directory: string, choice: readonly string[]): Suite => ({
  name,
  run: async (processes) => {
    const report = join(directory, 'build', 'test', `${name.replaceAll(' ', '-')}.json`);
    mkdirSync(dirname(report), { recursive: true });
    rmSync(report, { force: true });
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
    const { how } = await processes.run(
      join(directory, 'node_modules', '.bin', 'vitest'),
      ['run', ...reporters, ...choice],
      { directory, isShown: true, limit: 1_500_000 },
    );
    const counts = countsOf(readReport(report));
    if (how !== 0) process.stdout.write(`vitest: ${how}\n`);
    return how !== 0 && counts.failed === 0 ? sum([counts, oneFailed]) : counts;
  },
});

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

const countsOf = (report: Report | undefined): Counts => {
  if (report === undefined) return none;
  // A file that could not even be loaded has no failed test to count.
  const broken = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((one) => one.status === 'failed'),
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
};

const readReport = (path: string): Report | undefined => {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Report;
  } catch {
    return undefined;
  }
};
