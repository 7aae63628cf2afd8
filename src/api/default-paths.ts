/** Where the control socket is when nobody says otherwise. */
import { join } from 'node:path';

export type Instance = 'system' | 'user';

export interface SocketPlace {
  readonly path: string;
  readonly instance: Instance;
  /** What decided: an argument, REEVE_SOCKET, or the defaults. */
  readonly source: 'given' | 'environment' | 'default';
}

export const systemSocket = '/run/reeve/control';

/** Neither XDG_RUNTIME_DIR nor HOME says where a user's sockets are. */
export class SocketPathError extends Error {
  override readonly name = 'SocketPathError';
  readonly code = 'REEVE_SOCKET_PATH';

  constructor() {
    super('cannot tell where the control socket is: set XDG_RUNTIME_DIR, HOME or REEVE_SOCKET');
  }
}

export interface SocketChoice {
  readonly path?: string | undefined;
  /** Default: system for root, user for everybody else. */
  readonly instance?: Instance | undefined;
}

/**
 * A path that was given, or REEVE_SOCKET (unless an instance was chosen), or `/run/reeve/control` for the system and `$XDG_RUNTIME_DIR/reeve/control` or
 * `$HOME/.reeve/control` for a user.
 * @throws {SocketPathError}
 */
export function findSocket(
  choice: SocketChoice,
  environment: Readonly<Record<string, string | undefined>>,
  uid: number | undefined,
): SocketPlace {
  const instance = choice.instance ?? (uid === 0 ? 'system' : 'user');
  if (choice.path !== undefined) return { path: choice.path, instance, source: 'given' };
  const named = environment['REEVE_SOCKET'];
  if (named !== undefined && named !== '' && choice.instance === undefined) {
    return { path: named, instance, source: 'environment' };
  }
  return { path: defaultSocket(instance, environment), instance, source: 'default' };
}

export function defaultSocket(instance: Instance, environment: Readonly<Record<string, string | undefined>>): string {
  if (instance === 'system') return systemSocket;
  const { XDG_RUNTIME_DIR: runtime, HOME: home } = environment;
  if (runtime !== undefined && runtime.startsWith('/')) return join(runtime, 'reeve', 'control');
  if (home !== undefined && home.startsWith('/')) return join(home, '.reeve', 'control');
  throw new SocketPathError();
}
