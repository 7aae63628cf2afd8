/**
 * Service files that are only in memory: a tree written down as an object, path to content. A path that is a prefix of another is a
 * directory; `links` are symbolic links.
 */
import { linkLimit } from '../../src/service/limits.ts';
import { directoryPart, joinPath } from '../../src/service/paths.ts';
import type { DirectoryRead, FileIdentity, FileRead, ServiceFiles } from '../../src/service/service-files.ts';

export interface MemoryTree {
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  readonly links?: Readonly<Record<string, string>>;
  readonly directories?: readonly string[];
  /** Where relative paths start. @default '/' */
  readonly workingDirectory?: string;
}

const encoder = new TextEncoder();

export class MemoryFiles implements ServiceFiles {
  readonly #files: ReadonlyMap<string, Uint8Array>;
  readonly #links: ReadonlyMap<string, string>;
  readonly #directories = new Set<string>();
  readonly #workingDirectory: string;
  readonly #looked = new Map<string, FileIdentity>();

  constructor({ files, links = {}, directories = [], workingDirectory = '/' }: MemoryTree) {
    this.#workingDirectory = workingDirectory;
    const bytes = (content: string | Uint8Array): Uint8Array =>
      typeof content === 'string' ? encoder.encode(content) : content;
    this.#files = new Map(Object.entries(files).map(([path, content]) => [normal(path), bytes(content)]));
    this.#links = new Map(Object.entries(links).map(([path, target]) => [normal(path), target]));
    for (const path of [...this.#files.keys(), ...this.#links.keys()]) this.#addDirectories(directoryPart(path));
    for (const path of directories) this.#addDirectories(normal(path));
  }

  readRegularFile(path: string): FileRead {
    const real = this.#resolve(path);
    if (real === undefined)
      return { kind: 'refused', code: 'ELOOP', path, text: 'more than 32 symbolic links', isThere: true };
    const bytes = this.#files.get(real);
    if (bytes) {
      this.#look('file', path);
      return { kind: 'file', bytes, path: real, directory: directoryPart(real), modified: '1000000000' };
    }
    if (this.#directories.has(real)) {
      this.#look('directory', path);
      return { kind: 'refused', code: 'NOT_REGULAR', path, text: 'not a regular file but a directory', isThere: true };
    }
    if (this.#isBelowFile(real))
      return { kind: 'refused', code: 'ENOTDIR', path, text: 'not a directory', isThere: false };
    this.#look('absent', path);
    return { kind: 'absent' };
  }

  readDirectory(path: string): DirectoryRead {
    const real = this.#resolve(path) ?? '';
    if (!this.#directories.has(real)) {
      this.#look('absent', path);
      return { kind: 'absent' };
    }
    this.#look('directory', path);
    const below = [...this.#files.keys(), ...this.#links.keys(), ...this.#directories].filter(
      (entry) => entry !== real && directoryPart(entry) === real,
    );
    return { kind: 'directory', entries: below.map((entry) => entry.slice(entry.lastIndexOf('/') + 1)).toSorted() };
  }

  identities(): readonly FileIdentity[] {
    return [...this.#looked.values()];
  }

  isReproducible(): boolean {
    return true;
  }

  #addDirectories(path: string): void {
    for (let at = path; !this.#directories.has(at); at = directoryPart(at)) this.#directories.add(at);
  }

  #isBelowFile(path: string): boolean {
    for (let at = directoryPart(path); at !== '/' && at !== '.'; at = directoryPart(at))
      if (this.#files.has(at)) return true;
    return false;
  }

  #look(kind: FileIdentity['kind'], path: string): void {
    this.#looked.set(path, { kind, path, device: 0n, inode: 0n, size: 0n, modified: 0n, changed: 0n });
  }

  #resolve(path: string): string | undefined {
    let at = normal(joinPath(this.#workingDirectory, path));
    for (let links = 0; ; links++) {
      const target = this.#links.get(at);
      if (target === undefined) return at;
      if (links === linkLimit) return undefined;
      at = normal(joinPath(directoryPart(at), target));
    }
  }
}

function normal(path: string): string {
  const names: string[] = [];
  for (const name of path.split('/')) {
    if (name === '' || name === '.') continue;
    if (name === '..') names.pop();
    else names.push(name);
  }
  return (path.startsWith('/') ? '/' : '') + names.join('/');
}
