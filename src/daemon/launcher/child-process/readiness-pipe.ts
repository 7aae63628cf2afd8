/** The pipe by which a service says that it is ready: by its first byte. */
import fs from 'node:fs';
import { Socket } from 'node:net';

export class ReadinessPipe implements Disposable {
  readonly #descriptor: number;
  readonly #socket: Socket;
  readonly #tell: (what: 'ready' | 'ready-closed') => void;
  #isTold = false;

  /** Takes the read end. `tell` is called once, unless this is disposed of before. */
  constructor(descriptor: number, tell: (what: 'ready' | 'ready-closed') => void) {
    this.#descriptor = descriptor;
    this.#tell = tell;
    this.#socket = new Socket({ fd: descriptor, readable: true, writable: false });
    this.#socket.on('error', () => {});
    this.#socket.on('data', () => {
      // It stays open, unread: a service that writes again must not get SIGPIPE.
      this.#socket.pause();
      this.#settle('ready');
    });
    this.#socket.on('end', () => this.#settle('ready-closed'));
  }

  /** The process has ended: what it wrote before still counts, and nothing comes after it. */
  ended(): void {
    if (!this.#isTold) this.#settle(this.#hasByte() ? 'ready' : 'ready-closed');
    this[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    this.#isTold = true;
    this.#socket.destroy();
  }

  #settle(what: 'ready' | 'ready-closed'): void {
    if (this.#isTold) return;
    this.#isTold = true;
    this.#tell(what);
  }

  #hasByte(): boolean {
    try {
      return fs.readSync(this.#descriptor, Buffer.alloc(1)) > 0;
    } catch {
      return false;
    }
  }
}
