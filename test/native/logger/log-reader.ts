/** A connection to `RUN/logger.sock`, as the daemon has one (docs/protocol.md, section 8). */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { FieldReader, FrameWriter } from '../../../src/frame/fields.ts';
import { FrameReader } from '../../../src/frame/frame.ts';

export const messages = { read: 0xc1, stop: 0xc2, data: 0xd1, end: 0xd2 } as const;
const rules = [
  { type: messages.data, name: 'DATA', smallest: 13, largest: 12 + 65_536 },
  { type: messages.end, name: 'END', smallest: 16, largest: 16 },
];

export interface Piece {
  readonly position: number;
  readonly bytes: Buffer;
}

export interface Received {
  readonly pieces: Piece[];
  end?: { readonly errno: number; readonly lost: number };
}

export class LogReader implements Disposable {
  readonly socket: Socket;
  readonly #requests = new Map<number, Received>();
  readonly #frames = new FrameReader(rules);
  #waiting: (() => void)[] = [];
  #last = 0;
  isClosed = false;

  static async connect(path: string): Promise<LogReader> {
    const socket = connect(path);
    await once(socket, 'connect');
    return new LogReader(socket);
  }

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => this.#heard(chunk));
    socket.on('error', () => {});
    socket.on('close', () => {
      this.isClosed = true;
      this.#wake();
    });
  }

  #heard(chunk: Buffer): void {
    for (const frame of this.#frames.feed(chunk)) {
      const fields = new FieldReader(Buffer.from(frame.payload));
      const request = this.received(fields.u32());
      if (frame.type === messages.data) request.pieces.push({ position: Number(fields.u64()), bytes: fields.rest() });
      else request.end = { errno: fields.i32(), lost: Number(fields.u64()) };
      fields.end();
    }
    this.#wake();
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  received(request: number): Received {
    const received = this.#requests.get(request) ?? { pieces: [] };
    this.#requests.set(request, received);
    return received;
  }

  text(request: number): string {
    return Buffer.concat(this.received(request).pieces.map((piece) => piece.bytes)).toString('latin1');
  }

  send(type: number, fields: (writer: FrameWriter) => void): void {
    this.socket.write(new FrameWriter().frame(type, fields).take());
  }

  /** Sends READ and gives its request number. */
  ask(
    slot: number,
    options: { readonly last?: number; readonly follow?: boolean; readonly request?: number } = {},
  ): number {
    const { last = 0, follow = false, request = ++this.#last } = options;
    this.send(messages.read, (writer) =>
      writer
        .u32(request)
        .u32(slot)
        .u32(last)
        .u8(follow ? 1 : 0),
    );
    return request;
  }

  stop(request: number): void {
    this.send(messages.stop, (writer) => writer.u32(request));
  }

  /** Waits until what was received is as wanted, or the connection has ended. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition() && !this.isClosed) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  async untilEnd(request: number): Promise<{ readonly errno: number; readonly lost: number }> {
    await this.until(() => this.received(request).end !== undefined);
    const { end } = this.received(request);
    if (!end) throw new Error('the connection was closed before END');
    return end;
  }

  async untilText(request: number, text: string): Promise<void> {
    await this.until(() => this.text(request).includes(text));
    if (!this.text(request).includes(text)) throw new Error(`the connection was closed before '${text}'`);
  }

  async read(
    slot: number,
    last = 0,
  ): Promise<{ readonly text: string; readonly errno: number; readonly lost: number }> {
    const request = this.ask(slot, { last });
    const end = await this.untilEnd(request);
    return { text: this.text(request), ...end };
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }
}
