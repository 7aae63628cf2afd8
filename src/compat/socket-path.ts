/** Where the control socket is, by the rules of dinit. */
import { homeDirectory } from './instance-defaults.ts';

export const systemSocketPath = '/run/dinitctl';

export interface SocketWish {
  /** `-p`. */
  readonly path: string | undefined;
  /** `-u`, or not root. */
  readonly isUser: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Undefined when nothing says where a user's socket is. */
export function socketPath({ path, isUser }: SocketWish, environment: Environment): string | undefined {
  return path ?? environment['DINIT_SOCKET_PATH'] ?? (isUser ? userSocketPath(environment) : systemSocketPath);
}

function userSocketPath({ XDG_RUNTIME_DIR: runtime, HOME: home }: Environment): string | undefined {
  // Set but empty counts.
  if (runtime !== undefined) return `${runtime}/dinitctl`;
  const directory = home ?? homeDirectory();
  return directory === undefined ? undefined : `${directory}/.dinitctl`;
}

/** `DINIT_CS_FD`: a number at its beginning is enough. */
export function passedDescriptor(environment: Environment): number | undefined {
  const digits = /^\s*\+?(\d{1,9})/.exec(environment['DINIT_CS_FD'] ?? '')?.[1];
  return digits === undefined ? undefined : Number(digits);
}
