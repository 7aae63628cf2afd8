/**
 * The listening socket that a service gets. Node.js can make one but not keep one without accepting on it, so it is made anew for each start, handed to the new
 * process in the very turn of the event loop in which it begins to listen, and closed here: from then on it is the service's alone.
 *
 * A Unix socket is made under another name and moved to its place, because Node.js removes the name it was made under when it closes it.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import { type Server, connect, createServer } from 'node:net';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import type { PlanSocket } from '../../../plan/plan.ts';

const backlog = 128;

/** Which file a Unix socket of ours is. */
export interface SocketFile {
  readonly device: number;
  readonly inode: number;
}

export interface ActivationSocket {
  readonly descriptor: number;
  readonly file: SocketFile | undefined;
  /** To be called in the turn in which it was made. */
  close(): void;
}

/** What was asked to listen on is taken or is no place for a socket. */
export class ActivationSocketError extends Error {
  override readonly name = 'ActivationSocketError';
  readonly errno: number;

  constructor(text: string, errno: number) {
    super(text);
    this.errno = -errno;
  }
}

/**
 * @param former the file that an earlier start of this service made: it may be replaced even if a process left over still listens.
 * @throws {ActivationSocketError} or {Error} of the system, with `errno`.
 */
export async function openActivationSocket(
  spec: PlanSocket,
  former: SocketFile | undefined,
): Promise<ActivationSocket> {
  if (spec.family !== 'unix') {
    const host = textOfAddress(spec.family, spec.address);
    return activationSocket(await listening((server) => server.listen({ host, port: spec.port, backlog })), undefined);
  }
  await makeWay(spec.path, former);
  const temporary = join(dirname(spec.path), `.${randomBytes(4).toString('hex')}`);
  const server = await listening((each) => listenPrivately(each, temporary, spec.owner.mode));
  try {
    const { uid, gid } = spec.owner;
    const about = fs.lstatSync(temporary);
    if (uid !== -1 || gid !== -1) {
      fs.lchownSync(temporary, uid === -1 ? about.uid : uid, gid === -1 ? about.gid : gid);
    }
    fs.renameSync(temporary, spec.path);
    return activationSocket(server, { device: about.dev, inode: about.ino });
  } catch (error) {
    server.close();
    throw error;
  }
}

function activationSocket(server: Server, file: SocketFile | undefined): ActivationSocket {
  const handle: unknown = Reflect.get(server, '_handle');
  const descriptor: unknown = typeof handle === 'object' && handle !== null ? Reflect.get(handle, 'fd') : undefined;
  if (typeof descriptor !== 'number' || descriptor < 0) {
    server.close();
    throw new ActivationSocketError('Node.js does not tell the descriptor of a socket', constants.errno.ENOTSUP);
  }
  return { descriptor, file, close: () => void server.close() };
}

/** The promise is settled before the event loop looks for connections: none is accepted here. */
async function listening(listen: (server: Server) => void): Promise<Server> {
  const server = createServer();
  listen(server);
  await once(server, 'listening');
  return server;
}

/** Right from its first moment, and no chmod that could follow a link. */
function listenPrivately(server: Server, path: string, mode: number): void {
  const mask = process.umask(0o777 & ~mode);
  try {
    server.listen({ path, backlog });
  } finally {
    process.umask(mask);
  }
}

/** Somebody listens at the path: EADDRINUSE. Anything but a socket stays where it is: EEXIST. */
async function makeWay(path: string, former: SocketFile | undefined): Promise<void> {
  const found = fs.lstatSync(path, { throwIfNoEntry: false });
  if (!found) return;
  if (!found.isSocket()) throw new ActivationSocketError(`${path} is not a socket`, constants.errno.EEXIST);
  if (found.dev === former?.device && found.ino === former.inode) return;
  if (await isAnswered(path)) {
    throw new ActivationSocketError(`another process listens on ${path}`, constants.errno.EADDRINUSE);
  }
}

async function isAnswered(path: string): Promise<boolean> {
  const socket = connect({ path });
  try {
    await once(socket, 'connect');
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ECONNREFUSED' || error.code === 'ENOENT')) {
      return false;
    }
    throw error;
  } finally {
    socket.destroy();
  }
}

function textOfAddress(family: 'inet' | 'inet6', address: Uint8Array): string {
  if (family === 'inet') return address.join('.');
  const view = new DataView(address.buffer, address.byteOffset, address.byteLength);
  return Array.from({ length: 8 }, (_, index) => view.getUint16(index * 2).toString(16)).join(':');
}
