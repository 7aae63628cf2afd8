/**
 * What dinit checks before it starts anything, in its order and words: the control socket, the log file, the environment file. All of it goes to the console,
 * which is standard output.
 */
import { accessSync, appendFileSync, closeSync, constants, openSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { errorText } from '../../dinit/error-text.ts';
import { systemText } from '../../dinit/description-text.ts';
import { DiskFiles } from '../../service/disk-files.ts';
import { applyEnvironment } from '../../service/environment-file.ts';
import { processEnvironment, readEnvironmentFile } from '../environment-file.ts';

/** Ends the program: the text is for the console. */
export class StartUpFailure extends Error {
  override readonly name = 'StartUpFailure';
  readonly code = 'REEVE_COMPAT_START_UP';
}

/** @throws {StartUpFailure} when another daemon answers there, or no socket can be made. */
export async function checkSocket(path: string): Promise<void> {
  if (await isAnswered(path)) {
    throw new StartUpFailure('Control socket is already active (another instance already running?)');
  }
  attempt(() => accessSync(dirname(path), constants.W_OK), 'Error binding control socket');
}

function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** Makes it, so that whoever writes to it later finds it. @throws {StartUpFailure} */
export function checkLogFile(path: string): void {
  attempt(() => closeSync(openSync(path, 'a', 0o644)), 'Opening log file failed');
}

/** A line of the main log, before there is anybody else who would write it. */
export function writeMainLog(path: string, line: string): void {
  appendFileSync(path, line, { mode: 0o644 });
}

function attempt(action: () => void, complaint: string): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof Error) || !('errno' in error) || typeof error.errno !== 'number') throw error;
    throw new StartUpFailure(`${complaint}: ${errorText(-error.errno)}`);
  }
}

/**
 * The daemon environment: our own, changed by the file.
 * @param path Absent: there is no file.
 * @param say Tells of a line that is passed over.
 * @throws {StartUpFailure} when the file cannot be read.
 */
export function readEnvironment(
  path: string | undefined,
  variables: Readonly<Record<string, string | undefined>>,
  say: (text: string) => void,
): ReadonlyMap<string, string> {
  const own = processEnvironment(variables);
  if (path === undefined) return own;
  const reading = readEnvironmentFile(path, new DiskFiles());
  switch (reading.kind) {
    case 'absent':
      throw new StartUpFailure(`Cannot read environment file '${path}': ${systemText('no such file')}`);
    case 'refused':
      throw new StartUpFailure(`Cannot read environment file '${path}': ${systemText(reading.why)}`);
    case 'read':
      for (const { message, origin } of reading.warnings) {
        const what = message.startsWith('unknown command')
          ? 'Unknown command in environment file'
          : 'Invalid environment variable setting in environment file';
        say(`${what} (line ${origin?.line ?? 0})`);
      }
      return applyEnvironment(reading.steps, own);
    default:
      return reading satisfies never;
  }
}
