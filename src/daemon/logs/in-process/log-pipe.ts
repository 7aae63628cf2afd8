/** The read end of the pipe that a service writes to. The other end is open here too, so it never ends. */
import fs from 'node:fs';
import { Socket } from 'node:net';

/** No more at once than the largest pipe holds: a service that never stops writing must not keep everybody waiting. */
const largestDrain = 1 << 20;

export class LogPipe implements Disposable {
  readonly #descriptor: number;
  readonly #socket: Socket;
  readonly #take: (data: Buffer) => void;

  /** Takes the descriptor, which must not block. */
  constructor(descriptor: number, take: (data: Buffer) => void) {
    this.#descriptor = descriptor;
    this.#take = take;
    this.#socket = new Socket({ fd: descriptor, readable: true, writable: false });
    this.#socket.on('data', take);
    this.#socket.on('error', () => {});
  }

  /** Takes what is there now. The stream holds nothing back, so the order stays. */
  drain(): void {
    const chunk = Buffer.allocUnsafe(65_536);
    for (let total = 0; total < largestDrain;) {
      const count = this.#readNow(chunk);
      if (count === 0) return;
      this.#take(Buffer.from(chunk.subarray(0, count)));
      total += count;
    }
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  #readNow(chunk: Buffer): number {
    try {
      return this.#socket.destroyed ? 0 : fs.readSync(this.#descriptor, chunk);
    } catch {
      // Empty, or no longer readable: either way there is nothing more to take now.
      return 0;
    }
  }
}
