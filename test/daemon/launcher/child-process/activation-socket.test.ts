import { once } from 'node:events';
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { constants } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import { opTypes } from '../../../../src/plan/records.ts';
import { LauncherRig } from './launcher-rig.ts';

/** A service that takes its socket as systemd's do, blocking, and answers each caller with its own number. */
const answer = `import os, socket, sys
assert os.environ['LISTEN_FDS'] == '1' and os.environ['LISTEN_PID'] == str(os.getpid())
assert os.read(0, 1) == b''
listener = socket.socket(fileno=3)
assert os.get_blocking(3)
while True:
    caller, _ = listener.accept()
    caller.sendall(str(os.getpid()).encode())
    caller.close()
`;
const service = (listen: string): Readonly<Record<string, string>> => ({
  'answer.py': answer,
  'sd/web': `type = process\ncommand = python3 {DIR}/answer.py\nsocket-listen = ${listen}\nsocket-permissions = 640\nlogfile = {DIR}/out\n`,
});

async function call(
  where: { readonly path: string } | { readonly port: number; readonly host: string },
): Promise<string> {
  const socket = connect(where);
  let text = '';
  socket.on('data', (data) => (text += String(data)));
  await once(socket, 'close');
  return text;
}

async function freePort(host: string): Promise<number> {
  const server = createServer();
  server.listen(0, host);
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || address === null) throw new Error('no address');
  return address.port;
}

const hasPython = (process.env['PATH'] ?? '').split(':').some((directory) => existsSync(`${directory}/python3`));

describe('openActivationSocket()', { timeout: 30_000 }, () => {
  let rig: LauncherRig | undefined;
  afterEach(async () => rig?.[Symbol.asyncDispose]());

  it.skipIf(!hasPython)(
    'openActivationSocket() makes a Unix socket that the service gets, blocking and listening',
    async () => {
      rig = await LauncherRig.open(service('{DIR}/web.sock'));
      rig.launch('web');
      const { pid } = await rig.until('executed');
      expect(statSync(rig.path('web.sock')).mode & 0o777).toBe(0o640);
      expect(await call({ path: rig.path('web.sock') })).toBe(String(pid));
      expect(rig.read('out')).toBe('');
    },
  );

  it.skipIf(!hasPython)(
    'openActivationSocket() makes it anew for each start, also over the one left behind',
    async () => {
      rig = await LauncherRig.open(service('{DIR}/web.sock'));
      for (let round = 1; round <= 2; round++) {
        const run = rig.launch('web');
        const executed = await rig.until((event) => event.kind === 'executed' && event.run === run);
        if (executed.kind !== 'executed') throw new Error('unreachable');
        expect(await call({ path: rig.path('web.sock') })).toBe(String(executed.pid));
        rig.launcher.signal(rig.slot('web'), 'main', 9, 'process');
        await rig.until((event) => event.kind === 'exited' && event.run === run);
      }
    },
  );

  it.skipIf(!hasPython).each(['127.0.0.1', '::1'])('openActivationSocket() listens at %s', async (host) => {
    const port = await freePort(host);
    rig = await LauncherRig.open(service(`tcp:${host.includes(':') ? `[${host}]` : host}:${port}`));
    rig.launch('web');
    const { pid } = await rig.until('executed');
    expect(await call({ port, host })).toBe(String(pid));
  });

  it('openActivationSocket() replaces nothing that is in use and nothing that is no socket', async () => {
    rig = await LauncherRig.open({
      'sd/used': 'type = process\ncommand = /bin/true\nsocket-listen = {DIR}/used.sock\n',
      'sd/file': 'type = process\ncommand = /bin/true\nsocket-listen = {DIR}/file\n',
      'sd/below': 'type = process\ncommand = /bin/true\nsocket-listen = {DIR}/none/sock\n',
    });
    // Who only looks whether somebody listens hangs up at once.
    const server = createServer((socket) => socket.on('error', () => {}).end('mine'));
    server.listen(rig.path('used.sock'));
    await once(server, 'listening');
    writeFileSync(rig.path('file'), 'precious');
    mkdirSync(rig.path('directory'));
    const { EADDRINUSE, EEXIST, EACCES, ENOENT } = constants.errno;
    const [used] = await rig.story('used');
    expect(used).toMatchObject({ kind: 'start-failed', opType: opTypes['open-socket'], errno: EADDRINUSE });
    expect((await rig.story('file'))[0]).toMatchObject({ kind: 'start-failed', errno: EEXIST });
    const [below] = await rig.story('below');
    expect(below).toMatchObject({ kind: 'start-failed', opType: opTypes['open-socket'] });
    // Node.js tells a missing directory of a socket as EACCES.
    expect([EACCES, ENOENT]).toContain(below?.kind === 'start-failed' && below.errno);
    expect(await call({ path: rig.path('used.sock') })).toBe('mine');
    expect(rig.read('file')).toBe('precious');
    server.close();
    await once(server, 'close');
  });
});
