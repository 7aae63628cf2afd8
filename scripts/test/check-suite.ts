import { findCommand } from '../setup/command.mjs';
import { oneFailed, onePassed, oneSkipped } from './counts.ts';
import type { Suite } from './suite.ts';

/** A tool that says by its exit status whether all is well; its output is shown only when it is not. */
export const checkSuite = (name: string, directory: string, program: string, ...args: readonly string[]): Suite => ({
  name,
  run: async (processes) => {
    const { how, output } = await processes.run(program, args, { directory, isShown: false, limit: 600_000 });
    if (how === 0) return onePassed;
    process.stdout.write(`${output}\n${name}: ${how}\n`);
    return oneFailed;
  },
});

/** The same for a check with tools that are not everywhere. */
export const optionalCheckSuite = (
  needed: readonly string[],
  ...[name, ...rest]: Parameters<typeof checkSuite>
): Suite => {
  const missing = needed.filter((program) => findCommand(program) === undefined);
  if (missing.length === 0) return checkSuite(name, ...rest);
  return {
    name,
    run: async () => {
      process.stdout.write(`${name}: skipped, not installed: ${missing.join(', ')}\n`);
      return oneSkipped;
    },
  };
};
