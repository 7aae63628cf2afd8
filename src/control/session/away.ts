/**
 * A daemon may end at any time, and the next one is there soon. What follows something goes on with that one: the sockets belong to the launcher, so as long as
 * they can be connected to, a daemon comes.
 */
import { ConnectionError } from '../../api/varlink/client-connection.ts';

/** Milliseconds between two tries. */
export const retryDelay = 100;

/** The daemon has gone in the middle of it; when there is no socket any more, reeve has ended. */
export function isDaemonAway(error: unknown): boolean {
  return error instanceof ConnectionError && ['CLOSED', 'ECONNRESET', 'EPIPE'].includes(error.reason);
}
