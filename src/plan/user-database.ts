/**
 * The machine's user and group database, as the C library sees it. The addon is loaded at the first look-up, and every answer is kept: a plan of a
 * thousand services usually asks for the same three users.
 */
import { createRequire } from 'node:module';
import type * as posix from 'posix';
import type { Group, User, UserDatabase } from '../service/users.ts';

export interface PlanUserDatabase extends UserDatabase {
  /** All groups of a user: the given one and the supplementary ones. Only root can find out. */
  groupsOf(name: string, gid: number): readonly number[];
}

/** Answers come out of these files (and of what the last one names). */
export const userDatabaseFiles = ['/etc/passwd', '/etc/group', '/etc/nsswitch.conf'] as const;

type Posix = typeof posix;

export class SystemUserDatabase implements PlanUserDatabase {
  readonly #beforeFirst: () => void;
  #posix: Posix | undefined;
  readonly #users = new Map<string | number, User | undefined>();
  readonly #groups = new Map<string, Group | undefined>();
  readonly #memberships = new Map<string, readonly number[]>();

  /** `beforeFirst` is called once, before the first question: the time to remember what the files are. */
  constructor(beforeFirst: () => void = () => {}) {
    this.#beforeFirst = beforeFirst;
  }

  byName(name: string): User | undefined {
    return this.#user(name);
  }

  byUid(uid: number): User | undefined {
    return this.#user(uid);
  }

  groupByName(name: string): Group | undefined {
    return cached(this.#groups, name, () => {
      const found = orUndefined(() => this.#library().getgrnam(name));
      return found && { name: found.name, gid: found.gid };
    });
  }

  groupsOf(name: string, gid: number): readonly number[] {
    return cached(this.#memberships, `${gid} ${name}`, () => membershipsOf(this.#library(), name, gid));
  }

  #user(key: string | number): User | undefined {
    return cached(this.#users, key, () => {
      const found = orUndefined(() => this.#library().getpwnam(key));
      return found && { name: found.name, uid: found.uid, gid: found.gid, home: found.dir, shell: found.shell };
    });
  }

  #library(): Posix {
    if (this.#posix) return this.#posix;
    this.#beforeFirst();
    const library = createRequire(import.meta.url)('posix') as Posix;
    this.#posix = library;
    return library;
  }
}

/**
 * There is no call that lists the groups of another user, but initgroups(3) takes them on: do that for a moment. The compiler is a process of its
 * own with nothing else going on. The effective group has to change too: `getgroups` of Node.js adds it to what the kernel says, and a service must
 * not get root's group by that.
 */
function membershipsOf(library: Posix, name: string, gid: number): readonly number[] {
  const own = process.getgroups?.() ?? [];
  const ownGroup = process.getegid?.() ?? gid;
  library.initgroups(name, gid);
  try {
    process.setegid?.(gid);
    return [...new Set([gid, ...(process.getgroups?.() ?? [])])];
  } finally {
    process.setegid?.(ownGroup);
    process.setgroups?.(own);
  }
}

/** The library throws for a user that does not exist; a missing addon is another matter and must be heard of. */
function orUndefined<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if (error instanceof Error && /does not exist|ENOENT|ESRCH/.test(error.message)) return undefined;
    throw error;
  }
}

function cached<K, V>(cache: Map<K, V>, key: K, make: () => V): V {
  const known = cache.get(key);
  if (known !== undefined || cache.has(key)) return known as V;
  const made = make();
  cache.set(key, made);
  return made;
}
