import { expect, test } from 'vitest';
import { findSocket, SocketPathError } from '../../src/api/default-paths.ts';

const runtime = { XDG_RUNTIME_DIR: '/run/user/7', HOME: '/home/ann' };

test.each([
  ['root gets the instance of the machine', {}, runtime, 0, '/run/reeve/control', 'default'],
  ['a user gets their own', {}, runtime, 7, '/run/user/7/reeve/control', 'default'],
  ['without XDG_RUNTIME_DIR it is below HOME', {}, { HOME: '/home/ann' }, 7, '/home/ann/.reeve/control', 'default'],
  [
    'a relative XDG_RUNTIME_DIR is none',
    {},
    { ...runtime, XDG_RUNTIME_DIR: 'x' },
    7,
    '/home/ann/.reeve/control',
    'default',
  ],
  ['root can ask for their own', { instance: 'user' }, runtime, 0, '/run/user/7/reeve/control', 'default'],
  ['a user can ask for that of the machine', { instance: 'system' }, runtime, 7, '/run/reeve/control', 'default'],
  ['REEVE_SOCKET decides', {}, { ...runtime, REEVE_SOCKET: '/a' }, 7, '/a', 'environment'],
  ['an empty REEVE_SOCKET is none', {}, { ...runtime, REEVE_SOCKET: '' }, 0, '/run/reeve/control', 'default'],
  ['an option beats REEVE_SOCKET', { instance: 'system' }, { REEVE_SOCKET: '/a' }, 7, '/run/reeve/control', 'default'],
  ['a path beats everything', { path: '/b', instance: 'user' }, { REEVE_SOCKET: '/a' }, 7, '/b', 'given'],
] as const)('findSocket(): %s', (_title, choice, environment, uid, path, source) => {
  expect(findSocket(choice, environment, uid)).toMatchObject({ path, source });
});

test('findSocket() throws when nothing says where a user has sockets', () => {
  expect(() => findSocket({}, {}, 7)).toThrow(SocketPathError);
});
