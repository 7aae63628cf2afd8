import { defineConfig } from 'vitest/config';
import { portableSkips } from './test/support/portable-skips.ts';

const system = ['test/system/**/*.test.ts', 'test/native/**/*.test.ts'];
/** Real programs that share the machine with each other: one file at a time. */
const inTurn = { fileParallelism: false, testTimeout: 60_000, hookTimeout: 60_000 };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: system,
          // Only to end a hang: how long a test takes on a busy machine says nothing.
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      { test: { name: 'system', include: system, ...inTurn } },
      {
        test: {
          name: 'portable',
          include: ['test/system/*.test.ts'],
          exclude: Object.keys(portableSkips).map((file) => `test/system/${file}`),
          env: { REEVE_LAUNCHER: 'portable' },
          ...inTurn,
        },
      },
    ],
  },
});
