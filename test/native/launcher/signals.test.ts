import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { expect, test } from 'vitest';
import { toLauncher } from '../../../src/daemon/launcher/messages.ts';
import { LauncherRig, script, signalProcess } from './launcher-rig.ts';

const { errno, signals } = constants;

/** Starts two children, one of them in a session of its own, writes all three numbers, and waits. */
const family = (file: string) =>
  `sleep 1000 & a=$!; setsid sleep 1000 & b=$!; echo $$ $a $b > ${file}.new; mv ${file}.new ${file}; wait`;

async function boot() {
  const host = await LauncherRig.boot({ services: (path) => [script('a', family(path('pids')))] });
  host.daemon.launch(0, 1);
  const { pid } = await host.daemon.until('executed');
  const numbers = () => {
    try {
      return host.rig.read('pids').trim().split(' ').map(Number);
    } catch {
      return [];
    }
  };
  await host.rig.until(() => numbers().length === 3, 'the numbers');
  const [leader = 0, inSession = 0, outside = 0] = numbers();
  expect(leader).toBe(pid);
  return { host, leader, inSession, outside };
}

/** Alive: there, and not waiting to be reaped. */
function isAlive(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

test('SIGNAL to the process reaches only the process', async () => {
  const { host, inSession, outside } = await boot();
  await using _ = host;
  host.daemon.signal(0, signals.SIGKILL);
  await host.daemon.until('exited');
  expect([inSession, outside].map(isAlive)).toEqual([true, true]);
  for (const pid of [inSession, outside]) signalProcess(pid, 'SIGKILL');
});

test('SIGNAL to the group reaches the group, and not who left it', async () => {
  const { host, inSession, outside } = await boot();
  await using _ = host;
  host.daemon.signal(0, signals.SIGKILL, { scope: 1 });
  await host.daemon.until('exited');
  await host.rig.until(() => !isAlive(inSession), 'the end of the group');
  expect(isAlive(outside)).toBe(true);
  signalProcess(outside, 'SIGKILL');
});

test('SIGNAL to everything reaches descendants in other sessions as well, and nobody else', async () => {
  const { host, inSession, outside } = await boot();
  await using _ = host;
  host.daemon.signal(0, signals.SIGKILL, { scope: 2 });
  await host.daemon.until('exited');
  await host.rig.until(() => ![inSession, outside].some(isAlive), 'the end of everything');
  await host.daemon.roundTrip();
});

test('SIGNAL to the group of a process that is still the launcher’s does not reach the launcher', async () => {
  await using host = await LauncherRig.boot({
    services: [
      {
        ...script('a', ''),
        programs: [{ role: 'main', ops: [{ kind: 'exec', candidates: ['/bin/sleep'], argv: ['sleep', '1000'] }] }],
      },
    ],
  });
  for (const scope of [1, 2]) {
    host.daemon.launch(0, scope);
    await host.daemon.until('executed');
    host.daemon.signal(0, signals.SIGKILL, { scope });
    expect((await host.daemon.until('exited')).exit).toEqual({ kind: 'killed', status: 9 });
  }
  await host.daemon.roundTrip();
});

test('SIGNAL to nobody fails with ESRCH', async () => {
  await using host = await LauncherRig.boot({ services: [script('a', 'exit 0')] });
  host.daemon.signal(0, 15);
  expect(await host.daemon.until('signal-failed')).toMatchObject({
    slot: 0,
    role: 'main',
    signal: 15,
    errno: errno.ESRCH,
  });
  host.daemon.launch(0, 1);
  await host.daemon.until('exited');
  host.daemon.signal(0, 9, { role: 0, scope: 2 });
  expect(await host.daemon.until('signal-failed')).toMatchObject({ signal: 9, errno: errno.ESRCH });
  host.daemon.signal(500, 9);
  expect(await host.daemon.until('signal-failed')).toMatchObject({ slot: 500, errno: errno.ESRCH });
});

test('signals to the launcher become requests', async () => {
  await using host = await LauncherRig.boot();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGQUIT', 'SIGHUP', 'SIGUSR1'] as const) {
    host.rig.launcher.kill(name);
    expect(await host.daemon.until('requested')).toEqual({ kind: 'requested', signal: signals[name] });
  }
});

test('a request that the daemon did not acknowledge is told to the next, once', async () => {
  await using host = await LauncherRig.boot();
  host.daemon.isAcknowledging = false;
  host.rig.launcher.kill('SIGTERM');
  await host.daemon.until('requested');
  signalProcess(host.daemon.pid, 'SIGKILL');
  const next = await (await host.rig.daemon()).synced();
  await next.until('requested');
  await next.roundTrip();
  signalProcess(next.pid, 'SIGKILL');
  const last = await (await host.rig.daemon()).synced();
  await last.roundTrip();
  expect(last.events.some(({ kind }) => kind === 'requested')).toBe(false);
});

test('the third SIGTERM without a daemon that can be told ends every descendant and the launcher', async () => {
  const { host, leader, inSession, outside } = await boot();
  await using _ = host;
  signalProcess(host.daemon.pid, 'SIGKILL');
  await host.rig.daemon(); // it never says HELLO
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGTERM'] as const) {
    expect(host.rig.launcher.exitCode).toBe(null);
    host.rig.launcher.kill(signal);
    if (signal !== 'SIGTERM' || host.rig.errors === '')
      await host.rig.until(() => pending(host.rig.pid) === 0n, 'the signal');
  }
  expect(await host.rig.exited).toEqual({ code: 1, signal: null });
  expect([leader, inSession, outside].map(isAlive)).toEqual([false, false, false]);
  expect(host.rig.errors).toContain('the daemon cannot be reached: ending everything');
});

test('EXIT leaves processes of services alone', async () => {
  const { host, leader, inSession, outside } = await boot();
  await using _ = host;
  host.daemon.send(toLauncher.exit, (w) => w.u8(0));
  expect(await host.rig.exited).toEqual({ code: 0, signal: null });
  expect([leader, inSession, outside].map(isAlive)).toEqual([true, true, true]);
  for (const pid of [leader, inSession, outside]) signalProcess(pid, 'SIGKILL');
});

/** Signals that wait to be read by the process. */
function pending(pid: number): bigint {
  try {
    return BigInt(`0x${/ShdPnd:\s*([0-9a-f]+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0'}`);
  } catch {
    return 0n;
  }
}
