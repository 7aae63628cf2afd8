/**
 * How control sockets are taken over. The launcher makes and keeps them and hands the daemon a copy at a fixed number (docs/protocol.md, section 4:
 * 5 for Varlink, 6 for dinit's protocol), so clients find the socket whether or not a daemon runs. Portable mode makes its own.
 */
import { chmodSync, lstatSync, unlinkSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { once } from 'node:events';

export const varlinkDescriptor = 5;
export const dinitDescriptor = 6;

/** What was asked to listen on is taken or is no place for a socket. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
  readonly code = 'REEVE_LISTEN';
}

/** Closing the listener leaves the socket file: it belongs to the launcher. */
export async function takeListener(descriptor: number): Promise<Server> {
  return await listening({ fd: descriptor });
}

/**
 * Makes a socket file, in the place of one that nobody listens on any more.
 * @throws {ListenError} when somebody does, or when the path is something else.
 */
export async function makeListener(path: string, mode: number): Promise<Server> {
  await removeStaleSocket(path);
  const previous = process.umask(0o777 & ~mode);
  try {
    const server = await listening({ path });
    chmodSync(path, mode);
    return server;
  } finally {
    process.umask(previous);
  }
}

async function listening(where: { readonly fd: number } | { readonly path: string }): Promise<Server> {
  // The last call of a client that has shut down its direction is still answered.
  const server = createServer({ allowHalfOpen: true });
  server.listen(where);
  await once(server, 'listening');
  return server;
}

async function removeStaleSocket(path: string): Promise<void> {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found) return;
  if (!found.isSocket()) throw new ListenError(`cannot listen on ${path}: it exists and is not a socket`);
  if (await isAnswered(path)) throw new ListenError(`cannot listen on ${path}: another instance is running`);
  unlinkSync(path);
}

async function isAnswered(path: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect({ path });
  socket.once('connect', () => resolve(true));
  socket.once('error', (error: NodeJS.ErrnoException) =>
    resolve(error.code !== 'ECONNREFUSED' && error.code !== 'ENOENT'),
  );
  try {
    return await promise;
  } finally {
    socket.destroy();
  }
}
