/** A user database with a few fixed entries. */
import type { Group, User, UserDatabase } from '../../src/service/users.ts';

const users: readonly User[] = [
  { name: 'root', uid: 0, gid: 0, home: '/root', shell: '/bin/sh' },
  { name: 'nobody', uid: 65534, gid: 65534, home: '/nonexistent', shell: '/usr/sbin/nologin' },
  { name: 'alice', uid: 1000, gid: 1000, home: '/home/alice', shell: '/bin/sh' },
];
const groups: readonly Group[] = [
  { name: 'root', gid: 0 },
  { name: 'nogroup', gid: 65534 },
  { name: 'alice', gid: 1000 },
];

export const memoryUsers: UserDatabase = {
  byName: (name) => users.find((user) => user.name === name),
  byUid: (uid) => users.find((user) => user.uid === uid),
  groupByName: (name) => groups.find((group) => group.name === name),
};
