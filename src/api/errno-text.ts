/** Error numbers in words, as the C library says them but lower-case at the beginning, and their names. */
import { getSystemErrorMap, getSystemErrorName } from 'node:util';

export function errnoText(errno: number): string {
  return getSystemErrorMap().get(-errno)?.[1] ?? `error ${errno}`;
}

/** `ENOENT`; `E<number>` for one that this system does not know. */
export function errnoName(errno: number): string {
  return getSystemErrorMap().has(-errno) ? getSystemErrorName(-errno) : `E${errno}`;
}
