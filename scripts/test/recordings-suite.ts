import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findCommand } from '../setup/command.mjs';
import { countsIn, oneFailed, oneSkipped, sum } from './counts.ts';
import type { Suite } from './suite.ts';

/** Scenarios recorded from the stock dinit, replayed with the commands that stand in for it. They are not part of the project. */
export const recordingsSuite = (directory: string, recordings: string | undefined, seconds: number): Suite => ({
  name: 'recordings of dinit',
  run: async (processes) => {
    const scenarios = recordings === undefined ? undefined : join(recordings, 'scenarios');
    const python = findCommand('python3');
    const problem =
      scenarios === undefined || !existsSync(scenarios)
        ? 'they are not here'
        : process.geteuid?.() !== 0
          ? 'their player must be root'
          : python === undefined
            ? 'python3 is not installed'
            : undefined;
    if (problem !== undefined || scenarios === undefined || python === undefined) {
      process.stdout.write(`skipped: ${problem}\n`);
      return oneSkipped;
    }
    const player = join(directory, 'scripts', 'test', 'replay-recordings.py');
    const args = [player, scenarios, join(directory, 'build', 'compat'), String(seconds)];
    const limit = (2 * seconds + 120) * 1000;
    const { how, output } = await processes.run(python, args, { directory, isShown: true, limit });
    const counts = countsIn(output);
    return how !== 0 && counts.failed === 0 ? sum([counts, oneFailed]) : counts;
  },
});
