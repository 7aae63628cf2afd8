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

/** The same for a tool that is not everywhere. */
export const optionalCheckSuite = (...[name, directory, program, ...args]: Parameters<typeof checkSuite>): Suite => {
  if (findCommand(program) !== undefined) return checkSuite(name, directory, program, ...args);
  return {
    name,
    run: async () => {
      process.stdout.write(`${name}: skipped, ${program} is not installed\n`);
      return oneSkipped;
    },
  };
};
