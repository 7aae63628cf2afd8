import { findCommand } from './command.mjs';
import { Refusal } from './refusal.mjs';

/** Refuses with one sentence when a command that compiles is not installed. */
export const requireCompilers = (...commands) => {
  const missing = commands.filter((command) => findCommand(command) === undefined);
  if (missing.length === 0) return;
  throw new Refusal(
    `reeve's C part needs a compiler and ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not installed: ` +
      'run "apt-get install build-essential" (Debian, Ubuntu) or install gcc, g++ and make.',
  );
};
