import { constants } from 'node:os';
import { expect, test } from 'vitest';
import { LauncherRig, script, service } from './launcher-rig.ts';

const { errno, signals } = constants;

test('reeve-launcher reports executed, then exited, with status, times and what was used', async () => {
  await using host = await LauncherRig.boot({
    services: [
      script('a', 'exit 7'),
      script('b', 'kill -USR1 $$'),
      script('c', 'i=0; while [ $i -lt 30000 ]; do i=$((i+1)); done'),
    ],
  });
  const { daemon } = host;
  for (const [slot, exit] of [
    { kind: 'exited', status: 7 },
    { kind: 'killed', status: signals.SIGUSR1 },
    { kind: 'exited', status: 0 },
  ].entries()) {
    daemon.launch(slot, 10 + slot);
    const executed = await daemon.until('executed');
    const exited = await daemon.until('exited');
    expect(executed).toMatchObject({ slot, role: 'main', run: 10 + slot });
    expect(exited).toMatchObject({ slot, role: 'main', run: 10 + slot, pid: executed.pid, exit });
    expect(exited.when).toBeGreaterThanOrEqual(executed.when);
    expect(exited.usage?.peakResidentBytes).toBeGreaterThan(100_000);
    if (slot === 2) expect((exited.usage?.userMs ?? 0) + (exited.usage?.systemMs ?? 0)).toBeGreaterThan(0);
  }
});

test('reeve-launcher tells of a core dump', async () => {
  await using host = await LauncherRig.boot({
    services: (path) => [script('a', `cd ${path('.')}; ulimit -c unlimited; kill -QUIT $$`)],
  });
  host.daemon.launch(0, 1);
  const { exit } = await host.daemon.until('exited');
  expect(exit.status).toBe(signals.SIGQUIT);
  expect(['core-dump', 'killed']).toContain(exit.kind); // where core dumps go is the machine's choice
});

test('reeve-launcher runs the stop command of a service beside its process', async () => {
  const both = script('a', 'exec sleep 1000');
  await using host = await LauncherRig.boot({
    services: [
      {
        ...both,
        programs: [
          ...both.programs,
          ...script('a', 'exit 3').programs.map(({ ops }) => ({ role: 'stop' as const, ops })),
        ],
      },
    ],
  });
  const { daemon } = host;
  daemon.launch(0, 1);
  await daemon.until('executed');
  daemon.launch(0, 2, { role: 1 });
  expect(await daemon.until('executed')).toMatchObject({ role: 'stop', run: 2 });
  expect(await daemon.until('exited')).toMatchObject({ role: 'stop', run: 2, exit: { status: 3 } });
  daemon.signal(0, 9);
  expect(await daemon.until('exited')).toMatchObject({ role: 'main', run: 1, exit: { kind: 'killed', status: 9 } });
});

test('reeve-launcher refuses a second process, an unknown slot and a role without a program', async () => {
  await using host = await LauncherRig.boot({ services: [script('a', 'exec sleep 1000')] });
  const { daemon } = host;
  daemon.launch(0, 1);
  await daemon.until('executed');
  daemon.launch(0, 2);
  expect(await daemon.until('refused')).toEqual({ kind: 'refused', messageType: 7, slot: 0, errno: errno.EBUSY });
  daemon.launch(9, 3);
  expect(await daemon.until('refused')).toMatchObject({ slot: 9, errno: errno.ENOENT });
  daemon.launch(0, 4, { role: 1 });
  expect(await daemon.until('refused')).toMatchObject({ slot: 0, errno: errno.ENOENT });
  expect(daemon.kindsOf(0)).toEqual(['executed', 'refused', 'refused']);
});

test('reeve-launcher starts every process with default dispositions, an empty mask and no descriptor but its own', async () => {
  await using host = await LauncherRig.boot({
    wrapper: ['/bin/sh', '-c', 'trap "" HUP USR2 PIPE; exec 7</dev/null 9>/dev/null; exec "$@"', 'sh'],
    services: (path) => [
      script('a', `cat /proc/self/status > ${path('status')}; ls -l /proc/self/fd > ${path('descriptors')}`, {
        before: [{ kind: 'streams', which: 'service' }],
      }),
    ],
  });
  host.daemon.launch(0, 1);
  await host.daemon.until('exited');
  const fields = new Map(
    host.rig
      .read('status')
      .split('\n')
      .map((line) => line.split(':\t') as [string, string]),
  );
  expect(fields.get('SigBlk')).toBe('0000000000000000');
  expect(fields.get('SigIgn')).toBe('0000000000000000');
  const open = [...host.rig.read('descriptors').matchAll(/ (\d+) -> (.*)/g)].map(([, fd, to]) => `${fd} ${to}`);
  // 1 is the script's own redirection, and the last one is ls reading the directory.
  expect(open.filter((line) => !line.includes('/proc/'))).toEqual([
    '0 /dev/null',
    expect.stringMatching(/^1 .*descriptors$/),
    '2 /dev/null',
  ]);
});

test('reeve-launcher runs thousands of services at once, and takes no busy daemon for a wedged one', async () => {
  const count = 3000; // long enough that acknowledgements wait behind the requests for more than the limit
  await using host = await LauncherRig.boot({
    services: Array.from({ length: count }, (_, i) => service(`s${i}`, ['/bin/true'])),
    settings: { limits: { acknowledge: 1000, compile: 10_000, restartFirst: 10, restartLargest: 1000 } },
  });
  const { daemon } = host;
  for (let slot = 0; slot < count; slot++) daemon.launch(slot, slot + 1);
  const ended = new Set<number>();
  while (ended.size < count) {
    const { slot, run, exit } = await daemon.until('exited');
    expect([run, exit.status, ended.has(slot)]).toEqual([slot + 1, 0, false]);
    ended.add(slot);
  }
  expect(daemon.events.filter(({ kind }) => kind === 'executed')).toHaveLength(count);
});

test('reeve-launcher ends with the status of EXIT and leaves nothing behind', async () => {
  await using host = await LauncherRig.boot();
  host.daemon.send(0x0e, (w) => w.u8(5));
  expect(await host.rig.exited).toEqual({ code: 5, signal: null });
  expect(host.rig.errors).toBe('');
});
