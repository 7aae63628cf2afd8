/** Looks at paths on disk for the lints. */
import fs from 'node:fs';
import type { Examined } from './lint.ts';

export function examineOnDisk(path: string): Examined {
  try {
    const stats = fs.statSync(path, { throwIfNoEntry: false });
    if (!stats) return { kind: 'failed', text: 'no such file or directory' };
    const kind = stats.isFile() ? 'file' : stats.isDirectory() ? 'directory' : 'other';
    return { kind, mode: stats.mode & 0o7777, uid: stats.uid };
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error;
    return { kind: 'failed', text: error.code === 'EACCES' ? 'permission denied' : String(error.code) };
  }
}
