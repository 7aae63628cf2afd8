/** A client that sends any bytes and splits what comes back into packets. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { ByteQueue } from '../../../src/dinit/byte-queue.ts';
import type { ReplyKind } from '../../../src/dinit/replies.ts';
import { decodeRequest, requests } from '../../../src/dinit/requests.ts';
import { decodeServerPacket } from '../../../src/dinit/server-packets.ts';

/** Requests of more than one reply go on until one that is none of these. */
const continued: readonly ReplyKind[] = ['service-info-1', 'service-info-5', 'pre-acknowledged'];
const refusals: readonly ReplyKind[] = ['bad-request', 'out-of-memory'];

export class RawDinitClient implements Disposable {
  readonly socket: Socket;
  readonly #input = new ByteQueue();
  readonly #sent = new ByteQueue();
  readonly #asked: (readonly ReplyKind[])[] = [];
  #hasEnded = false;
  #news: PromiseWithResolvers<void> = Promise.withResolvers();

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#input.append(chunk);
      this.#tell();
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#hasEnded = true;
      this.#tell();
    });
  }

  static async open(path: string): Promise<RawDinitClient> {
    const socket = connect({ path });
    await once(socket, 'connect');
    return new RawDinitClient(socket);
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }

  get hasEnded(): boolean {
    return this.#hasEnded && this.#input.length === 0;
  }

  send(hex: string): void {
    const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex');
    this.socket.write(bytes);
    this.#sent.append(Buffer.from(bytes));
    for (;;) {
      const decoding = decodeRequest(this.#sent.bytes);
      if (decoding.kind === 'incomplete') return;
      if (decoding.kind === 'refused') {
        this.#asked.push(refusals);
        this.#sent.consume(this.#sent.length);
        return;
      }
      this.#asked.push([...requests[decoding.request.kind].answers, ...refusals]);
      this.#sent.consume(decoding.size);
    }
  }

  /** The next packet in hex; undefined at the end of the connection. */
  async packet(): Promise<string | undefined> {
    for (;;) {
      const decoding = decodeServerPacket(this.#input.bytes, 0, this.#asked[0] ?? refusals);
      if (decoding.kind === 'refused') throw new Error(`${decoding.reason}: ${this.#input.bytes.toString('hex')}`);
      if (decoding.kind !== 'incomplete') {
        const hex = this.#input.bytes.subarray(0, decoding.size).toString('hex');
        this.#input.consume(decoding.size);
        if (decoding.kind === 'reply' && !continued.includes(decoding.reply.kind)) this.#asked.shift();
        return hex;
      }
      if (this.#hasEnded) return undefined;
      await this.#news.promise;
    }
  }

  /** Sends requests and gives the packets that come until as many replies as given have come. */
  async ask(hex: string, packets = 1): Promise<readonly string[]> {
    this.send(hex);
    const answers: string[] = [];
    while (answers.length < packets) {
      const packet = await this.packet();
      if (packet === undefined) break;
      answers.push(packet);
    }
    return answers;
  }

  #tell(): void {
    this.#news.resolve();
    this.#news = Promise.withResolvers();
  }
}
