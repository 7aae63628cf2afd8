/**
 * Service files on disk, for one load.
 *
 * Everything is opened without following a link in the last place and without blocking, and examined through the descriptor, so what was
 * examined is what is read; a FIFO or device is refused, never waited for.
 *
 * With `trustedOwners` (system mode) every directory on the way, every link and the file itself must belong to one of them and be writable by
 * nobody else (see trust.ts): what root is to run is then written by root alone.
 */
import fs from 'node:fs';
import { getSystemErrorMessage } from 'node:util';
import { fileSizeLimit, linkLimit } from './limits.ts';
import { directoryPart, joinPath } from './paths.ts';
import type { Absent, DirectoryRead, FileIdentity, FileRead, FileRefusal, ServiceFiles } from './service-files.ts';
import { distrust } from './trust.ts';

export interface DiskFilesOptions {
  /** Owners to be trusted, by uid; absent: everybody. */
  readonly trustedOwners?: readonly number[];
}

/** Where a path leads when links are followed, what is there being no link. */
interface Place {
  readonly kind: 'place';
  readonly path: string;
  readonly stats: fs.Stats;
}

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK, O_NOCTTY } = fs.constants;
const openFlags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
const bigint = { bigint: true } as const;
const quiet = { throwIfNoEntry: false } as const;

export class DiskFiles implements ServiceFiles {
  readonly #trustedOwners: ReadonlySet<number> | undefined;
  readonly #files = new Map<string, FileRead>();
  readonly #directories = new Map<string, DirectoryRead>();
  readonly #identities = new Map<string, FileIdentity>();
  /** Real paths of directories that may be passed through. */
  readonly #passable = new Set<string>();
  readonly #buffer = Buffer.allocUnsafeSlow(64 * 1024);
  #isReproducible = true;

  constructor(options: DiskFilesOptions = {}) {
    this.#trustedOwners = options.trustedOwners && new Set(options.trustedOwners);
  }

  readRegularFile(path: string): FileRead {
    let result = this.#files.get(path);
    if (!result) {
      result = this.#guard(path, () => this.#readFile(path));
      this.#files.set(path, result);
    }
    return result;
  }

  readDirectory(path: string): DirectoryRead {
    let result = this.#directories.get(path);
    if (!result) {
      result = this.#guard(path, () => this.#readEntries(path));
      this.#directories.set(path, result);
    }
    return result;
  }

  identities(): readonly FileIdentity[] {
    return [...this.#identities.values()];
  }

  isReproducible(): boolean {
    return this.#isReproducible;
  }

  #readFile(path: string): FileRead {
    const place = this.#locate(path, 0);
    if (place.kind !== 'place') return place;
    const wrong = this.#distrustHolder(place.path);
    if (wrong) return wrong;
    if (!place.stats.isFile()) {
      this.#remember('file', path, fs.statSync(path, bigint));
      return refused('NOT_REGULAR', place.path, `not a regular file but ${kindOf(place.stats)}`);
    }
    const descriptor = fs.openSync(place.path, openFlags);
    try {
      const stats = fs.fstatSync(descriptor, bigint);
      this.#remember('file', path, stats);
      if (!stats.isFile()) return refused('NOT_REGULAR', place.path, 'not a regular file');
      const untrusted = this.#distrusted(place.path, Number(stats.uid), Number(stats.mode));
      if (untrusted) return untrusted;
      const bytes = this.#readBounded(descriptor);
      if (!bytes) return refused('TOO_LARGE', place.path, `larger than ${fileSizeLimit} bytes`);
      const modified = Number(stats.mtimeNs / 1_000_000n);
      return { kind: 'file', bytes, path: place.path, directory: directoryPart(place.path), modified };
    } finally {
      fs.closeSync(descriptor);
    }
  }

  #readEntries(path: string): DirectoryRead {
    const place = this.#locate(path, 0);
    if (place.kind !== 'place') return place;
    if (!place.stats.isDirectory()) {
      this.#remember('file', path, fs.statSync(path, bigint));
      return refused('ENOTDIR', place.path, 'not a directory');
    }
    this.#remember('directory', path, fs.statSync(place.path, bigint));
    const untrusted = this.#distrusted(place.path, place.stats.uid, place.stats.mode);
    if (untrusted) return untrusted;
    return { kind: 'directory', entries: fs.readdirSync(place.path).toSorted() };
  }

  /** Follows links. When owners matter each directory on the way is examined, otherwise the kernel goes there. */
  #locate(path: string, linksBefore: number): Place | Absent | FileRefusal {
    if (this.#trustedOwners) return this.#walk(path);
    let at = path;
    for (let links = linksBefore; ; links++) {
      const stats = fs.lstatSync(at, quiet);
      if (!stats) return this.#absent(at);
      if (!stats.isSymbolicLink()) return { kind: 'place', path: at, stats };
      if (links === linkLimit) return tooManyLinks(path);
      this.#remember('symlink', at, fs.lstatSync(at, bigint));
      at = joinPath(directoryPart(at), fs.readlinkSync(at));
    }
  }

  #walk(path: string): Place | Absent | FileRefusal {
    if (!path.startsWith('/')) {
      return { ...refused('RELATIVE', path, 'not an absolute path'), advice: 'use absolute service directories' };
    }
    let real = '';
    let links = 0;
    const names = path.split('/').toReversed();
    for (let name = names.pop(); name !== undefined; name = names.pop()) {
      if (name === '' || name === '.') continue;
      if (name === '..') {
        real = real.slice(0, Math.max(0, real.lastIndexOf('/')));
        continue;
      }
      const wrong = this.#distrustPassing(real === '' ? '/' : real);
      if (wrong) return wrong;
      const at = `${real}/${name}`;
      const stats = fs.lstatSync(at, quiet);
      if (!stats) return this.#absent(at);
      if (!stats.isSymbolicLink()) {
        real = at;
        if (names.length === 0) return { kind: 'place', path: at, stats };
        continue;
      }
      if (links++ === linkLimit) return tooManyLinks(path);
      this.#remember('symlink', at, fs.lstatSync(at, bigint));
      const untrusted = this.#distrusted(at, stats.uid, 0);
      if (untrusted) return untrusted;
      const target = fs.readlinkSync(at);
      if (target.startsWith('/')) real = '';
      names.push(...target.split('/').toReversed());
    }
    const at = real === '' ? '/' : real;
    return { kind: 'place', path: at, stats: fs.lstatSync(at) };
  }

  /** A directory that is only on the way: sticky is enough, as nobody can replace another's entry there. */
  #distrustPassing(directory: string): FileRefusal | undefined {
    if (this.#passable.has(directory)) return undefined;
    const stats = fs.lstatSync(directory);
    const isSticky = (stats.mode & 0o1000) !== 0;
    const untrusted = this.#distrusted(directory, stats.uid, isSticky ? 0 : stats.mode);
    if (untrusted) this.#remember('directory', directory, fs.statSync(directory, bigint));
    else this.#passable.add(directory);
    return untrusted;
  }

  /** The directory that holds the file: nobody else may put files there, sticky or not. */
  #distrustHolder(file: string): FileRefusal | undefined {
    if (!this.#trustedOwners) return undefined;
    const directory = directoryPart(file);
    const stats = fs.lstatSync(directory);
    const untrusted = this.#distrusted(directory, stats.uid, stats.mode);
    if (untrusted) this.#remember('directory', directory, fs.statSync(directory, bigint));
    return untrusted;
  }

  #distrusted(path: string, uid: number, mode: number): FileRefusal | undefined {
    return this.#trustedOwners && distrust(path, uid, mode, this.#trustedOwners);
  }

  #readBounded(descriptor: number): Uint8Array | undefined {
    const pieces: Buffer[] = [];
    let size = 0;
    for (;;) {
      const length = fs.readSync(descriptor, this.#buffer, 0, this.#buffer.length, size);
      if (length === 0) break;
      size += length;
      if (size > fileSizeLimit) return undefined;
      pieces.push(Buffer.from(this.#buffer.subarray(0, length)));
      // A regular file gives less than was asked for only at its end.
      if (length < this.#buffer.length) break;
    }
    return pieces.length === 1 ? pieces[0] : Buffer.concat(pieces);
  }

  #absent(path: string): Absent {
    const none = { device: 0n, inode: 0n, size: 0n, modified: 0n, changed: 0n };
    this.#identities.set(path, { kind: 'absent', path, ...none });
    return { kind: 'absent' };
  }

  #remember(kind: 'file' | 'directory' | 'symlink', path: string, stats: fs.BigIntStats): void {
    const { dev: device, ino: inode, size, mtimeNs: modified, ctimeNs: changed } = stats;
    const key = kind === 'symlink' ? `link ${path}` : path;
    this.#identities.set(key, { kind, path, device, inode, size, modified, changed });
  }

  /** A call that fails leaves nothing to compare later, except that nothing is there. */
  #guard<T>(path: string, read: () => T): T | Absent | FileRefusal {
    try {
      return read();
    } catch (error) {
      const { code, errno } = systemError(error);
      if (code === 'ENOENT') return this.#absent(path);
      this.#isReproducible = false;
      return { kind: 'refused', code, path, text: getSystemErrorMessage(errno) ?? code, isThere: false };
    }
  }
}

function refused(code: string, path: string, text: string): FileRefusal {
  return { kind: 'refused', code, path, text, isThere: true };
}

function tooManyLinks(path: string): FileRefusal {
  return { ...refused('ELOOP', path, `more than ${linkLimit} symbolic links`), advice: 'the links may go in a circle' };
}

function kindOf(stats: fs.Stats): string {
  if (stats.isDirectory()) return 'a directory';
  if (stats.isFIFO()) return 'a FIFO';
  if (stats.isSocket()) return 'a socket';
  return 'a device';
}

/** The system's own errors are the only ones expected here; anything else is a defect and goes on up. */
function systemError(error: unknown): { readonly code: string; readonly errno: number } {
  if (error instanceof Error && 'code' in error && 'errno' in error) {
    const { code, errno } = error;
    if (typeof code === 'string' && typeof errno === 'number') return { code, errno };
  }
  throw error;
}
