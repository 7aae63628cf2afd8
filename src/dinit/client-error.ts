/** What can go wrong between a client and the daemon. The commands have their own words for each. */

/** Nobody could be reached. */
export class ConnectFailed extends Error {
  override readonly name = 'ConnectFailed';
  readonly code = 'DINIT_CONNECT';
  readonly errno: number;

  constructor(path: string, errno: number, options?: ErrorOptions) {
    super(`cannot connect to ${path}: error ${errno}`, options);
    this.errno = errno;
  }
}

/** The connection ended, or cannot be read, while something was awaited. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
  readonly code = 'DINIT_CONNECTION_LOST';

  constructor() {
    super('the daemon closed the connection');
  }
}

export class WriteFailed extends Error {
  override readonly name = 'WriteFailed';
  readonly code = 'DINIT_WRITE';
  readonly errno: number;

  constructor(errno: number) {
    super(`cannot write to the daemon: error ${errno}`);
    this.errno = errno;
  }
}

/** The daemon sent what is no answer to the request. */
export class ProtocolViolated extends Error {
  override readonly name = 'ProtocolViolated';
  readonly code = 'DINIT_PROTOCOL';
}

/** There is no version that both sides speak. */
export class VersionMismatch extends Error {
  override readonly name = 'VersionMismatch';
  readonly code = 'DINIT_VERSION';
  readonly isClientTooOld: boolean;

  constructor(isClientTooOld: boolean) {
    super(isClientTooOld ? 'the daemon speaks only newer versions' : 'the daemon speaks only older versions');
    this.isClientTooOld = isClientTooOld;
  }
}
