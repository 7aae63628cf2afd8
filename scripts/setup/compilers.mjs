import { findCommand } from './command.mjs';
import { MissingCompilers } from './refusal.mjs';

const needed = ['gcc', 'c++', 'make'];

/** What compiling takes and is not installed, as the beginning of a sentence; undefined when everything is there. */
const whatIsMissing = () => {
  const missing = needed.filter((command) => findCommand(command) === undefined);
  return missing.length === 0
    ? undefined
    : `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not installed`;
};

const advice = 'run "apt-get install build-essential" (Debian, Ubuntu), or install gcc, g++ and make.';

/** Refuses with one sentence when a command that compiling takes is not installed. */
export const requireCompilers = () => {
  const missing = whatIsMissing();
  if (missing === undefined) return;
  throw new MissingCompilers(`reeve has parts in C to compile, but ${missing}: ${advice}`);
};

/** What `npm start` says when it goes on all the same. */
export const portableSentence = () =>
  `${whatIsMissing()}, so reeve runs in portable mode (docs/portable.md); for all of it ${advice}`;
