/** A connection on which a test says every byte. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export class RawClient implements Disposable {
  readonly socket: Socket;
  readonly #messages: string[] = [];
  #rest = Buffer.alloc(0);
  #wake = (): void => {};
  #isClosed = false;

  static async open(path: string): Promise<RawClient> {
    const socket = connect({ path, allowHalfOpen: true });
    await once(socket, 'connect');
    return new RawClient(socket);
  }

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk) => {
      this.#rest = Buffer.concat([this.#rest, chunk]);
      for (let end = this.#rest.indexOf(0); end !== -1; end = this.#rest.indexOf(0)) {
        this.#messages.push(this.#rest.subarray(0, end).toString());
        this.#rest = this.#rest.subarray(end + 1);
      }
      this.#wake();
    });
    socket.on('error', () => {});
    const finish = (): void => {
      this.#isClosed = true;
      this.#wake();
    };
    socket.on('end', finish);
    socket.on('close', finish);
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }

  /** Sends texts, each with its NUL, in one write. */
  send(...texts: readonly (string | Buffer)[]): void {
    this.socket.write(Buffer.concat(texts.flatMap((text) => [Buffer.from(text), Buffer.of(0)])));
  }

  /** The next reply as text, or undefined when the server has closed. */
  async reply(): Promise<string | undefined> {
    for (;;) {
      const message = this.#messages.shift();
      if (message !== undefined) return message;
      if (this.#isClosed) return undefined;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
