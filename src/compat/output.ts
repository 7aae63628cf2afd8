/**
 * Standard output and error of a command, written at once and in order. Node's own streams would write later, and change the flags of descriptors that others
 * share.
 */
import { writeSync } from 'node:fs';

export interface Output {
  out(text: string | Uint8Array): void;
  err(text: string | Uint8Array): void;
}

/** What a shell reports of a program that wrote to a pipe which nobody reads any more. */
const brokenPipeStatus = 141;
const fullPipePause = 10;

export const standardOutput: Output = {
  out: (text) => writeAll(1, text),
  err: (text) => writeAll(2, text),
};

function writeAll(descriptor: number, text: string | Uint8Array): void {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  let written = 0;
  while (written < bytes.length) {
    try {
      written += writeSync(descriptor, bytes, written);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code === 'EPIPE') process.exit(brokenPipeStatus);
      // Standard output was closed before we were started: there is nobody to tell.
      if (code === 'EBADF') return;
      if (code !== 'EAGAIN') throw error;
      // Somebody made the pipe non-blocking: wait until there is room.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, fullPipePause);
    }
  }
}
