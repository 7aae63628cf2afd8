/** Reading a file that decides what reeve does. In system mode only root may have been able to write it, or the way to it. */
import { resolve } from 'node:path';
import { DiskFiles } from '../service/disk-files.ts';
import { ReeveError } from './reeve-error.ts';

export type FileUse = 'configuration file' | 'environment file';

/**
 * Undefined when nothing is there.
 * @throws {ReeveError} when it cannot be read or must not be trusted.
 */
export function readTrustedFile(path: string, use: FileUse, isSystem: boolean): string | undefined {
  const files = new DiskFiles(isSystem ? { trustedOwners: [0] } : {});
  const content = files.readRegularFile(resolve(path));
  if (content.kind === 'absent') return undefined;
  if (content.kind === 'file') return Buffer.from(content.bytes).toString('utf8');
  throw new ReeveError('REEVE_FILE', [
    {
      message: `cannot use ${use} ${path}: ${content.path === resolve(path) ? '' : `${content.path} is `}${content.text}`,
      ...(content.advice !== undefined && { advice: content.advice }),
    },
  ]);
}

/** @throws {ReeveError} also when nothing is there. */
export function requireTrustedFile(path: string, use: FileUse, isSystem: boolean): string {
  const text = readTrustedFile(path, use, isSystem);
  if (text === undefined) throw new ReeveError('REEVE_FILE', [{ message: `${use} ${path} does not exist` }]);
  return text;
}
