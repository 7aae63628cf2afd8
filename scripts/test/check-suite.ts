import { onePassed, oneFailed } from './counts.ts';
import type { Suite } from './suite.ts';

/** A tool that says by its exit status whether all is well; its output is shown only when it is not. */
export const checkSuite = (name: string, directory: string, program: string, ...args: readonly string[]): Suite => ({
  name,
  run: async (processes) => {
    const { how, output } = await processes.run(program, args, { directory, isShown: false, limit: 180_000 });
    if (how === 0) return onePassed;
    process.stdout.write(`${output}\n${name}: ${how}\n`);
    return oneFailed;
  },
});
