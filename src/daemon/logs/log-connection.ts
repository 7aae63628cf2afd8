/**
 * One connection to the logger, with a bounded number of readers.
 *
 * The connection is made when the first reader comes and closed when the last one goes. When the logger dies, followers go on with the next logger:
 * its rings start empty, so all they hold is news. Readers that don't follow just end.
 */
import { type Socket, connect } from 'node:net';
import { FieldReader, FrameWriter } from '../../frame/fields.ts';
import { type Frame, FrameReader } from '../../frame/frame.ts';
import type { LogOptions, LogPiece } from '../service-manager.ts';
import { LogQueue } from './log-queue.ts';
import { fromLogger, fromLoggerRules, toLogger } from './messages.ts';

interface Reader {
  readonly slot: number;
  readonly options: LogOptions;
  readonly queue: LogQueue;
}

const reconnectDelay = 100;
const largestReconnects = 50;

/** What the logger takes of one connection (docs/protocol.md, section 8). */
export const largestReaders = 64;

export class LogConnection implements Disposable {
  readonly #path: string;
  readonly #readers = new Map<number, Reader>();
  #socket: Socket | undefined;
  #nextRequest = 1;
  #failures = 0;
  #retry: NodeJS.Timeout | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  get isFull(): boolean {
    return this.#readers.size >= largestReaders;
  }

  async *read(slot: number, options: LogOptions): AsyncGenerator<LogPiece> {
    if (options.signal?.aborted) return;
    const request = this.#nextRequest++;
    const reader = { slot, options, queue: new LogQueue() };
    this.#readers.set(request, reader);
    const abort = (): void => reader.queue.end(0);
    options.signal?.addEventListener('abort', abort);
    try {
      this.#connected((socket) => socket.write(readRequest(request, slot, options.lastBytes, options.follow)));
      yield* reader.queue.pieces();
    } finally {
      options.signal?.removeEventListener('abort', abort);
      this.#readers.delete(request);
      this.#socket?.write(new FrameWriter().frame(toLogger.stop, (w) => w.u32(request)).take());
      if (this.#readers.size === 0) this[Symbol.dispose]();
    }
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#socket?.destroy();
    this.#socket = undefined;
  }

  #connected(send: (socket: Socket) => void): void {
    this.#socket ??= this.#connect();
    send(this.#socket);
  }

  #connect(): Socket {
    const socket = connect(this.#path);
    const frames = new FrameReader(fromLoggerRules);
    socket.on('connect', () => {
      this.#failures = 0;
    });
    socket.on('data', (chunk: Buffer) => {
      try {
        for (const frame of frames.feed(chunk)) this.#receive(frame);
      } catch (error) {
        socket.destroy(error instanceof Error ? error : new Error(String(error)));
      }
    });
    socket.on('error', () => {});
    socket.on('close', () => this.#lost(socket));
    return socket;
  }

  #receive(frame: Frame): void {
    const fields = new FieldReader(frame.payload);
    const reader = this.#readers.get(fields.u32());
    if (!reader) return;
    if (frame.type === fromLogger.data) {
      reader.queue.push(fields.u64(), fields.rest());
    } else {
      fields.i32();
      reader.queue.end(Number(fields.u64()));
    }
  }

  /** The logger went away: followers wait for the next one, the others have what there is. */
  #lost(socket: Socket): void {
    if (this.#socket !== socket) return;
    this.#socket = undefined;
    this.#failures += 1;
    for (const reader of this.#readers.values()) {
      if (!reader.options.follow || this.#failures > largestReconnects) reader.queue.end(0);
      else reader.queue.forgetPosition();
    }
    if (this.#retry || this.#readers.size === 0) return;
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      for (const [request, { slot, options }] of this.#readers) {
        if (options.follow) this.#connected((next) => next.write(readRequest(request, slot, 0, true)));
      }
    }, reconnectDelay);
  }
}

function readRequest(request: number, slot: number, lastBytes: number, follow: boolean): Buffer {
  return new FrameWriter()
    .frame(toLogger.read, (w) =>
      w
        .u32(request)
        .u32(slot)
        .u32(lastBytes)
        .u8(follow ? 1 : 0),
    )
    .take();
}
