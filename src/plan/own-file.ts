/** Reading a file that only we can have written: the settings. The same rule as the launcher's. */
import fs from 'node:fs';

/** @throws {Error} unless it is a regular file of ours that nobody else can write. */
export function readOwnFile(path: string): Buffer {
  const descriptor = fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK);
  try {
    const about = fs.fstatSync(descriptor);
    if (!about.isFile() || about.uid !== process.geteuid?.() || (about.mode & 0o022) !== 0) {
      throw new Error(`${path} must be a regular file of ours that nobody else can write`);
    }
    return fs.readFileSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}
