import { chmodSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Grant } from '../../../src/api/access/grant.ts';
import { encodeGrants } from '../../../src/api/grant-list.ts';
import { AccessGate } from '../../../src/daemon/access/access-gate.ts';
import { makeTemporaryDirectory } from '../../support/temporary-directory.ts';

const own = process.getuid?.() ?? 0;
const grant = (id: number): Grant => ({
  subject: { kind: 'user', id },
  allows: { kind: 'role', role: 'operate' },
  text: `${id} = operate`,
  origin: 'reeve.ini:3',
});
const peer = (uid: number) => ({ uid, gid: 9, pid: 0, groups: [] });

function setUp() {
  const directory = makeTemporaryDirectory();
  const path = join(directory.path, 'access');
  const messages: string[] = [];
  const log = { write: (_level: string, message: string) => void messages.push(message) };
  writeFileSync(path, encodeGrants([grant(4001)]), { mode: 0o600 });
  const gate = () => new AccessGate({ ownerUid: own, grantFile: path, log });
  return { path, messages, gate, [Symbol.dispose]: () => directory[Symbol.dispose]() };
}

test('AccessGate goes by the grants in its file, and by new ones as soon as it is asked to look', () => {
  using place = setUp();
  const gate = place.gate();
  expect(gate.rules.mayDo(peer(4001), 'stop', 'web')).toBe(true);
  writeFileSync(`${place.path}.new`, encodeGrants([grant(4002), grant(4003)]), { mode: 0o600 });
  renameSync(`${place.path}.new`, place.path);
  gate.refresh();
  expect(gate.rules.mayDo(peer(4001), 'stop', 'web')).toBe(false);
  expect(gate.rules.mayDo(peer(4002), 'stop', 'web')).toBe(true);
  gate.refresh();
  expect(place.messages).toEqual(['reeve: new grants are in effect: 2']);
});

function replaceByLink(path: string): void {
  renameSync(path, `${path}.real`);
  symlinkSync(`${path}.real`, path);
}

test.each<[string, (path: string) => void]>([
  ['others can write', (path) => chmodSync(path, 0o602)],
  ['the group can write', (path) => chmodSync(path, 0o620)],
  ['is a link', replaceByLink],
  ['is not there', (path) => renameSync(path, `${path}.real`)],
  ['is cut off', (path) => writeFileSync(path, encodeGrants([grant(4001)]).slice(0, -9))],
  ['is empty', (path) => writeFileSync(path, '')],
])('AccessGate believes nothing in a file that %s, and says so', (_what, spoil) => {
  using place = setUp();
  spoil(place.path);
  const gate = place.gate();
  expect(gate.rules.isKnown(peer(4001))).toBe(false);
  expect(gate.rules.mayDo(peer(0), 'stop', 'web')).toBe(true);
  expect(place.messages).toEqual([expect.stringContaining(`reeve: nobody but root and uid ${own} has rights: `)]);
});

test('AccessGate believes nothing in a file of somebody else', () => {
  using place = setUp();
  const log = { write: (_level: string, message: string) => void place.messages.push(message) };
  const gate = new AccessGate({ ownerUid: own + 1, grantFile: place.path, log });
  expect(gate.rules.isKnown(peer(4001))).toBe(false);
  expect(place.messages).toEqual([expect.stringContaining(`must be a regular file of uid ${own + 1}`)]);
});

test('AccessGate refuses a change when anything of what it needs is missing, and leaves one line', () => {
  const messages: string[] = [];
  const log = { write: (_level: string, message: string) => void messages.push(message) };
  const limited: Grant = { ...grant(4001), services: ['web'] };
  const gate = new AccessGate({ ownerUid: 0, grants: [limited], log });
  const request = { verb: 'stop', services: ['web'], detail: '--force' } as const;
  const also = [{ verb: 'stop', services: ['site'] }] as const;
  expect(gate.decideChange(peer(4001), request).kind).toBe('granted');
  expect(gate.decideChange(peer(4001), { ...request, also })).toEqual({
    kind: 'refused',
    verb: 'stop',
    service: 'site',
  });
  expect(messages).toEqual([
    'web: stop --force granted to uid 4001, gid 9',
    'web: stop --force refused to uid 4001, gid 9',
  ]);
  gate[Symbol.dispose]();
});
