/**
 * Users and groups from /etc/passwd and /etc/group, and nothing else: for programs that do without the C library's own look-up (reevectl, which has to start
 * fast; portable mode, where no addon could be compiled). What a directory service knows stays unknown.
 */
import { readFileSync } from 'node:fs';
import type { Group, User, UserDatabase } from './users.ts';

export class PasswdUsers implements UserDatabase {
  readonly #users: readonly User[];
  readonly #groups: readonly (Group & { readonly members: readonly string[] })[];

  constructor(passwd = '/etc/passwd', group = '/etc/group') {
    this.#users = rows(passwd, 7).map(([name = '', , uid, gid, , home = '', shell = '']) => ({
      name,
      uid: Number(uid),
      gid: Number(gid),
      home,
      shell,
    }));
    this.#groups = rows(group, 4).map(([name = '', , gid, members = '']) => ({
      name,
      gid: Number(gid),
      members: members.split(','),
    }));
  }

  byName(name: string): User | undefined {
    return this.#users.find((user) => user.name === name);
  }

  byUid(uid: number): User | undefined {
    return this.#users.find((user) => user.uid === uid);
  }

  groupByName(name: string): Group | undefined {
    return this.#groups.find((group) => group.name === name);
  }

  groupByGid(gid: number): Group | undefined {
    return this.#groups.find((group) => group.gid === gid);
  }

  /** Supplementary groups of a user. */
  groupsOf(name: string): readonly number[] {
    return this.#groups.filter(({ members }) => members.includes(name)).map(({ gid }) => gid);
  }
}

function rows(path: string, fields: number): readonly (readonly string[])[] {
  let text = '';
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    // A machine without the file knows no names, and each use of one is reported.
  }
  return text
    .split('\n')
    .map((line) => line.split(':'))
    .filter(({ length }) => length >= fields);
}
