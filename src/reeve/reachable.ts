/**
 * Whether a user without privileges could read a program. A tree below somebody's home directory usually cannot be entered by others; the launcher
 * would then start the daemon in vain, again and again, so it is better said before.
 */
import fs from 'node:fs';
import { dirname } from 'node:path';
import type { ProgramUser } from './program-users.ts';
import { type Complaint, ReeveError } from './reeve-error.ts';

const mayRead = 4;
const mayEnter = 1;

/** @throws {ReeveError} that names the first file or directory that is closed to the user. */
export function requireReachable(paths: readonly string[], user: ProgramUser, role: 'daemon' | 'logger'): void {
  const complaints = paths.flatMap((path): Complaint[] => {
    const closed = closedTo(path, user);
    if (closed === undefined) return [];
    const message = `the ${role} (uid ${user.uid}) cannot use ${path}: ${closed} is closed to it`;
    return [{ message, advice: 'install reeve where every user can read it, /usr/local/lib for example' }];
  });
  if (complaints.length > 0) throw new ReeveError('REEVE_USERS', complaints);
}

/** The outermost part of the path, links followed, that keeps the user out. */
function closedTo(path: string, user: ProgramUser): string | undefined {
  const real = fs.realpathSync(path);
  const directories: string[] = [];
  for (let at = dirname(real); directories.at(-1) !== at; at = dirname(at)) directories.push(at);
  const closed = directories.toReversed().find((directory) => !isPermitted(directory, user, mayEnter));
  return closed ?? (isPermitted(real, user, mayRead) ? undefined : real);
}

function isPermitted(path: string, { uid, gid }: ProgramUser, bit: number): boolean {
  const about = fs.statSync(path);
  const shift = about.uid === uid ? 6 : about.gid === gid ? 3 : 0;
  return ((about.mode >> shift) & bit) !== 0;
}
