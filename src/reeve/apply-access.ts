/**
 * `reeve access apply`: the grants of reeve.ini, as it is now, for an instance that runs already. Only the file of grants is written anew; the daemon looks
 * at it whenever somebody connects.
 */
import fs from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { encodeGrants } from '../api/grant-list.ts';
import type { Grant } from '../api/access/grant.ts';
import type { Instance } from './instance.ts';
import { ReeveError } from './reeve-error.ts';
import { accessPath, writeAccessFile } from './settings-file.ts';

/** @throws {ReeveError} when the instance does not run, or is somebody else's. */
export function applyAccess({ mode, runDirectory, socketPath }: Instance, grants: readonly Grant[]): void {
  const path = accessFileOf(runDirectory);
  const { uid, gid } = fs.statSync(path);
  if (uid !== process.geteuid?.()) {
    throw new ReeveError('REEVE_DIRECTORY', [{ message: `cannot use ${path}: it belongs to user ${uid}` }]);
  }
  writeAccessFile(path, encodeGrants(grants), mode === 'system' ? gid : undefined);
  // Without anybody who connects, those who are connected would keep what they had.
  const socket = connect({ path: socketPath });
  socket.on('connect', () => socket.destroy());
  socket.on('error', () => {});
}

function accessFileOf(runDirectory: string): string {
  for (const name of namesIn(runDirectory)) {
    const pid = /^access\.(\d+)$/.exec(name)?.[1];
    if (pid !== undefined && fs.existsSync(join('/proc', pid))) return accessPath(runDirectory, Number(pid));
  }
  const message = `no instance runs in ${runDirectory}`;
  throw new ReeveError('REEVE_DIRECTORY', [{ message, advice: 'grants are read when it starts' }]);
}

function namesIn(directory: string): readonly string[] {
  try {
    return fs.readdirSync(directory);
  } catch {
    // Where there is no run directory no instance runs.
    return [];
  }
}
