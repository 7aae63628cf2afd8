import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** A path inside the project. */
export const inProject = (...parts) => join(root, ...parts);

/** The longest path of a Unix socket is 107 bytes; the sockets in the run directory have names of at most 20. */
const longestRunDirectory = 86;

/**
 * Where `npm start` keeps its sockets: `build/run`, so that each clone has its own and `build/bin/reevectl` finds it.
 * A clone in a very deep directory gets one in the temporary directory.
 */
export const runDirectory = () => {
  const inside = inProject('build', 'run');
  if (Buffer.byteLength(inside) <= longestRunDirectory) return inside;
  const mark = createHash('sha256').update(root).digest('hex').slice(0, 12);
  return join(tmpdir(), `reeve-${process.getuid()}-${mark}`);
};
