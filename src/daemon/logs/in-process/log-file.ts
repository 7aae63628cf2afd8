/** Opening a log file, and putting it aside for a new one: the same rules as the launcher's (native/launcher/logs.c). */
import fs from 'node:fs';
import { constants } from 'node:os';
import type { PlanLog } from '../../../plan/plan.ts';

const { O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_NOCTTY } = fs.constants;

/** A rule of ours that the file breaks, as an error of the system would tell it. */
export class LogFileError extends Error {
  override readonly name = 'LogFileError';
  readonly errno: number;

  constructor(path: string, errno: number) {
    super(`cannot use ${path} as a log file`);
    this.errno = -errno;
  }
}

/** Never through a link of any kind, never anything but a file. @throws {Error} of the system, or {LogFileError}. */
export function openLogFile({ path, owner }: Pick<PlanLog, 'path' | 'owner'>): number {
  const descriptor = fs.openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0o600);
  try {
    const about = fs.fstatSync(descriptor);
    if (!about.isFile()) throw new LogFileError(path, constants.errno.EINVAL);
    if (about.nlink > 1) throw new LogFileError(path, constants.errno.EMLINK);
    const { uid, gid, mode } = owner;
    if (uid !== -1 || gid !== -1) {
      fs.fchownSync(descriptor, uid === -1 ? about.uid : uid, gid === -1 ? about.gid : gid);
    }
    fs.fchmodSync(descriptor, mode);
    return descriptor;
  } catch (error) {
    fs.closeSync(descriptor);
    throw error;
  }
}

/** `PATH.1` becomes `PATH.2`, and so on up to the first number that is free, `PATH` becomes `PATH.1`; the oldest goes. @throws {Error} of the system. */
export function putAside({ path, rotateCount }: Pick<PlanLog, 'path' | 'rotateCount'>): void {
  if (rotateCount === 0) return fs.rmSync(path, { force: true });
  let free = 1;
  while (free < rotateCount && fs.lstatSync(`${path}.${free}`, { throwIfNoEntry: false })) free++;
  for (let number = free; number > 1; number--) fs.renameSync(`${path}.${number - 1}`, `${path}.${number}`);
  // Somebody may have taken it away: then only a new one is needed.
  if (fs.lstatSync(path, { throwIfNoEntry: false })) fs.renameSync(path, `${path}.1`);
  return undefined;
}
