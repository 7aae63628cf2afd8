/**
 * Service files on disk, for one load.
 *
 * A file is opened without following a link in the last place and without blocking, and examined through the descriptor, so what was examined
 * is what is read; a FIFO or device is refused, never waited for. A directory that is asked about more than once is listed, so that looking for
 * a thousand services in four directories costs four listings and not four thousand questions.
 *
 * With `trustedOwners` (system mode) every directory on the way, every link and the file itself must belong to one of them and be writable by
 * nobody else (trust.ts): what root is to run is then written by root alone.
 */
import fs from 'node:fs';
import { getSystemErrorMessage } from 'node:util';
import { fileSizeLimit, linkLimit } from './limits.ts';
import { directoryPart, joinPath } from './paths.ts';
import type { Absent, DirectoryRead, FileIdentity, FileRead, FileRefusal, ServiceFiles } from './service-files.ts';
import { distrust, TrustedPath } from './trust.ts';

export interface DiskFilesOptions {
  /** Owners to be trusted, by uid; absent: everybody. */
  readonly trustedOwners?: readonly number[];
}

/** A directory in which files are looked for. */
interface Holder {
  readonly kind: 'holder';
  /** Without links where owners matter, otherwise as given. */
  readonly path: string;
  /** Its entries, once they are known: is it a regular file? */
  entries?: ReadonlyMap<string, boolean>;
  isUsed: boolean;
}

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK, O_NOCTTY } = fs.constants;
const openFlags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
const bigint = { bigint: true } as const;
const quiet = { throwIfNoEntry: false } as const;

export class DiskFiles implements ServiceFiles {
  readonly #trustedOwners: ReadonlySet<number> | undefined;
  readonly #trustedPath: TrustedPath | undefined;
  readonly #files = new Map<string, FileRead>();
  readonly #directories = new Map<string, DirectoryRead>();
  readonly #holders = new Map<string, Holder | Absent | FileRefusal>();
  readonly #identities = new Map<string, FileIdentity>();
  readonly #buffer = Buffer.allocUnsafeSlow(64 * 1024);
  #isReproducible = true;

  constructor(options: DiskFilesOptions = {}) {
    if (!options.trustedOwners) return;
    this.#trustedOwners = new Set(options.trustedOwners);
    this.#trustedPath = new TrustedPath(this.#trustedOwners, (kind, path, stats) => this.#remember(kind, path, stats));
  }

  readRegularFile(path: string): FileRead {
    let result = this.#files.get(path);
    if (!result) {
      result = this.#guard(path, () => this.#readFile(path, 0));
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

  #readFile(path: string, links: number): FileRead {
    const holder = this.#holder(directoryPart(path));
    if (holder.kind === 'absent') return this.#absent(path);
    if (holder.kind === 'refused') return holder;
    const name = path.slice(path.lastIndexOf('/') + 1);
    const real = joinPath(holder.path, name);
    const isRegular = holder.entries?.get(name);
    if (isRegular) return this.#readOpened(path, real);
    if (holder.entries && isRegular === undefined) return this.#absent(path);
    const stats = fs.lstatSync(real, quiet);
    if (!stats) return this.#absent(path);
    if (stats.isSymbolicLink()) return this.#followLink(real, stats.uid, links);
    if (stats.isFile()) return this.#readOpened(path, real);
    this.#remember('file', path, fs.lstatSync(real, bigint));
    return refused('NOT_REGULAR', path, `not a regular file but ${kindOf(stats)}`);
  }

  #followLink(link: string, uid: number, links: number): FileRead {
    if (links === linkLimit) {
      return {
        ...refused('ELOOP', link, `more than ${linkLimit} symbolic links`),
        advice: 'the links may go in a circle',
      };
    }
    this.#remember('symlink', link, fs.lstatSync(link, bigint));
    const untrusted = this.#distrusted(link, uid, 0);
    return untrusted ?? this.#readFile(joinPath(directoryPart(link), fs.readlinkSync(link)), links + 1);
  }

  #readOpened(path: string, real: string): FileRead {
    const descriptor = fs.openSync(real, openFlags);
    try {
      const stats = fs.fstatSync(descriptor, bigint);
      this.#remember('file', path, stats);
      if (!stats.isFile()) return refused('NOT_REGULAR', path, 'not a regular file');
      const untrusted = this.#distrusted(real, Number(stats.uid), Number(stats.mode));
      if (untrusted) return untrusted;
      const bytes = this.#readBounded(descriptor);
      if (!bytes) return refused('TOO_LARGE', path, `larger than ${fileSizeLimit} bytes`);
      const modified = String(stats.mtimeNs);
      return { kind: 'file', bytes, path: real, directory: directoryPart(real), modified };
    } finally {
      fs.closeSync(descriptor);
    }
  }

  #readEntries(path: string): DirectoryRead {
    const stats = fs.statSync(path, { ...bigint, ...quiet });
    if (!stats) return this.#absent(path);
    this.#remember(stats.isDirectory() ? 'directory' : 'file', path, stats);
    if (!stats.isDirectory()) return refused('ENOTDIR', path, 'not a directory');
    const holder = this.#holder(path);
    if (holder.kind !== 'holder') return holder;
    return { kind: 'directory', entries: fs.readdirSync(holder.path).toSorted() };
  }

  /** The directory, examined and, from its second use on, listed. */
  #holder(path: string): Holder | Absent | FileRefusal {
    let holder = this.#holders.get(path);
    if (!holder) {
      const resolved = this.#trustedPath?.resolve(path);
      holder = resolved === undefined || typeof resolved === 'string' ? newHolder(resolved ?? path) : resolved;
      this.#holders.set(path, holder);
    } else if (holder.kind === 'holder' && !holder.isUsed) {
      holder.isUsed = true;
      const entries = list(holder.path);
      if (entries) holder.entries = entries;
    }
    return holder;
  }

  #distrusted(path: string, uid: number, mode: number): FileRefusal | undefined {
    return this.#trustedOwners && distrust(path, uid, mode, this.#trustedOwners);
  }

  #readBounded(descriptor: number): Uint8Array | undefined {
    const pieces: Buffer[] = [];
    let size = 0;
    for (;;) {
      const length = fs.readSync(descriptor, this.#buffer, 0, this.#buffer.length, size);
      size += length;
      if (size > fileSizeLimit) return undefined;
      pieces.push(Buffer.from(this.#buffer.subarray(0, length)));
      // A regular file gives less than was asked for only at its end.
      if (length < this.#buffer.length) break;
    }
    return pieces.length === 1 ? pieces[0] : Buffer.concat(pieces);
  }

  #absent(path: string): Absent {
    this.#identities.set(path, { kind: 'absent', path, device: 0n, inode: 0n, size: 0n, modified: 0n, changed: 0n });
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

function newHolder(path: string): Holder {
  return { kind: 'holder', path, isUsed: false };
}

/** Undefined where it cannot be listed: each name is asked for by itself then, and the answer says what is wrong. */
function list(path: string): ReadonlyMap<string, boolean> | undefined {
  try {
    const entries = fs.readdirSync(path, { withFileTypes: true });
    // Not listed by the system, but they can be asked for.
    const dots = [['', false] as const, ['.', false] as const, ['..', false] as const];
    return new Map([...dots, ...entries.map((entry) => [entry.name, entry.isFile()] as const)]);
  } catch (error) {
    systemError(error);
    return undefined;
  }
}

function refused(code: string, path: string, text: string): FileRefusal {
  return { kind: 'refused', code, path, text, isThere: true };
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
