/**
 * The settings file in the run directory, and the file of grants beside it. Their names have the launcher's process id in them (this process becomes the
 * launcher), so that a second reeve, which the launcher is going to refuse, does not write over those of the one that runs. What dead launchers left is
 * removed.
 */
import fs from 'node:fs';
import { join } from 'node:path';

const prefixes = ['settings.', 'access.'] as const;

export function settingsPath(runDirectory: string, pid: number): string {
  return join(runDirectory, `settings.${pid}`);
}

export function accessPath(runDirectory: string, pid: number): string {
  return join(runDirectory, `access.${pid}`);
}

/** @throws {Error} of the system. */
export function writeSettingsFile(path: string, bytes: Uint8Array): void {
  fs.rmSync(path, { force: true });
  fs.writeFileSync(path, bytes, { mode: 0o600, flag: 'wx' });
}

/**
 * Readable by the daemon, writable by nobody but its owner.
 * @param readerGid The daemon's group, when it is another user than ours.
 * @throws {Error} of the system.
 */
export function writeAccessFile(path: string, text: string, readerGid: number | undefined): void {
  // In one step: the daemon may be reading.
  const temporary = `${path}.new`;
  fs.rmSync(temporary, { force: true });
  fs.writeFileSync(temporary, text, { mode: 0o600, flag: 'wx' });
  if (readerGid !== undefined) {
    fs.chownSync(temporary, -1, readerGid);
    fs.chmodSync(temporary, 0o640);
  }
  fs.renameSync(temporary, path);
}

export function removeStaleSettings(runDirectory: string): void {
  for (const name of fs.readdirSync(runDirectory)) {
    const prefix = prefixes.find((each) => name.startsWith(each));
    const pid = prefix === undefined ? '' : name.slice(prefix.length);
    if (/^\d+$/.test(pid) && !fs.existsSync(`/proc/${pid}`)) fs.rmSync(join(runDirectory, name), { force: true });
  }
}
