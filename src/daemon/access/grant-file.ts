/**
 * The grants in the run directory, written by the `reeve` command. Whoever could write that file could make himself admin, so it must belong to the owner
 * of the instance and nobody else may write it; otherwise nothing in it counts.
 */
import { closeSync, constants, fstatSync, openSync, readFileSync, statSync } from 'node:fs';
import type { Grant } from '../../api/access/grant.ts';
import { decodeGrants } from '../../api/grant-list.ts';

export type GrantFileContent =
  { readonly kind: 'grants'; readonly grants: readonly Grant[] } | { readonly kind: 'problem'; readonly text: string };

const writableByOthers = 0o022;

export function readGrantFile(path: string, ownerUid: number): GrantFileContent {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const about = fstatSync(descriptor);
    if (!about.isFile() || about.uid !== ownerUid || (about.mode & writableByOthers) !== 0) {
      return { kind: 'problem', text: `must be a regular file of uid ${ownerUid} that nobody else can write` };
    }
    return { kind: 'grants', grants: decodeGrants(readFileSync(descriptor, 'utf8')) };
  } catch (error) {
    return { kind: 'problem', text: error instanceof Error ? error.message : String(error) };
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** Differs when the file is another one, or has been written to. */
export function grantFileVersion(path: string): string {
  const about = statSync(path, { bigint: true, throwIfNoEntry: false });
  return about ? `${about.dev} ${about.ino} ${about.size} ${about.mtimeNs} ${about.ctimeNs}` : 'absent';
}
