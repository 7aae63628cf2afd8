/**
 * Who is at the other end of a Unix socket, as the kernel remembers it from the moment of `connect`: SO_PEERCRED and SO_PEERGROUPS. Node cannot
 * ask for them, so a small native addon does (native/peercred/).
 */
import type { Socket } from 'node:net';
import type { Peer } from '../../api/varlink/method.ts';

export interface PeerCredentials {
  /** Undefined when the connection has gone. */
  of(socket: Socket): Peer | undefined;
}

/** The addon is missing or is not what it should be. */
export class PeerCredentialsError extends Error {
  override readonly name = 'PeerCredentialsError';
  readonly code = 'REEVE_PEERCRED';
}

/**
 * @param path The addon: `build/native/peercred.node`.
 * @throws {PeerCredentialsError}
 */
export function loadPeerCredentials(path: string): PeerCredentials {
  const read = loadAddon(path);
  return {
    of(socket) {
      const descriptor = descriptorOf(socket);
      if (descriptor === undefined) return undefined;
      const peer = read(descriptor);
      if (typeof peer === 'number') return undefined;
      return { pid: peer[0] ?? 0, uid: peer[1] ?? -1, gid: peer[2] ?? -1, groups: peer.slice(3) };
    },
  };
}

/**
 * Without the addon (portable mode) the socket file's mode 0600 is what keeps others out: whoever has connected is the owner.
 */
export function assumeOwner(uid: number, gid: number): PeerCredentials {
  return { of: (socket) => (socket.destroyed ? undefined : { pid: 0, uid, gid, groups: [] }) };
}

/** The number of a connection's descriptor. */
export function descriptorOf(socket: Socket): number | undefined {
  const handle: unknown = Reflect.get(socket, '_handle');
  if (typeof handle !== 'object' || handle === null) return undefined;
  const descriptor: unknown = Reflect.get(handle, 'fd');
  return typeof descriptor === 'number' && descriptor >= 0 ? descriptor : undefined;
}

/** pid, uid, gid and the groups; or an error number. */
type ReadPeer = (descriptor: number) => readonly number[] | number;

function loadAddon(path: string): ReadPeer {
  const addon: { exports: unknown } = { exports: {} };
  try {
    process.dlopen(addon, path);
  } catch (error) {
    throw new PeerCredentialsError(`cannot load ${path}: build it with make -C native`, { cause: error });
  }
  const { exports } = addon;
  const read: unknown = typeof exports === 'object' && exports !== null ? Reflect.get(exports, 'peer') : undefined;
  if (typeof read !== 'function') throw new PeerCredentialsError(`${path} has no function peer`);
  return (descriptor) => {
    const answer: unknown = Reflect.apply(read, undefined, [descriptor]);
    if (typeof answer === 'number') return answer;
    if (answer instanceof Uint32Array) return Array.from(answer);
    throw new PeerCredentialsError(`${path} answered something unexpected`);
  };
}
