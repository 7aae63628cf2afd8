import { join } from 'node:path';
import { countsIn, oneFailed, sum } from './counts.ts';
import type { Suite } from './suite.ts';

/** The unit tests of the C part: each program prints a line `N passed, N failed`. */
export const nativeSuite = (directory: string): Suite => ({
  name: 'native unit tests',
  run: async (processes) => {
    const args = ['-C', join(directory, 'native'), '--no-print-directory', 'check'];
    const { how, output } = await processes.run('make', args, { directory, isShown: true, limit: 600_000 });
    const counts = countsIn(output);
    return how !== 0 && counts.failed === 0 ? sum([counts, oneFailed]) : counts;
  },
});
