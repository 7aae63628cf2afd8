/**
 * Conversations and transcripts recorded from the stock programs. They are not part of the project: DINIT_RECORDINGS names the directory that has `protocol`,
 * `cli` and `scenarios`, and without it a directory beside the project is looked for.
 */
import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

const project = join(import.meta.dirname, '..', '..');

/** Undefined where there are none. */
export const recordings: string | undefined =
  process.env['DINIT_RECORDINGS'] ??
  globSync('*/fixtures/dinit/protocol', { cwd: dirname(project) }).map((path) =>
    dirname(join(dirname(project), path)),
  )[0];

export interface RecordedPacket {
  readonly packet: string;
  readonly hex: string;
  /** A pattern for the whole hex text, where something changes from run to run. */
  readonly match?: string;
  readonly fields: readonly (readonly [name: string, type: string, hex: string, value: unknown, meaning?: string])[];
}

export function recordedFiles(folder: 'protocol' | 'cli', beginning: string): readonly string[] {
  if (recordings === undefined) return [];
  return globSync(join(recordings, folder, `${beginning}*.json`)).toSorted();
}

export function readRecording<T>(path: string): T {
  return JSON.parse(readFileSync(path, 'utf8')) as T;
}

export const recordingName = (path: string): string => basename(path, '.json');
