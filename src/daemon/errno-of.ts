/** The number of the system's error behind something thrown: positive, as the launcher reports it. */
import { constants } from 'node:os';

export function errnoOf(error: unknown): number {
  const errno: unknown = error instanceof Error && 'errno' in error ? error.errno : undefined;
  return typeof errno === 'number' && errno !== 0 ? Math.abs(errno) : constants.errno.EIO;
}
