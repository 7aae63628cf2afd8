import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { type Server, connect, createServer } from 'node:net';
import { constants } from 'node:os';
import { expect, test } from 'vitest';
import type { Op, PlanSocket } from '../../../src/plan/plan.ts';
import { opTypes } from '../../../src/plan/records.ts';
import { LauncherRig, script } from './launcher-rig.ts';

const { errno } = constants;
const before: readonly Op[] = [{ kind: 'open-socket' }, { kind: 'pass-descriptors' }];
const owner = { mode: 0o660, uid: -1, gid: -1 };

/** Says on its socket what it was given: the answer to one connection, then it ends. */
const answering =
  'perl -MIO::Socket -e \'open my $l, "+<&=", 3 or die; accept(my $c, $l) or die; print $c join(" ", map { "$_=$ENV{$_}" } grep { /^LISTEN/ } sort keys %ENV), " pid=$$\\n"\'';

const onPath = (path: string): PlanSocket => ({ family: 'unix', path, owner });

async function ask(to: { readonly path: string } | { readonly port: number; readonly host: string }): Promise<string> {
  const socket = 'path' in to ? connect(to.path) : connect(to.port, to.host);
  let text = '';
  socket.on('data', (chunk) => (text += String(chunk)));
  await once(socket, 'end');
  return text.trim();
}

test('an activation socket is descriptor 3 of the service and says whom it is for', async () => {
  await using host = await LauncherRig.boot({
    services: (path) => [script('a', `exec ${answering}`, { before, socket: onPath(path('socket')) })],
  });
  host.daemon.launch(0, 1);
  const { pid } = await host.daemon.until('executed');
  expect(await ask({ path: host.rig.path('socket') })).toBe(`LISTEN_FDS=1 LISTEN_PID=${pid} pid=${pid}`);
  expect(statSync(host.rig.path('socket')).mode & 0o777).toBe(0o660);
});

test('an activation socket stays open over restarts until CLOSE_SOCKET', async () => {
  await using host = await LauncherRig.boot({
    services: (path) => [script('a', `exec ${answering}`, { before, socket: onPath(path('socket')) })],
  });
  const { daemon, rig } = host;
  daemon.launch(0, 1);
  await daemon.until('executed');
  const { ino } = statSync(rig.path('socket'));
  await ask({ path: rig.path('socket') });
  await daemon.until('exited');
  // Nobody serves it now: this connection waits in the backlog for the next process.
  const waiting = ask({ path: rig.path('socket') });
  daemon.launch(0, 2);
  const { pid } = await daemon.until('executed');
  expect(await waiting).toContain(`pid=${pid}`);
  expect(statSync(rig.path('socket')).ino).toBe(ino);
  await daemon.until('exited');
  daemon.send(0x0a, (w) => w.u32(0));
  daemon.send(0x0a, (w) => w.u32(77));
  expect(await daemon.until('refused')).toMatchObject({ slot: 77, errno: errno.ENOENT });
  await expect(once(connect(rig.path('socket')), 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  daemon.launch(0, 3);
  await daemon.until('executed');
  await ask({ path: rig.path('socket') });
});

test('an activation socket replaces a stale socket file, and nothing else', async () => {
  let busy: Server | undefined;
  await using host = await LauncherRig.boot({
    prepare: async (path) => {
      await leaveStale(path('stale'));
      writeFileSync(path('file'), 'precious');
      busy = createServer().listen(path('busy'));
      await once(busy, 'listening');
    },
    services: (path) =>
      ['stale', 'file', 'busy', 'no/such/directory'].map((name) =>
        script(name, 'exit 0', { before, socket: onPath(path(name)) }),
      ),
  });
  const { daemon, rig } = host;
  daemon.launch(0, 1);
  expect((await daemon.until('exited')).exit.status).toBe(0);
  for (const [slot, error] of [
    [1, errno.EEXIST],
    [2, errno.EADDRINUSE],
    [3, errno.ENOENT],
  ] as const) {
    daemon.launch(slot, 1);
    expect(await daemon.until('start-failed')).toMatchObject({
      slot,
      opIndex: 1,
      opType: opTypes['open-socket'],
      errno: error,
    });
  }
  expect(readFileSync(rig.path('file'), 'utf8')).toBe('precious');
  busy?.close();
});

test('an activation socket may be of the internet families', async () => {
  const free = createServer().listen(0, '127.0.0.1');
  await once(free, 'listening');
  const address = free.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  free.close();
  await once(free, 'close');
  await using host = await LauncherRig.boot({
    services: [
      script('a', `exec ${answering}`, {
        before,
        socket: { family: 'inet', address: Uint8Array.of(127, 0, 0, 1), port },
      }),
      script('b', 'exit 0', { before, socket: { family: 'inet', address: Uint8Array.of(127, 0, 0, 1), port } }),
    ],
  });
  host.daemon.launch(0, 1);
  await host.daemon.until('executed');
  host.daemon.launch(1, 1);
  expect(await host.daemon.until('start-failed')).toMatchObject({ slot: 1, errno: errno.EADDRINUSE });
  expect(await ask({ port, host: '127.0.0.1' })).toContain('LISTEN_FDS=1');
});

/** A socket file that nobody listens at: whoever did has ended without removing it. */
async function leaveStale(path: string): Promise<void> {
  const text = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
  await once(spawn(process.execPath, ['-e', text]), 'exit');
}
