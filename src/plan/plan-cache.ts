/** Keeping the boot plan for the next start. The launcher uses it as long as the digest and the identity of every file in it still hold. */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import type { FileIdentity } from '../service/service-files.ts';

/** A change within this time after another one may leave no trace in a file's times. */
const clockGrain = 10_000_000n;

/**
 * Whether the identities can be trusted to show a later change: a file that changed only just before it was read may change once more with the
 * same time stamp. `begin` is the wall time in ns at which reading began.
 */
export function areSettled(identities: readonly FileIdentity[], begin: bigint): boolean {
  return identities.every(({ modified, changed }) => modified < begin - clockGrain && changed < begin - clockGrain);
}

/** Replaces the cache in one step. @throws {Error} of the system; nothing is left behind then. */
export function writePlanCache(path: string, bytes: Uint8Array): void {
  const temporary = `${path}.${randomBytes(6).toString('hex')}`;
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = fs.constants;
  const descriptor = fs.openSync(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    fs.writeFileSync(descriptor, bytes);
    fs.renameSync(temporary, path);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw error;
  } finally {
    fs.closeSync(descriptor);
  }
}
