import type { Processes } from './processes.ts';

/** On Ctrl-C, or when asked to end, ends everything that the run has started and then itself. */
export const endOnSignals = (processes: Processes): void => {
  let isEnding = false;
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      // A Ctrl-C arrives twice below npm, which passes it on: once is enough.
      if (isEnding) return;
      isEnding = true;
      void processes.endAll().then(() => {
        process.stdout.write('\ninterrupted\n');
        process.exit(130);
      });
    });
  }
};
