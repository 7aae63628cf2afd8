/**
 * The settings file in the run directory. Its name has the launcher's process id in it (this process becomes the launcher), so that a second reeve,
 * which the launcher is going to refuse, does not write over the settings of the one that runs. What dead launchers left is removed.
 */
import fs from 'node:fs';
import { join } from 'node:path';

const prefix = 'settings.';

export function settingsPath(runDirectory: string, pid: number): string {
  return join(runDirectory, `${prefix}${pid}`);
}

/** @throws {Error} of the system. */
export function writeSettingsFile(path: string, bytes: Uint8Array): void {
  fs.rmSync(path, { force: true });
  fs.writeFileSync(path, bytes, { mode: 0o600, flag: 'wx' });
}

export function removeStaleSettings(runDirectory: string): void {
  for (const name of fs.readdirSync(runDirectory)) {
    const pid = name.startsWith(prefix) ? name.slice(prefix.length) : '';
    if (/^\d+$/.test(pid) && !fs.existsSync(`/proc/${pid}`)) fs.rmSync(join(runDirectory, name), { force: true });
  }
}
