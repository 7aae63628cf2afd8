import { execFile } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { loadPeerCredentials, PeerCredentialsError } from '../../../src/daemon/api/peer-credentials.ts';
import { startControlFixture } from '../../support/control-fixture.ts';
import { buildPeerCredentials } from '../../support/peercred.ts';
import { RawClient } from '../../support/raw-client.ts';
import { makeTemporaryDirectory } from '../../support/temporary-directory.ts';

const isRoot = process.getuid?.() === 0;
const list = '{"method":"io.reeve.Control.List"}';
const program = fileURLToPath(new URL('../../support/programs/call-as-other-uid.ts', import.meta.url));
const run = promisify(execFile);

test('loadPeerCredentials() tells pid, uid, gid and groups of the process that connected', async () => {
  using directory = makeTemporaryDirectory();
  const credentials = buildPeerCredentials();
  const server = createServer();
  const path = join(directory.path, 'socket');
  server.listen(path);
  await once(server, 'listening');
  const accepted = once(server, 'connection');
  const client = connect(path);
  const [socket] = await accepted;
  expect(credentials.of(socket)).toEqual({
    pid: process.pid,
    uid: process.getuid?.(),
    gid: process.getgid?.(),
    groups: expect.any(Array),
  });
  client.destroy();
  socket.destroy();
  expect(credentials.of(socket)).toBeUndefined();
  server.close();
});

test('loadPeerCredentials() refuses what is not the addon', () => {
  expect(() => loadPeerCredentials('/nonexistent.node')).toThrow(PeerCredentialsError);
});

test('the control server serves its owner, and others only as far as they have grants, by the credentials of the kernel', async () => {
  const own = process.getuid?.() ?? 0;
  // Root may always; so for root the owner is somebody else, and for everybody else the stranger is oneself.
  const options = { credentials: buildPeerCredentials(), grants: [] };
  await using mine = await startControlFixture({}, { ...options, ownerUid: own });
  using client = await RawClient.open(mine.path);
  client.send(list);
  expect(await client.reply()).toBe('{"parameters":{"services":[]}}');
  await using foreign = await startControlFixture({}, { ...options, ownerUid: own + 1 });
  using stranger = await RawClient.open(foreign.path);
  stranger.send(list);
  expect(await stranger.reply()).toBe(
    isRoot ? '{"parameters":{"services":[]}}' : '{"error":"org.varlink.service.PermissionDenied"}',
  );
});

test.runIf(isRoot)('the control server refuses a uid without grants every call but introspection', async () => {
  const options = { credentials: buildPeerCredentials(), ownerUid: 0, grants: [] };
  await using fixture = await startControlFixture({ web: {} }, options);
  chmodSync(dirname(fixture.path), 0o711);
  const shutdown = '{"method":"io.reeve.Control.Shutdown"}';
  const info = '{"method":"org.varlink.service.GetInterfaceDescription","parameters":{"interface":"io.reeve.Control"}}';
  const { stdout } = await run(process.execPath, [program, fixture.path, '65534', '65534', '', list, shutdown, info]);
  const [first, second, third] = stdout.split('\n');
  expect(first).toBe('{"error":"org.varlink.service.PermissionDenied"}');
  expect(second).toBe('{"error":"io.reeve.Control.NotPermitted","parameters":{"verb":"shutdown","role":"shutdown"}}');
  expect(third).toContain('interface io.reeve.Control');
  expect(fixture.log.map(({ message }) => message)).toEqual([
    expect.stringMatching(/^reeve: shutdown refused to uid 65534, gid 65534, process \d+( \(\w+\))?$/),
  ]);
});

test.runIf(isRoot)('the control server serves an owner that is not root, whose groups it knows', async () => {
  const seen: unknown[] = [];
  const { of } = buildPeerCredentials();
  const credentials = {
    of: (socket: Socket) => {
      const peer = of(socket);
      seen.push({ ...peer, pid: 0 });
      return peer;
    },
  };
  await using fixture = await startControlFixture({}, { credentials, ownerUid: 65534 });
  chmodSync(dirname(fixture.path), 0o711);
  const { stdout } = await run(process.execPath, [program, fixture.path, '65534', '65534', '65534,4242', list]);
  expect(stdout).toBe('{"parameters":{"services":[]}}\n');
  expect(seen).toEqual([{ pid: 0, uid: 65534, gid: 65534, groups: [4242, 65534] }]);
});
