/**
 * One connection to a Varlink server, at the client's end. Calls are answered in order; a call with several replies keeps everything behind it
 * waiting, so whoever wants to do something else meanwhile opens another connection.
 */
import { connect, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { decodeReply, encodeCall, type JsonObject, type Reply } from './envelope.ts';
import { MessageError } from './message-error.ts';
import { MessageReader } from './message-reader.ts';
import { VarlinkError } from './varlink-error.ts';

/** The connection could not be made, or ended while a reply was awaited. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
  readonly code = 'REEVE_CONNECTION';
  readonly path: string;
  /** `ENOENT`, `ECONNREFUSED`, `EACCES`…; `CLOSED` when the other side hung up. */
  readonly reason: string;

  constructor(path: string, reason: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.path = path;
    this.reason = reason;
  }
}

const replyLimit = 16 * 1024 * 1024;
/** Milliseconds. */
const connectPause = 20;
const connectAttempts = 500;

interface Pending {
  readonly acceptsMore: boolean;
  readonly reply: (reply: Reply) => void;
  readonly fail: (error: Error) => void;
}

export class ClientConnection implements Disposable {
  readonly #path: string;
  readonly #socket: Socket;
  readonly #reader = new MessageReader(replyLimit);
  readonly #pending: Pending[] = [];
  readonly #closed = Promise.withResolvers<void>();
  #end: Error | undefined;

  /**
   * While so many others want to connect that the kernel takes no more of them, it tries again.
   * @throws {ConnectionError}
   */
  static async open(path: string): Promise<ClientConnection> {
    for (let attempt = 1; ; attempt++) {
      const socket = connect({ path });
      const failure = await connected(socket);
      if (failure === undefined) return new ClientConnection(path, socket);
      const reason = failure.code ?? 'UNKNOWN';
      if (reason !== 'EAGAIN' || attempt === connectAttempts) {
        throw new ConnectionError(path, reason, `cannot connect to ${path}: ${reason}`, { cause: failure });
      }
      await setTimeout(connectPause);
    }
  }

  private constructor(path: string, socket: Socket) {
    this.#path = path;
    this.#socket = socket;
    socket.on('data', (chunk) => this.#received(chunk));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.#end ??= new ConnectionError(
        path,
        error.code ?? 'UNKNOWN',
        `connection to ${path} failed: ${error.message}`,
      );
    });
    socket.on('close', () => this.#failAll());
  }

  /** Settles when the connection is closed, by whichever side. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  /**
   * One call, one reply.
   * @throws {VarlinkError} the error the server answered
   * @throws {ConnectionError}
   */
  call(method: string, parameters: JsonObject = {}): Promise<JsonObject> {
    const { promise, resolve, reject } = Promise.withResolvers<JsonObject>();
    this.#send(encodeCall(method, parameters, 'one'), {
      acceptsMore: false,
      reply: (reply) => {
        if (reply.error !== undefined) reject(new VarlinkError(reply.error, reply.parameters));
        else resolve(reply.parameters);
      },
      fail: reject,
    });
    return promise;
  }

  /** Sends a call that is not answered, not even with an error. */
  callOneway(method: string, parameters: JsonObject = {}): void {
    this.#socket.write(encodeCall(method, parameters, 'oneway'));
  }

  /**
   * One call, any number of replies. Leaving the loop before the last one closes the connection: there is no other way to end a stream.
   * @throws {VarlinkError}
   * @throws {ConnectionError}
   */
  async *stream(method: string, parameters: JsonObject = {}): AsyncGenerator<JsonObject, void, void> {
    const replies: (Reply | Error)[] = [];
    let wake = (): void => {};
    const put = (item: Reply | Error): void => {
      replies.push(item);
      if (replies.length >= 64) this.#socket.pause();
      wake();
    };
    this.#send(encodeCall(method, parameters, 'more'), { acceptsMore: true, reply: put, fail: put });
    let isOver = false;
    try {
      for (;;) {
        const reply = replies.shift();
        if (reply === undefined) {
          this.#socket.resume();
          await new Promise<void>((resolve) => (wake = resolve));
          continue;
        }
        isOver = reply instanceof Error || !reply.continues;
        if (reply instanceof Error) throw reply;
        if (reply.error !== undefined) throw new VarlinkError(reply.error, reply.parameters);
        yield reply.parameters;
        if (isOver) return;
      }
    } finally {
      if (isOver) this.#socket.resume();
      else this[Symbol.dispose]();
    }
  }

  #send(text: string, pending: Pending): void {
    if (this.#socket.destroyed) {
      pending.fail(this.#endError());
      return;
    }
    this.#pending.push(pending);
    this.#socket.write(text);
  }

  #received(chunk: Buffer): void {
    try {
      for (const message of this.#reader.push(chunk)) {
        const reply = decodeReply(message);
        const pending = this.#pending[0];
        if (!pending) throw new MessageError('a reply to no call', 0);
        if (reply.continues && !pending.acceptsMore) throw new MessageError('several replies to one call', 0);
        if (!reply.continues) this.#pending.shift();
        pending.reply(reply);
      }
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      this.#end ??= new ConnectionError(this.#path, 'PROTOCOL', `${this.#path} does not speak Varlink: ${text}`);
      this.#socket.destroy();
    }
  }

  #endError(): Error {
    return (this.#end ??= new ConnectionError(this.#path, 'CLOSED', `${this.#path}: the connection was closed`));
  }

  #failAll(): void {
    for (const pending of this.#pending.splice(0)) pending.fail(this.#endError());
    this.#closed.resolve();
  }
}

/** Why it could not connect; undefined when it could. */
function connected(socket: Socket): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    socket.once('error', resolve);
    socket.once('connect', () => {
      socket.removeAllListeners('error');
      resolve(undefined);
    });
  });
}
