/**
 * The client's end of the control protocol: one request at a time, each in one write, and the packets that the server sends on its own in between.
 *
 * It reads only when something is awaited, so a client that is busy leaves the rest to the kernel's buffers and grows no memory.
 */
import { fstatSync } from 'node:fs';
import { connect, Socket } from 'node:net';
import { ByteQueue } from './byte-queue.ts';
import { ConnectFailed, ConnectionLost, ProtocolViolated, VersionMismatch, WriteFailed } from './client-error.ts';
import type { Information } from './information.ts';
import type { Reply, ReplyKind, ReplyOf } from './replies.ts';
import { type AnswerTo, encodeRequest, type Request, type RequestKind, requests } from './requests.ts';
import { decodeServerPacket, type PacketDecoding } from './server-packets.ts';

const refusals: readonly ReplyKind[] = ['bad-request', 'out-of-memory'];

/** sun_path without its NUL. */
const longestSocketPath = 107;
const invalidArgument = 22;
const badDescriptor = 9;
const notASocket = 88;

type Packet = Exclude<PacketDecoding, { readonly kind: 'incomplete' | 'refused' }>;

export class ClientConnection implements Disposable {
  readonly #socket: Socket;
  readonly #input = new ByteQueue();
  #hasEnded = false;
  #writeError: number | undefined;
  #wake: (() => void) | undefined;
  #earlier: Information[] = [];

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('readable', () => this.#notify());
    socket.on('end', () => this.#ended());
    socket.on('close', () => this.#ended());
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.syscall === 'write') this.#writeError = -(error.errno ?? 0);
      this.#ended();
    });
  }

  /** @throws {ConnectFailed} */
  static async open(path: string): Promise<ClientConnection> {
    if (Buffer.byteLength(path) > longestSocketPath) throw new ConnectFailed(path, invalidArgument);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const socket = connect({ path });
    const fail = (error: NodeJS.ErrnoException): void =>
      reject(new ConnectFailed(path, -(error.errno ?? 0), { cause: error }));
    socket.once('connect', resolve);
    socket.once('error', fail);
    await promise;
    socket.off('error', fail);
    return new ClientConnection(socket);
  }

  /**
   * Takes over a connection that was inherited.
   * @throws {ConnectionLost} when nothing is open at that number.
   * @throws {WriteFailed} when it is no socket.
   */
  static adopt(descriptor: number): ClientConnection {
    if (!isSocket(descriptor)) throw new WriteFailed(notASocket);
    return new ClientConnection(new Socket({ fd: descriptor, readable: true, writable: true }));
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  /** What has arrived and was not looked at yet. */
  get hasInput(): boolean {
    return this.#input.length > 0 || this.#socket.readableLength > 0;
  }

  /**
   * Agrees on a version. @returns the highest that both sides speak.
   * @throws {VersionMismatch}
   * @throws {ConnectionLost}
   */
  async agree(newest: number, oldest = 1): Promise<number> {
    const reply = await this.request({ kind: 'query-version' });
    if (reply.kind !== 'version') throw new ConnectionLost();
    if (reply.minimum > newest) throw new VersionMismatch(true);
    if (reply.current < oldest) throw new VersionMismatch(false);
    return Math.min(reply.current, newest);
  }

  /**
   * Sends a request and waits for its (first) reply. Information that comes before it can be taken with `takeEarlier`.
   * @throws {ProtocolViolated} when something else comes.
   */
  async request<K extends RequestKind>(request: Request & { readonly kind: K }): Promise<ReplyOf<AnswerTo<K>>> {
    this.#earlier = [];
    this.#socket.write(encodeRequest(request));
    return await this.reply(request.kind);
  }

  /** Waits for another reply to a request that has more than one. */
  async reply<K extends RequestKind>(kind: K): Promise<ReplyOf<AnswerTo<K>>> {
    const awaited = [...requests[kind].answers, ...refusals];
    for (;;) {
      const packet = await this.#packet(awaited);
      // The decoder accepts nothing but the replies awaited.
      if (packet.kind === 'reply') return packet.reply as Reply as ReplyOf<AnswerTo<K>>;
      if (packet.kind === 'information') this.#earlier.push(packet.information);
    }
  }

  /** The information that came since the last request was sent and before its reply (or since it was last taken). */
  takeEarlier(): readonly Information[] {
    const earlier = this.#earlier;
    this.#earlier = [];
    return earlier;
  }

  /** Waits for the next information packet. @throws {ProtocolViolated} when a reply comes. */
  async information(): Promise<Information> {
    for (;;) {
      const packet = await this.#packet([]);
      if (packet.kind === 'information') return packet.information;
    }
  }

  /** Waits until the other side closes the connection, whatever it sends before. */
  async ended(): Promise<void> {
    this.#input.consume(this.#input.length);
    while (!this.#hasEnded || this.#socket.readableLength > 0) {
      this.#socket.read();
      if (!this.#hasEnded) await this.#news();
    }
  }

  async #packet(awaited: readonly ReplyKind[]): Promise<Packet> {
    for (;;) {
      const decoding = decodeServerPacket(this.#input.bytes, 0, awaited);
      if (decoding.kind === 'refused') throw new ProtocolViolated(decoding.reason);
      if (decoding.kind !== 'incomplete') {
        this.#input.consume(decoding.size);
        return decoding;
      }
      await this.#more();
    }
  }

  async #more(): Promise<void> {
    for (;;) {
      const chunk: Buffer | null = this.#socket.read();
      if (chunk !== null) {
        this.#input.append(chunk);
        return;
      }
      if (this.#hasEnded) {
        if (this.#writeError !== undefined) throw new WriteFailed(this.#writeError);
        throw new ConnectionLost();
      }
      await this.#news();
    }
  }

  #news(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #ended(): void {
    this.#hasEnded = true;
    this.#notify();
  }

  #notify(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}

function isSocket(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isSocket();
  } catch (error) {
    if (error instanceof Error && 'errno' in error && error.errno === -badDescriptor) throw new ConnectionLost();
    throw error;
  }
}
