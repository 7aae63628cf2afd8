import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, symlinkSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { expect, test } from 'vitest';
import { toLauncher } from '../../../src/daemon/launcher/messages.ts';
import type { FakeDaemon } from './fake-daemon.ts';
import { LauncherRig, script } from './launcher-rig.ts';

const { errno, signals } = constants;
const isRoot = process.geteuid?.() === 0;
const own = process.geteuid?.() ?? 0;

/** Forks twice and writes the number of what is left: its parent is gone, so it comes to the launcher. */
const daemonizing = (file: string, text = 'exec sleep 1000') =>
  `setsid /bin/sh -c '${text}' </dev/null >/dev/null 2>&1 & echo $! > ${file}`;

async function read(daemon: FakeDaemon, slot: number, run = 1) {
  daemon.send(toLauncher.readPidFile, (w) => w.u32(slot).u32(run));
  const { result, errno: error, pid } = await daemon.until('pid-file');
  return { result, error, pid };
}

test('a double-forking service is supervised by its pid file, and its end has its status', async () => {
  await using host = await LauncherRig.boot({
    services: (path) => [
      script('a', daemonizing(path('pid'), `until [ -e ${path('go')} ]; do sleep 0.01; done; exit 9`), {
        pidFile: { path: path('pid'), owner: own },
      }),
    ],
  });
  const { daemon, rig } = host;
  daemon.launch(0, 4);
  await daemon.until('exited');
  const { result, pid } = await read(daemon, 0, 4);
  expect([result, pid]).toEqual(['supervised', Number(rig.read('pid'))]);
  daemon.launch(0, 5);
  expect(await daemon.until('refused')).toMatchObject({ errno: errno.EBUSY });
  daemon.send(toLauncher.readPidFile, (w) => w.u32(0).u32(5));
  expect(await daemon.until('refused')).toMatchObject({ messageType: toLauncher.readPidFile, errno: errno.EBUSY });
  writeFileSync(rig.path('go'), '');
  expect(await daemon.until('exited')).toMatchObject({
    slot: 0,
    role: 'main',
    run: 4,
    pid,
    exit: { kind: 'exited', status: 9 },
  });
});

test('a supervised process that is not a child is signalled, and its end is told, with what can be known', async () => {
  await using host = await LauncherRig.boot({
    services: (path) => [
      script('parent', `sleep 1000 & echo $! > ${path('pid')}; wait; until [ -e ${path('go')} ]; do sleep 0.01; done`),
      script('child', 'exit 0', { pidFile: { path: path('pid'), owner: own } }),
    ],
  });
  const { daemon, rig } = host;
  daemon.launch(0, 1);
  await daemon.until('executed');
  await rig.until(() => readNumber(rig, 'pid') > 0, 'the pid file');
  expect(await read(daemon, 1, 8)).toMatchObject({ result: 'supervised' });
  daemon.signal(1, signals.SIGTERM);
  expect(await daemon.until('exited', ({ slot }) => slot === 1)).toMatchObject({
    run: 8,
    exit: { kind: 'exited', status: -1 },
  });
  writeFileSync(rig.path('go'), '');
  await daemon.until('exited', ({ slot }) => slot === 0);
});

test('a pid file is refused unless it is a plain file that only trusted users write', async () => {
  await using host = await LauncherRig.boot({
    prepare: (path) => {
      writeFileSync(path('writable'), `${process.pid}\n`);
      chmodSync(path('writable'), 0o666);
      writeFileSync(path('target'), `${process.pid}\n`);
      symlinkSync(path('target'), path('link'));
      execFileSync('mkfifo', ['-m', '600', path('fifo')]);
      writeFileSync(path('foreign'), `${process.pid}\n`);
      if (isRoot) chownSync(path('foreign'), 12345, 12345);
    },
    services: (path) =>
      ['none', 'link', 'fifo', 'writable', '.', 'foreign'].map((name) =>
        script(`s-${name}`, 'exit 0', { pidFile: { path: path(name), owner: 1234 } }),
      ),
  });
  const { daemon } = host;
  const results = [];
  for (let slot = 0; slot < (isRoot ? 6 : 5); slot++) results.push(await read(daemon, slot));
  expect(results.map(({ result, error }) => [result, error])).toEqual(
    [
      ['cannot-open', errno.ENOENT],
      ['cannot-open', errno.ELOOP],
      ['not-trusted', 0],
      ['not-trusted', 0],
      ['not-trusted', 0],
      ['not-trusted', 0],
    ].slice(0, results.length),
  );
  expect(results.map(({ pid }) => pid)).toEqual(results.map(() => 0));
});

test('a pid file is refused if its number is nobody we may supervise', async () => {
  await using host = await LauncherRig.boot({
    services: (path) => [
      script('other', 'exec sleep 1000'),
      ...['text', 'zero', 'huge', 'empty', 'init', 'test', 'launcher', 'daemon', 'other-service', 'gone', 'spaces'].map(
        (name) => script(name, 'exit 0', { pidFile: { path: path(name), owner: own } }),
      ),
    ],
  });
  const { daemon, rig } = host;
  daemon.launch(0, 1);
  const { pid } = await daemon.until('executed');
  const texts: Readonly<Record<string, string>> = {
    text: 'nobody',
    zero: '0\n',
    huge: '99999999999999999999',
    empty: '',
    init: '1\n',
    test: `${process.pid}\n`,
    launcher: `${rig.pid}\n`,
    daemon: `${daemon.pid}\n`,
    'other-service': `${pid}`,
    gone: '2147483647',
    spaces: ` \t\n ${pid} and more text than twenty bytes`,
  };
  for (const [name, text] of Object.entries(texts)) writeFileSync(rig.path(name), text, { mode: 0o644 });
  const results: Record<string, string> = {};
  for (const [index, name] of Object.keys(texts).entries()) results[name] = (await read(daemon, index + 1)).result;
  expect(results).toEqual({
    text: 'no-number',
    zero: 'no-number',
    huge: 'no-number',
    empty: 'no-number',
    init: 'not-ours',
    test: 'not-ours',
    launcher: 'not-ours',
    daemon: 'not-ours',
    'other-service': 'of-another-service',
    gone: 'no-such-process',
    spaces: 'of-another-service',
  });
});

test('READ_PIDFILE of a service without one is refused', async () => {
  await using host = await LauncherRig.boot({ services: [script('a', 'exit 0')] });
  for (const slot of [0, 1]) {
    host.daemon.send(toLauncher.readPidFile, (w) => w.u32(slot).u32(1));
    expect(await host.daemon.until('refused')).toMatchObject({ slot, errno: errno.ENOENT });
  }
});

function readNumber(rig: LauncherRig, name: string): number {
  try {
    return Number(rig.read(name));
  } catch {
    return 0;
  }
}
