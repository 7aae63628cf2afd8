import { expect, test } from 'vitest';
import type { Op, ServicePlan } from '../../../src/plan/plan.ts';
import { LauncherRig, script } from './launcher-rig.ts';

const streams: Op = { kind: 'streams', which: 'service' };
const before: readonly Op[] = [{ kind: 'pass-descriptors' }];
const onFive = (name: string, text: string): ServicePlan =>
  script(name, text, { before, readiness: { descriptor: 5, variable: '' } });

test('a readiness pipe on a fixed descriptor tells that the service is ready', async () => {
  await using host = await LauncherRig.boot({ services: [onFive('a', 'echo up >&5; exec sleep 1000')] });
  host.daemon.launch(0, 7);
  expect(await host.daemon.until('ready')).toMatchObject({ slot: 0, run: 7 });
  expect(host.daemon.kindsOf(0)).toEqual(['executed', 'ready']);
  host.daemon.signal(0, 9);
  await host.daemon.until('exited');
  expect(host.daemon.kindsOf(0)).toEqual(['executed', 'ready', 'exited']);
});

test('a readiness pipe on any descriptor has its number in the variable', async () => {
  await using host = await LauncherRig.boot({
    services: [
      script('a', 'eval "echo up >&$READY_FD"; exec sleep 1000', {
        before: [...before, { kind: 'env-set', assignment: 'READY_FD=no' }],
        readiness: { descriptor: -1, variable: 'READY_FD' },
      }),
    ],
  });
  host.daemon.launch(0, 1);
  await host.daemon.until('ready');
});

test('a readiness pipe that is closed without a word is told once, before the exit', async () => {
  await using host = await LauncherRig.boot({
    services: [onFive('a', 'exec 5>&-; exec sleep 1000'), onFive('b', 'exit 3'), onFive('c', 'echo x >&5; exit 4')],
  });
  const { daemon } = host;
  daemon.launch(0, 1);
  await daemon.until('ready-closed');
  daemon.launch(1, 2);
  await daemon.until('exited', ({ slot }) => slot === 1);
  daemon.launch(2, 3);
  await daemon.until('exited', ({ slot }) => slot === 2);
  expect([0, 1, 2].map((slot) => daemon.kindsOf(slot))).toEqual([
    ['executed', 'ready-closed'],
    ['executed', 'ready-closed', 'exited'],
    ['executed', 'ready', 'exited'],
  ]);
});

test('a service may go on writing to its readiness pipe after it was taken for ready', async () => {
  await using host = await LauncherRig.boot({
    services: [
      script('a', 'echo one >&5; read line; echo two >&5 && echo three >&5 && exit 6', {
        before: [streams, ...before],
        readiness: { descriptor: 5, variable: '' },
        consumes: 'input',
      }),
      script('input', 'echo go', { before: [streams], log: pipeLog }),
    ],
  });
  host.daemon.launch(0, 1);
  await host.daemon.until('ready');
  host.daemon.launch(1, 2);
  expect((await host.daemon.until('exited', ({ slot }) => slot === 0)).exit).toEqual({ kind: 'exited', status: 6 });
});

test('a failed start tells nothing of readiness', async () => {
  await using host = await LauncherRig.boot({
    services: [
      script('a', 'true', {
        before: [...before, { kind: 'chdir', path: '/nowhere' }],
        readiness: { descriptor: 5, variable: '' },
      }),
    ],
  });
  host.daemon.launch(0, 1);
  await host.daemon.until('start-failed');
  host.daemon.launch(0, 2);
  await host.daemon.until('start-failed');
  expect(host.daemon.kindsOf(0)).toEqual(['start-failed', 'start-failed']);
});

const pipeLog = {
  type: 'pipe',
  bufferSize: 0,
  timestamps: false,
  path: '',
  owner: { mode: 0, uid: -1, gid: -1 },
  rotateSize: 0,
  rotateCount: 0,
} as const;
