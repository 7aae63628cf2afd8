/** reevectl, the command: this file only wires. */
import { readFileSync } from 'node:fs';
import type { WriteStream } from 'node:tty';
import { text, record } from '../api/decoder.ts';
import { runReevectl } from './reevectl.ts';
import type { Output } from './output/output.ts';
import { ProcFiles } from './processes/proc-files.ts';
import type { Keyboard } from './session/surroundings.ts';

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
    get columns() {
      return isTerminal ? stream.columns : undefined;
    },
    get rows() {
      return isTerminal ? stream.rows : undefined;
    },
    hasColours: isTerminal && stream.hasColors(),
    onResize: (listener) => {
      stream.on('resize', listener);
      return { [Symbol.dispose]: () => stream.off('resize', listener) };
    },
  };
}

const keyboard: Keyboard = {
  listen: (listener) => {
    const { stdin } = process;
    const pass = (keys: string): void => listener(keys);
    stdin.setEncoding('utf8').setRawMode(true).on('data', pass).resume();
    return { [Symbol.dispose]: () => void stdin.off('data', pass).setRawMode(false).pause() };
  },
};

const endingSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

function onInterrupt(listener: () => void): Disposable {
  for (const name of endingSignals) process.on(name, listener);
  return {
    [Symbol.dispose]: () => {
      for (const name of endingSignals) process.off(name, listener);
    },
  };
}

/** A program of its own beside this one: its weight is only for those who want a picture. */
async function renderSvg(dot: string): Promise<string> {
  const isBundle = import.meta.url.endsWith('.cjs');
  const place = new URL(isBundle ? './reevectl-svg.cjs' : './graph/svg.ts', import.meta.url).href;
  const program: { readonly svgOf: (dot: string) => Promise<string> } = await import(place);
  return await program.svgOf(dot);
}

function version(): string {
  const packageFile = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return record({ version: text })(JSON.parse(packageFile)).version;
}

process.title = 'reevectl';

// Node would call it MainThread, in the lists of the system and in the daemon's log. Values that are set in the environment vanish from the lists too.
process.title = 'reevectl';

void runReevectl(process.argv.slice(2), {
  out: outputOf(process.stdout),
  err: outputOf(process.stderr),
  environment: process.env,
  uid: process.getuid?.(),
  version,
  now: Date.now,
  processes: new ProcFiles(),
  ...(process.stdin.isTTY && { keyboard }),
  onInterrupt,
  renderSvg,
}).then((exitCode) => {
  process.exitCode = exitCode;
});
