import fs from 'node:fs';
import { dirname, join } from 'node:path';
import { type LauncherStatus, parseLauncherStatus } from './launcher-status.ts';

/** A launcher that is writing has finished the next moment. */
const attempts = 20;

/** From the directory of the control socket, where the launcher's files are unless the socket was put elsewhere; undefined when there is nothing to read. */
export function readLauncherStatus(socketPath: string): LauncherStatus | undefined {
  const path = join(dirname(socketPath), 'launcher.status');
  for (let attempt = 0; attempt < attempts; attempt++) {
    try {
      const status = parseLauncherStatus(fs.readFileSync(path, 'utf8'), fs.statSync(path).mtimeMs);
      if (status) return status;
    } catch {
      return undefined;
    }
  }
  return undefined;
}
