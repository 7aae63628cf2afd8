/** reevectl, the command: this file only wires. */
import { readFileSync } from 'node:fs';
import type { WriteStream } from 'node:tty';
import { text, record } from '../api/decoder.ts';
import { runReevectl } from './reevectl.ts';
import type { Output } from './output/output.ts';

/** A reader that has gone (`reevectl list | head -1`) is no failure of ours, and there is nobody left to tell. */
const endQuietly = (error: NodeJS.ErrnoException): void => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
};

function outputOf(stream: WriteStream): Output {
  stream.on('error', endQuietly);
  // Undefined, whatever its type says, when it is a pipe.
  const isTerminal = Boolean(stream.isTTY);
  return {
    write: (bytes) => void stream.write(bytes),
    isTerminal,
    columns: isTerminal ? stream.columns : undefined,
    hasColours: isTerminal && stream.hasColors(),
  };
}

function version(): string {
  const packageFile = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return record({ version: text })(JSON.parse(packageFile)).version;
}

void runReevectl(process.argv.slice(2), {
  out: outputOf(process.stdout),
  err: outputOf(process.stderr),
  environment: process.env,
  uid: process.getuid?.(),
  version,
  now: Date.now,
}).then((exitCode) => {
  process.exitCode = exitCode;
});
