import { defineConfig } from 'vitest/config';

const system = ['test/system/**/*.test.ts', 'test/native/**/*.test.ts'];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: system,
        },
      },
      {
        // Real programs that share the machine with each other: one file at a time.
        test: {
          name: 'system',
          include: system,
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
