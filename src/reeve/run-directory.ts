/**
 * The run directory: sockets and settings of one instance. Whoever could write in it, or replace it, could stand in for the daemon's socket or write
 * the settings that root's launcher reads; so it must be ours alone.
 */
import fs from 'node:fs';
import { dirname } from 'node:path';
import { getSystemErrorMessage } from 'node:util';
import type { Mode } from '../plan/settings.ts';
import { ReeveError } from './reeve-error.ts';

/** Makes it, and the directories above it, unless it is there. @throws {ReeveError} when it cannot be used. */
export function prepareRunDirectory(path: string, mode: Mode, uid: number): void {
  makePrivateDirectory(path, 'run directory', mode === 'system' ? 0o755 : 0o700, uid);
}

/** The directory of the plan cache. Without one reeve only starts a little slower, so whatever is wrong is told by `false`. */
export function prepareCacheDirectory(path: string, uid: number): boolean {
  try {
    makePrivateDirectory(dirname(path), 'cache directory', 0o700, uid);
    return true;
  } catch (error) {
    if (error instanceof ReeveError) return false;
    throw error;
  }
}

function makePrivateDirectory(path: string, what: string, permissions: number, uid: number): void {
  const about = statsOrMake(path, what, permissions);
  const refuse = (message: string, advice: string): never => {
    throw new ReeveError('REEVE_DIRECTORY', [{ message: `cannot use the ${what} ${path}: ${message}`, advice }]);
  };
  if (about.isSymbolicLink()) refuse('it is a symbolic link', 'name the directory that it leads to');
  if (!about.isDirectory()) refuse('it is not a directory', 'remove it, or choose another with --run-dir');
  if (about.uid !== uid) refuse(`it belongs to user ${about.uid}, not to ${uid}`, 'choose another with --run-dir');
  if ((about.mode & 0o022) !== 0) refuse('others can write in it', `chmod go-w '${path}'`);
}

function statsOrMake(path: string, what: string, permissions: number): fs.Stats {
  try {
    const about = fs.lstatSync(path, { throwIfNoEntry: false });
    if (about) return about;
    fs.mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
    fs.mkdirSync(path, { mode: permissions });
    fs.chmodSync(path, permissions);
    return fs.lstatSync(path);
  } catch (error) {
    throw new ReeveError('REEVE_DIRECTORY', [{ message: `cannot make the ${what} ${path}: ${systemText(error)}` }]);
  }
}

/** What the system says: `permission denied`. */
function systemText(error: unknown): string {
  if (error instanceof Error && 'errno' in error && typeof error.errno === 'number') {
    return getSystemErrorMessage(error.errno) ?? error.message;
  }
  throw error;
}
