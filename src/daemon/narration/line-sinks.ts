/** Where lines of the log in dinit's words go. None of them makes the daemon wait. */
import fs from 'node:fs';
import type { WriteStream } from 'node:tty';
import type { LineSink } from '../dinit/dinit-log.ts';

const largestBacklog = 64 * 1024;

export function streamSink(output: Pick<WriteStream, 'write' | 'writableLength'>): LineSink {
  return (line) => {
    if (output.writableLength > largestBacklog) return false;
    output.write(line);
    return true;
  };
}

/**
 * A file that lines are appended to. A line that could not be written is lost, as on a full disk.
 * @throws {Error} of the system, when it cannot be opened.
 */
export function fileSink(path: string): LineSink {
  const { O_WRONLY, O_APPEND, O_CREAT, O_NONBLOCK, O_NOCTTY } = fs.constants;
  const descriptor = fs.openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK | O_NOCTTY, 0o644);
  return (line) => {
    const bytes = Buffer.from(line);
    try {
      return fs.writeSync(descriptor, bytes) === bytes.length;
    } catch {
      return false;
    }
  };
}
