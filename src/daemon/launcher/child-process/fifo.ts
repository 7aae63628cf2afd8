/**
 * Pipes. Node.js has no call that makes one, and what it gives a child for a stream is a socket, which cannot be opened again as /dev/stdout and is no place where
 * the output of several processes stays in order. So pipes are made as named pipes by mkfifo(1), several at a time because that costs a process, and lose
 * their names at once.
 */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';

export interface Fifo {
  /** Does not block; the other end does. */
  readonly read: number;
  readonly write: number;
}

/** mkfifo(1) could not do it. */
export class FifoError extends Error {
  override readonly name = 'FifoError';
  readonly errno: number;

  constructor(text: string, errno: number) {
    super(`cannot make pipes with mkfifo: ${text}`);
    this.errno = -errno;
  }
}

const largestBatch = 16;

export class FifoSource implements Disposable {
  readonly #directory: string;
  readonly #ready: Fifo[] = [];
  #batch = 1;

  /** @param directory where nobody else can write. */
  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Both ends belong to the caller. @throws {FifoError}, or {Error} of the system. */
  take(): Fifo {
    if (this.#ready.length === 0) this.#make();
    const fifo = this.#ready.pop();
    if (!fifo) throw new FifoError('it made none', constants.errno.EIO);
    return fifo;
  }

  [Symbol.dispose](): void {
    for (const { read, write } of this.#ready.splice(0)) {
      fs.closeSync(read);
      fs.closeSync(write);
    }
  }

  #make(): void {
    const mark = `pipe.${randomBytes(6).toString('hex')}`;
    const paths = Array.from({ length: this.#batch }, (_, index) => join(this.#directory, `${mark}.${index}`));
    this.#batch = Math.min(this.#batch * 2, largestBatch);
    try {
      const { status, error, stderr } = spawnSync('mkfifo', ['-m', '600', ...paths], { encoding: 'utf8' });
      if (error) throw error;
      if (status !== 0) throw new FifoError(stderr.trim(), constants.errno.EIO);
      for (const path of paths) this.#ready.push(openEnds(path));
    } finally {
      for (const path of paths) fs.rmSync(path, { force: true });
    }
  }
}

function openEnds(path: string): Fifo {
  const { O_RDONLY, O_WRONLY, O_NONBLOCK } = fs.constants;
  const read = fs.openSync(path, O_RDONLY | O_NONBLOCK);
  try {
    // Does not wait: there is a reader.
    return { read, write: fs.openSync(path, O_WRONLY) };
  } catch (error) {
    fs.closeSync(read);
    throw error;
  }
}
