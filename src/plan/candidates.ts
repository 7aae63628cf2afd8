/**
 * Which files a command may mean. A word with a slash is itself, relative to the working directory. Any other word is looked for in each directory
 * of the service's own PATH; an empty or relative directory there counts from the working directory too.
 */

/** What execvp(3) takes when there is no PATH. */
const pathWithoutPath = '/bin:/usr/bin';

export function commandCandidates(program: string, path: string | undefined): readonly string[] {
  if (program.includes('/')) return [program];
  const directories = (path ?? pathWithoutPath).split(':');
  return [...new Set(directories.map((directory) => `${directory === '' ? '.' : directory}/${program}`))];
}
