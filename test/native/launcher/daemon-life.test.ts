import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { constants } from 'node:os';
import { expect, test } from 'vitest';
import { toLauncher } from '../../../src/daemon/launcher/messages.ts';
import type { Op } from '../../../src/plan/plan.ts';
import { LauncherRig, script, service, signalProcess } from './launcher-rig.ts';

const { signals } = constants;
const passing: readonly Op[] = [{ kind: 'pass-descriptors' }];
const readiness = { descriptor: 5, variable: '' };

test('a killed daemon leaves services untouched, and the next one is told of them', async () => {
  await using host = await LauncherRig.boot({
    services: [
      service('a', ['/bin/sleep', '1000']),
      script('b', 'echo x >&5; exec sleep 1000', { before: passing, readiness }),
    ],
  });
  const { rig, daemon } = host;
  daemon.send(toLauncher.setenv, (w) => w.text('A=b=c'));
  daemon.launch(0, 21);
  daemon.launch(1, 22);
  await daemon.until('ready');
  const pids = daemon.events.flatMap((event) => (event.kind === 'executed' ? [[event.slot, event.pid]] : []));
  signalProcess(daemon.pid, 'SIGKILL');
  const next = await rig.daemon();
  expect(await next.hello()).toMatchObject({
    daemonStarts: 2,
    bootGeneration: 1,
    isFormerProgram: false,
    formerDaemon: 'killed by signal 9',
  });
  await next.until('synced');
  expect(next.events.filter(({ kind }) => kind !== 'component').map(({ kind }) => kind)).toEqual([
    'welcome',
    'plan',
    'process',
    'process',
    'synced',
  ]);
  expect(next.variables).toEqual(['PATH=/usr/bin:/bin', 'A=b=c']);
  const processes = next.events.flatMap((event) => (event.kind === 'process' ? [event] : []));
  expect(processes.map(({ slot, pid }) => [slot, pid]).toSorted()).toEqual(pids.toSorted());
  expect(
    processes.map(({ slot, role, run, isExecuted, isReady }) => [slot, role, run, isExecuted, isReady]).toSorted(),
  ).toEqual([
    [0, 'main', 21, true, false],
    [1, 'main', 22, true, true],
  ]);
  next.signal(0, signals.SIGTERM);
  expect(await next.until('exited')).toMatchObject({
    slot: 0,
    run: 21,
    exit: { kind: 'killed', status: signals.SIGTERM },
  });
});

test('ends that happen without a daemon, or that it did not acknowledge, are told to the next', async () => {
  await using host = await LauncherRig.boot({
    services: (path) => [
      script('a', 'exec sleep 1000'),
      script('b', `until [ -e ${path('go')} ]; do sleep 0.01; done; exit 5`),
      script('c', 'exit 6', { before: [{ kind: 'chdir', path: '/nowhere' }] }),
      script('d', `exec 5>&-; exec sleep 1000`, { before: passing, readiness }),
      script('e', 'exit 1'),
    ],
    settings: { limits: { acknowledge: 60_000, compile: 10_000, restartFirst: 300, restartLargest: 1000 } },
  });
  const { rig, daemon } = host;
  daemon.launch(4, 5);
  await daemon.until('exited');
  daemon.launch(0, 1);
  daemon.launch(1, 2);
  daemon.launch(3, 4);
  await daemon.until('ready-closed');
  daemon.isAcknowledging = false;
  daemon.launch(2, 3);
  await daemon.until('start-failed');
  daemon.signal(0, signals.SIGKILL);
  await daemon.until('exited');
  signalProcess(daemon.pid, 'SIGKILL');
  await daemon.closed;
  writeFileSync(rig.path('go'), '');
  const next = await (await rig.daemon()).synced();
  await next.until('exited', ({ slot }) => slot === 1);
  const kinds = (slot: number) => next.kindsOf(slot);
  expect([0, 1, 2, 3, 4].map(kinds)).toEqual([
    ['process', 'exited'],
    ['process', 'exited'],
    ['process', 'start-failed'],
    ['process', 'ready-closed'],
    [],
  ]);
  expect(next.events.findLast((event) => event.kind === 'exited' && event.slot === 0)).toMatchObject({
    run: 1,
    exit: { kind: 'killed', status: 9 },
  });
  expect(next.events.findLast((event) => event.kind === 'exited' && event.slot === 1)).toMatchObject({
    run: 2,
    exit: { kind: 'exited', status: 5 },
  });
  // What is acknowledged now is over.
  await next.roundTrip();
  signalProcess(next.pid, 'SIGKILL');
  const last = await (await rig.daemon()).synced();
  await last.roundTrip();
  expect([0, 1, 2, 3].map((slot) => last.kindsOf(slot))).toEqual([[], [], [], ['process', 'ready-closed']]);
});

test('a wedged daemon is replaced, and what it left unacknowledged is told to the next', async () => {
  await using host = await LauncherRig.boot({
    services: [script('a', 'exit 5')],
    settings: { limits: { acknowledge: 300, compile: 10_000, restartFirst: 10, restartLargest: 100 } },
  });
  const { rig, daemon } = host;
  daemon.isAcknowledging = false;
  daemon.launch(0, 1);
  await daemon.closed;
  const next = await rig.daemon();
  expect((await next.hello()).formerDaemon).toBe('it did not acknowledge an event in time');
  expect(await next.until('exited')).toMatchObject({ slot: 0, run: 1, exit: { status: 5 } });
  expect(rig.errors).toContain('the daemon is not to be trusted: it did not acknowledge an event in time');
});

test('a stopped daemon is replaced as well', async () => {
  await using host = await LauncherRig.boot({
    services: [script('a', 'exit 5')],
    settings: { limits: { acknowledge: 300, compile: 10_000, restartFirst: 10, restartLargest: 100 } },
  });
  signalProcess(host.daemon.pid, 'SIGSTOP');
  signalProcess(host.rig.pid, 'SIGHUP');
  const next = await host.rig.daemon();
  await next.hello();
  expect(await next.until('requested')).toMatchObject({ signal: signals.SIGHUP });
});

test('a daemon that cannot be executed is tried again with growing delay', async () => {
  await using rig = await LauncherRig.start({
    settings: {
      daemon: { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0, argv: ['/nowhere/daemon'] },
      limits: { acknowledge: 1000, compile: 10_000, restartFirst: 10, restartLargest: 40 },
    },
  });
  await rig.until(() => rig.errors.split('starting it again').length > 5, 'five attempts');
  const delays = [...rig.errors.matchAll(/again in (\d+) ms/g)].map(([, ms]) => Number(ms));
  expect(delays.slice(0, 5)).toEqual([10, 20, 40, 40, 40]);
  expect(rig.errors).toContain('cannot execute reeve-daemon: /nowhere/daemon: No such file or directory');
});

test('a daemon that ends with status 0 after TIMER sleeps until its deadline, a connection or an event', async () => {
  await using host = await LauncherRig.boot({
    services: (path) => [script('a', `until [ -e ${path('go')} ]; do sleep 0.01; done; exit 5`)],
    settings: (path) => ({ controls: [{ path: path('control'), mode: 0o600, purpose: 'varlink' }] }),
  });
  const { rig } = host;
  const sleep = async (daemon: typeof host.daemon, deadline: bigint) => {
    daemon.send(toLauncher.timer, (w) => w.u64(deadline));
    daemon.close();
    await rig.until(() => !isAlive(daemon.pid), 'the end of the daemon');
  };
  await sleep(host.daemon, process.hrtime.bigint() + 50_000_000n);
  const second = await (await rig.daemon()).synced();
  second.launch(0, 1);
  await second.until('executed');
  await sleep(second, 0n);
  const client = connect(rig.path('control'));
  const third = await (await rig.daemon()).synced();
  client.destroy();
  await sleep(third, 0n);
  writeFileSync(rig.path('go'), '');
  const fourth = await rig.daemon();
  expect(await fourth.hello()).toMatchObject({ daemonStarts: 4 });
  expect(await fourth.until('exited')).toMatchObject({ slot: 0, exit: { status: 5 } });
  expect(rig.errors).toBe('');
});

function isAlive(pid: number): boolean {
  try {
    signalProcess(pid, 0);
    return true;
  } catch {
    return false;
  }
}
