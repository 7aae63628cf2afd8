/** A command's connection to the daemon, with the words that the command has for what goes wrong on it. */
import { ClientConnection } from '../dinit/client-connection.ts';
import {
  ConnectFailed,
  ConnectionLost,
  ProtocolViolated,
  VersionMismatch,
  WriteFailed,
} from '../dinit/client-error.ts';
import { errorText } from '../dinit/error-text.ts';
import type { Information } from '../dinit/information.ts';
import { currentVersion } from '../dinit/limits.ts';
import type { ReplyOf } from '../dinit/replies.ts';
import type { AnswerTo, Request, RequestKind } from '../dinit/requests.ts';
import { Failure } from './failure.ts';

/** The texts are those of dinit's programs, which differ from each other. */
export interface SessionWords {
  readonly program: string;
  /** What the other side is called when versions do not fit: `daemon` or `server`. */
  readonly peer: string;
  /** The whole text of a connection that failed. */
  readonly connectFailed: (path: string, errno: number) => Failure;
  /** What is said when a request is answered by what is no answer to it. */
  readonly violated: (request: RequestKind) => string;
}

export const readFailure = 'control socket read failure or protocol error';

export class DaemonSession implements Disposable {
  readonly connection: ClientConnection;
  readonly words: SessionWords;
  /** The highest version that both sides speak. */
  readonly version: number;

  private constructor(connection: ClientConnection, words: SessionWords, version: number) {
    this.connection = connection;
    this.words = words;
    this.version = version;
  }

  /** @throws {Failure} */
  static async open(
    target: string | { readonly descriptor: number },
    words: SessionWords,
    newest = currentVersion,
  ): Promise<DaemonSession> {
    let connection: ClientConnection | undefined;
    try {
      connection =
        typeof target === 'string' ? await ClientConnection.open(target) : ClientConnection.adopt(target.descriptor);
      return new DaemonSession(connection, words, await connection.agree(newest));
    } catch (error) {
      connection?.[Symbol.dispose]();
      if (error instanceof ConnectFailed && typeof target === 'string') throw words.connectFailed(target, error.errno);
      if (error instanceof VersionMismatch) {
        throw Failure.of(
          words.program,
          error.isClientTooOld
            ? `too old (${words.peer} reports newer protocol version)`
            : `${words.peer} too old or protocol error`,
        );
      }
      throw lost(error, words.program, readFailure);
    }
  }

  [Symbol.dispose](): void {
    this.connection[Symbol.dispose]();
  }

  /** @throws {Failure} when the daemon is older. */
  requireVersion(version: number): void {
    if (this.version < version) throw this.failure(`${this.words.peer} too old or protocol error`);
  }

  /** @throws {Failure} */
  async ask<K extends RequestKind>(request: Request & { readonly kind: K }): Promise<ReplyOf<AnswerTo<K>>> {
    try {
      return await this.connection.request<K>(request);
    } catch (error) {
      throw lost(error, this.words.program, this.words.violated(request.kind));
    }
  }

  /** Another reply to a request that has more than one. @throws {Failure} */
  async next<K extends RequestKind>(kind: K): Promise<ReplyOf<AnswerTo<K>>> {
    try {
      return await this.connection.reply(kind);
    } catch (error) {
      throw lost(error, this.words.program, this.words.violated(kind));
    }
  }

  /** @param ended What is said when the connection ends meanwhile. @throws {Failure} */
  async information(ended: string): Promise<Information> {
    try {
      return await this.connection.information();
    } catch (error) {
      if (error instanceof ConnectionLost) throw this.failure(ended);
      throw lost(error, this.words.program, 'protocol error');
    }
  }

  failure(...lines: readonly string[]): Failure {
    return Failure.of(this.words.program, ...lines);
  }

  /** For a reply that makes no sense where it came. */
  violation(request: RequestKind): Failure {
    return this.failure(this.words.violated(request));
  }
}

function lost(error: unknown, program: string, violated: string): unknown {
  if (error instanceof ConnectionLost) return Failure.of(program, readFailure);
  if (error instanceof WriteFailed) return Failure.of(program, `control socket write error: ${errorText(error.errno)}`);
  return error instanceof ProtocolViolated ? Failure.of(program, violated) : error;
}
