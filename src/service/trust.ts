/** Whether root may believe what a file says: it must belong to somebody trusted and be writable by nobody else. */
import type { FileRefusal } from './service-files.ts';

/** Why not, and what to do; undefined when it may be believed. `mode` 0 asks about the owner only. */
export function distrust(
  path: string,
  uid: number,
  mode: number,
  trustedOwners: ReadonlySet<number>,
): FileRefusal | undefined {
  const base = { kind: 'refused', code: 'UNTRUSTED', path, isThere: true } as const;
  if (!trustedOwners.has(uid)) {
    const text = `owned by user ${uid}, who could change what is run as root`;
    return { ...base, text, advice: `chown -h root '${path}', if you trust what is in it` };
  }
  if ((mode & 0o022) === 0) return undefined;
  const who = (mode & 0o002) === 0 ? 'its group' : 'everybody';
  const text = `writable by ${who} (mode ${(mode & 0o7777).toString(8).padStart(4, '0')})`;
  return { ...base, text, advice: `chmod go-w '${path}'` };
}
