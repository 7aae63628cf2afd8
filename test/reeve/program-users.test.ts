import { describe, expect, it } from 'vitest';
import { findProgramUsers } from '../../src/reeve/program-users.ts';
import type { UserDatabase } from '../../src/service/users.ts';

const known = [
  { name: 'reeve', uid: 900, gid: 901, home: '/', shell: '/bin/false' },
  { name: 'toor', uid: 0, gid: 0, home: '/', shell: '/bin/sh' },
];
const users: UserDatabase = {
  byName: (name) => known.find((user) => user.name === name),
  byUid: (uid) => known.find((user) => user.uid === uid),
  groupByName: () => undefined,
};
const find = (daemon: string, logger: string) => findProgramUsers({ daemon, logger }, users, '/etc/reeve/reeve.ini');

describe('findProgramUsers()', () => {
  it('findProgramUsers() takes names, numbers, and numbers without an entry', () => {
    expect(find('reeve', '900')).toEqual({ daemon: { uid: 900, gid: 901 }, logger: { uid: 900, gid: 901 } });
    expect(find('reeve', '777').logger).toEqual({ uid: 777, gid: 777 });
  });

  it('findProgramUsers() says how to create each user that is missing', () => {
    expect(() => find('a', 'b')).toThrow(/there is no user 'a', whom the daemon runs as\n.*useradd --system .* a\n/);
    expect(() => find('a', 'b')).toThrow("there is no user 'b', whom the logger runs as");
    expect(() => find('a', 'b')).toThrow('/etc/reeve/reeve.ini: [users] logger = NAME');
  });

  it('findProgramUsers() refuses root under any name', () => {
    for (const root of ['toor', '0']) expect(() => find(root, 'reeve')).toThrow(`must not run as root ('${root}')`);
    expect(() => find('reeve', '4294967295')).toThrow('there is no user');
  });
});
