import { findCommand } from './command.mjs';
import { Refusal } from './refusal.mjs';

/** Refuses with one sentence when a command that compiling takes is not installed. */
export const requireCompilers = () => {
  const missing = ['gcc', 'c++', 'make'].filter((command) => findCommand(command) === undefined);
  if (missing.length === 0) return;
  throw new Refusal(
    `reeve has parts in C to compile, but ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not installed: ` +
      'run "apt-get install build-essential" (Debian, Ubuntu), or install gcc, g++ and make.',
  );
};
