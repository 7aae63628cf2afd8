/** Programs of reeve itself that do not work: who is started then, when, and what the launcher says about it. */
import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { toLauncher } from '../../../src/daemon/launcher/messages.ts';
import type { Settings } from '../../../src/plan/settings.ts';
import type { FakeDaemon } from './fake-daemon.ts';
import { LauncherRig, program, script, service, testProgram } from './launcher-rig.ts';

const own = { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 };
const limits = { acknowledge: 60_000, compile: 10_000, restartFirst: 5, restartLargest: 200 };
const sleeper = service('a', ['/bin/sleep', '1000']);

type Path = (name: string) => string;

/** The present daemon is what the file `present` says; the former one works. */
const withFormerDaemon = (path: Path): Partial<Settings> => ({
  limits,
  daemon: { ...own, argv: ['/bin/sh', path('present')] },
  formerDaemon: [testProgram('relay'), path('relay')],
});
const relay = (path: Path): string => `exec ${testProgram('relay')} ${path('relay')}\n`;

const renew = (daemon: FakeDaemon, which: number): void => {
  daemon.send(toLauncher.renew, (w) => w.u8(which));
  daemon.close();
};

const linesOf = (rig: LauncherRig): string[] => rig.read('run/launcher.status').split('\n');

test('a daemon that dies three times before it is healthy is replaced by its former program', async () => {
  await using rig = await LauncherRig.start({
    services: [sleeper],
    prepare: (path) => writeFileSync(path('present'), 'exit 3\n'),
    settings: withFormerDaemon,
  });
  const daemon = await rig.daemon();
  expect(await daemon.hello()).toMatchObject({
    daemonStarts: 4,
    isFormerProgram: true,
    formerDaemon: 'exited with status 3',
  });
  expect(rig.errors.match(/exited with status 3/g)).toHaveLength(3);
  expect(rig.errors).toContain('reeve-daemon does not work: going back to its former program');
  await daemon.until('plan');
  daemon.launch(0, 1);
  const { pid } = await daemon.until('executed');

  // A new program on disk gets its try when the daemon asks for it.
  writeFileSync(
    rig.path('present'),
    relay((name) => rig.path(name)),
  );
  renew(daemon, 1);
  const renewed = await rig.daemon();
  expect(await renewed.hello()).toMatchObject({ daemonStarts: 5, isFormerProgram: false });
  expect(await renewed.until('process')).toMatchObject({ slot: 0, pid });
  await renewed.until('synced');
  await renewed.roundTrip();

  // It has only one.
  writeFileSync(rig.path('present'), 'exit 4\n');
  renew(renewed, 1);
  const last = await rig.daemon();
  expect(await last.hello()).toMatchObject({
    daemonStarts: 7,
    isFormerProgram: true,
    formerDaemon: 'exited with status 4',
  });
  expect(await last.until('process')).toMatchObject({ slot: 0, pid });
});

test('the present program is tried again when the former one does not work either', async () => {
  await using rig = await LauncherRig.start({
    prepare: (path) => writeFileSync(path('present'), 'exit 3\n'),
    settings: (path) => ({ ...withFormerDaemon(path), formerDaemon: ['/bin/sh', '-c', 'exit 4'] }),
  });
  await rig.until(() => rig.errors.includes('trying its present program again'), 'the present program again');
  const ends = [...rig.errors.matchAll(/reeve-daemon exited with status (\d)/g)].map(([, status]) => status);
  expect(ends.slice(0, 6)).toEqual(['3', '3', '3', '4', '4', '4']);
});

test('a logger that dies three times is replaced by its former program, which reads what is in the pipes', async () => {
  await using host = await LauncherRig.boot({
    services: (path) => [
      script('a', 'echo from the start; exec sleep 1000', {
        before: [{ kind: 'open-log' }, { kind: 'streams', which: 'service' }],
        log: {
          type: 'file',
          path: path('log'),
          bufferSize: 4096,
          timestamps: false,
          owner: { mode: 0o600, uid: -1, gid: -1 },
          rotateSize: 0,
          rotateCount: 0,
        },
      }),
    ],
    settings: {
      limits: { ...limits, restartFirst: 100 },
      logger: { ...own, argv: ['/bin/sh', '-c', 'exit 5'] },
      formerLogger: [program('plain', 'reeve-logger'), String(own.uid)],
    },
  });
  const { rig, daemon } = host;
  daemon.launch(0, 1);
  await rig.until(() => rig.errors.includes('reeve-logger does not work: going back'), 'the former logger');
  await rig.until(() => rig.read('log').includes('from the start'), 'the line in the log');
  await rig.until(() => linesOf(rig)[2]?.includes(' former ') === true, 'the status');
  expect(linesOf(rig)[2]).toMatch(/^reeve-logger running \d+ former 4 3 exited with status 5$/);
});

test('after five deaths within a minute the launcher tries slowly, says so, and lists what runs', async () => {
  await using host = await LauncherRig.boot({
    services: [sleeper],
    prepare: (path) => writeFileSync(path('present'), relay(path)),
    settings: (path) => ({
      limits: { ...limits, restartLargest: 50_000 },
      daemon: { ...own, argv: ['/bin/sh', path('present')] },
    }),
  });
  const { rig, daemon } = host;
  daemon.launch(0, 1);
  const { pid } = await daemon.until('executed');
  expect(linesOf(rig).slice(0, 2)).toEqual([`launcher ${rig.pid}`, `reeve-daemon running ${daemon.pid} present 1 0 `]);
  writeFileSync(rig.path('present'), 'exit 3\n');
  daemon.close();
  await rig.until(() => rig.errors.includes('failed five times within a minute'), 'the remark');
  await rig.until(() => linesOf(rig)[1]?.includes(' 5 5 ') === true, 'the status');
  const [, daemonLine, loggerLine, ...rest] = linesOf(rig);
  const wait = Number(/^reeve-daemon waiting (\d+) present 5 5 exited with status 3$/.exec(daemonLine ?? '')?.[1]);
  expect(wait).toBeGreaterThan(40_000);
  expect(loggerLine).toMatch(/^reeve-logger running \d+ present 1 0 $/);
  expect(rest).toEqual([`service ${pid} a`, 'end', '']);
});

test.each([0, 4, 255])('a RENEW of %d is the end of the daemon', async (which) => {
  await using host = await LauncherRig.boot();
  host.daemon.send(toLauncher.renew, (w) => w.u8(which));
  await host.daemon.closed;
  await host.rig.until(() => host.rig.errors.includes('a message has a bad value'), 'the reason');
});
