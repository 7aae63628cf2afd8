/**
 * Whether root may believe what is written somewhere: everything on the way there must belong to somebody trusted and be writable by nobody
 * else.
 *
 * A sticky directory such as /tmp may be passed through, because nobody can replace another's entry there; nothing is read from it directly, as
 * anybody can add one.
 */
import fs from 'node:fs';
import { linkLimit } from './limits.ts';
import type { Absent, FileRefusal } from './service-files.ts';

/** Why not, and what to do; undefined when it may be believed. `mode` 0 asks about the owner only. */
export function distrust(
  path: string,
  uid: number,
  mode: number,
  trustedOwners: ReadonlySet<number>,
): FileRefusal | undefined {
  const base = { kind: 'refused', code: 'UNTRUSTED', path, isThere: true } as const;
  if (!trustedOwners.has(uid)) {
    const text = `owned by user ${uid}, who could change what is run as root`;
    return { ...base, text, advice: `chown -h root '${path}', if you trust what is in it` };
  }
  if ((mode & 0o022) === 0) return undefined;
  const who = (mode & 0o002) === 0 ? 'its group' : 'everybody';
  const text = `writable by ${who} (mode ${(mode & 0o7777).toString(8).padStart(4, '0')})`;
  return { ...base, text, advice: `chmod go-w '${path}'` };
}

type Remember = (kind: 'directory' | 'symlink', path: string, stats: fs.BigIntStats) => void;

export class TrustedPath {
  readonly #trustedOwners: ReadonlySet<number>;
  readonly #remember: Remember;
  readonly #passable = new Set<string>();

  /** @param remember is told of what a refusal or the result depends on */
  constructor(trustedOwners: ReadonlySet<number>, remember: Remember) {
    this.#trustedOwners = trustedOwners;
    this.#remember = remember;
  }

  /** The real path of a directory from which may be read, or why it may not. */
  resolve(path: string): string | Absent | FileRefusal {
    if (!path.startsWith('/')) {
      const advice = 'give service directories as absolute paths';
      return { kind: 'refused', code: 'RELATIVE', path, text: 'not an absolute path', advice, isThere: true };
    }
    const names = path.split('/').toReversed();
    let real = '/';
    let links = 0;
    for (let name = names.pop(); name !== undefined; name = names.pop()) {
      if (name === '' || name === '.') continue;
      if (name === '..') {
        real = real.slice(0, Math.max(1, real.lastIndexOf('/')));
        continue;
      }
      const untrusted = this.#check(real, true);
      if (untrusted) return untrusted;
      const at = real === '/' ? `/${name}` : `${real}/${name}`;
      const stats = fs.lstatSync(at, { throwIfNoEntry: false });
      if (!stats) return { kind: 'absent' };
      if (!stats.isSymbolicLink()) {
        real = at;
        continue;
      }
      this.#remember('symlink', at, fs.lstatSync(at, { bigint: true }));
      const wrongOwner = distrust(at, stats.uid, 0, this.#trustedOwners);
      if (wrongOwner) return wrongOwner;
      if (links++ === linkLimit) {
        return { kind: 'refused', code: 'ELOOP', path, text: `more than ${linkLimit} symbolic links`, isThere: true };
      }
      const target = fs.readlinkSync(at);
      if (target.startsWith('/')) real = '/';
      names.push(...target.split('/').toReversed());
    }
    return this.#check(real, false) ?? real;
  }

  #check(directory: string, isOnTheWay: boolean): FileRefusal | undefined {
    if (isOnTheWay && this.#passable.has(directory)) return undefined;
    const stats = fs.lstatSync(directory, { bigint: true });
    const mode = Number(stats.mode);
    const isSticky = isOnTheWay && (mode & 0o1000) !== 0;
    const untrusted = distrust(directory, Number(stats.uid), isSticky ? 0 : mode, this.#trustedOwners);
    if (untrusted) this.#remember('directory', directory, stats);
    else if (isOnTheWay) this.#passable.add(directory);
    return untrusted;
  }
}
