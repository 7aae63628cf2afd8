/**
 * Access to files as the loader sees it. The loader itself is pure: everything it learns about the machine comes through this interface, and
 * the interface remembers the identity of everything that was looked at, so that a compiled plan can be recognised as still current.
 *
 * An instance is a snapshot for one load: asked twice for the same path, it answers the same.
 */

import type { Origin, Problem } from './description.ts';

/** Why something that may exist cannot be used. */
export interface FileRefusal {
  readonly kind: 'refused';
  /** `ENOENT`, `EACCES`... of the system, or one of ours. */
  readonly code: string;
  /** The file or directory at fault, which may be another than the one asked for (a link, a parent directory). */
  readonly path: string;
  /** Lower case, no full stop: `permission denied`. */
  readonly text: string;
  readonly advice?: string;
  /** True when the path leads to something, which is then not what it should be: a search ends there. */
  readonly isThere: boolean;
}

export interface FileContent {
  readonly kind: 'file';
  readonly bytes: Uint8Array;
  /** Path of the file itself, after links in its place were followed. */
  readonly path: string;
  /** The directory that really holds it. */
  readonly directory: string;
  /** Modification time, nanoseconds since 1970 in decimal. */
  readonly modified: string;
}

/** Nothing is there (also: a link to nothing). */
export interface Absent {
  readonly kind: 'absent';
}

export interface DirectoryContent {
  readonly kind: 'directory';
  /** Entry names in the order of their code points, without `.` and `..`. */
  readonly entries: readonly string[];
}

export type FileRead = FileContent | Absent | FileRefusal;
export type DirectoryRead = DirectoryContent | Absent | FileRefusal;

/** What something looked like when it was looked at: of the link itself for `symlink`, otherwise of what the path leads to. Times are ns. */
export interface FileIdentity {
  readonly kind: 'absent' | 'file' | 'directory' | 'symlink';
  readonly path: string;
  readonly device: bigint;
  readonly inode: bigint;
  readonly size: bigint;
  readonly modified: bigint;
  readonly changed: bigint;
}

export interface ServiceFiles {
  /** Reads a regular file of bounded size; never blocks on a FIFO or device. */
  readRegularFile(path: string): FileRead;
  readDirectory(path: string): DirectoryRead;
  /** Everything looked at so far, each once. */
  identities(): readonly FileIdentity[];
  /** False when something was looked at that has no identity to compare later (it could not even be examined). */
  isReproducible(): boolean;
}

/** The problem that a refusal is: `cannot read the environment file /etc/x: permission denied`. */
export function fileProblem(what: string, refusal: FileRefusal, origin?: Origin, setting?: string): Problem {
  return {
    message: `cannot read the ${what} ${refusal.path}: ${refusal.text}`,
    ...(refusal.advice === undefined ? {} : { advice: refusal.advice }),
    ...(origin === undefined ? {} : { origin }),
    ...(setting === undefined ? {} : { setting }),
  };
}
