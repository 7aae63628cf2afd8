import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Op, ServicePlan } from '../../../src/plan/plan.ts';
import { serviceFlags } from '../../../src/plan/records.ts';
import { LauncherRig, make, script, testProgram } from './launcher-rig.ts';

const before: readonly Op[] = [{ kind: 'streams', which: 'service' }];
const none = 0;
const shared = 1;
const exclusive = 2;

/** The launcher on a terminal of its own; what the terminal shows is its output, after a line with the terminal's name. */
async function bootOnTerminal(
  services: (path: (name: string) => string) => readonly ServicePlan[],
  options: readonly string[] = [],
) {
  make(testProgram('pty'));
  return await LauncherRig.boot({ wrapper: [testProgram('pty'), ...options], services });
}

/** Blocked signals, session, process group and foreground group of a shell, as numbers. */
const report = (file: string) =>
  [
    `streams="$(for fd in 0 1 2; do readlink /proc/$$/fd/$fd; done)"`,
    `set -- $(sed 's/.*) //' /proc/$$/stat)`,
    `echo session=$4 group=$3 terminal=$5 foreground=$6 pid=$$ > ${file}`,
    `echo SigBlk: $(sed -n 's/^SigBlk://p' /proc/$$/status) >> ${file}`,
    `echo "$streams" >> ${file}`,
    `mv ${file} ${file}.done`,
  ].join('; ');

async function reportOf(rig: LauncherRig, file: string) {
  await rig.until(() => existsSync(rig.path(`${file}.done`)), 'the report');
  const text = rig.read(`${file}.done`);
  const number = (name: string) => Number(new RegExp(`${name}=(-?\\d+)`).exec(text)?.[1] ?? Number.NaN);
  const [, blocked = '0'] = /SigBlk: ([0-9a-f]+)/.exec(text) ?? [];
  return {
    session: number('session'),
    group: number('group'),
    terminal: number('terminal'),
    foreground: number('foreground'),
    pid: number('pid'),
    blocked: [...Array(31).keys()]
      .map((bit) => bit + 1)
      .filter((signal) => (BigInt(`0x${blocked}`) >> BigInt(signal - 1)) & 1n),
    streams: text.trim().split('\n').slice(-3),
  };
}

const terminalOf = (rig: LauncherRig) => rig.output.split('\n')[0]?.trim() ?? '';
const [int, quit, tstp, ttin, ttou] = [2, 3, 20, 21, 22];

test('a service with the exclusive console is the foreground group of the terminal, and its stops are blocked', async () => {
  await using host = await bootOnTerminal((path) => [
    script('a', report(path('a')), { before }),
    script('b', `read line; echo "got $line"; exit 3`, { before }),
    script('c', report(path('c')), { before, flags: serviceFlags.unmaskInterrupt }),
  ]);
  const { rig, daemon } = host;
  daemon.launch(0, 1, { console: exclusive });
  await daemon.until('exited');
  const a = await reportOf(rig, 'a');
  const terminal = terminalOf(rig);
  expect(a.streams).toEqual([terminal, terminal, terminal]);
  expect([a.group, a.foreground]).toEqual([a.pid, a.pid]);
  expect(a.session).not.toBe(a.pid);
  expect(a.blocked).toEqual([int, quit, tstp, ttin, ttou]);
  daemon.launch(1, 1, { console: exclusive });
  await daemon.until('executed');
  rig.launcher.stdin?.write('hello\n');
  expect((await daemon.until('exited')).exit.status).toBe(3);
  await rig.until(() => rig.output.includes('got hello'), 'the answer on the terminal');
  daemon.launch(2, 1, { console: exclusive });
  await daemon.until('exited');
  expect((await reportOf(rig, 'c')).blocked).toEqual([quit, tstp, ttin, ttou]);
});

test('the terminal is the launcher’s again when the service that had it has ended', async () => {
  await using host = await bootOnTerminal((path) => [
    script('a', 'exit 0', { before }),
    script('b', report(path('b')), { before }),
  ]);
  const { rig, daemon } = host;
  for (let run = 0; run < 3; run++) {
    daemon.launch(0, run, { console: exclusive });
    await daemon.until('exited');
  }
  daemon.launch(1, 1, { console: shared });
  await daemon.until('exited');
  const b = await reportOf(rig, 'b');
  expect(b.foreground).toBe(b.session); // the launcher, which pty made the leader of the session
  rig.launcher.stdin?.write('\x03');
  expect(await daemon.until('requested')).toMatchObject({ signal: int });
});

test('a service that shares the console has the terminal, but is not its foreground group', async () => {
  await using host = await bootOnTerminal((path) => [script('a', `echo hello; ${report(path('a'))}`, { before })]);
  host.daemon.launch(0, 1, { console: shared });
  await host.daemon.until('exited');
  const a = await reportOf(host.rig, 'a');
  const terminal = terminalOf(host.rig);
  expect(a.streams).toEqual([terminal, terminal, terminal]);
  expect(a.group).toBe(a.pid);
  expect(a.foreground).toBe(a.session);
  expect(a.session).not.toBe(a.pid);
  expect(a.blocked).toEqual([]);
});

test('a terminal without a session becomes the controlling terminal of the service', async () => {
  await using host = await bootOnTerminal(
    (path) => [script('a', report(path('a')), { before })],
    ['--without-session'],
  );
  host.daemon.launch(0, 1, { console: exclusive });
  await host.daemon.until('exited');
  const a = await reportOf(host.rig, 'a');
  expect([a.session, a.group, a.foreground]).toEqual([a.pid, a.pid, a.pid]);
  expect(a.terminal).not.toBe(0);
  expect(a.blocked).toEqual([int, quit, tstp, ttin, ttou]);
});

test('a service without the console has no terminal', async () => {
  await using host = await bootOnTerminal((path) => [
    script('a', `${report(path('a'))}; echo no > /dev/tty`, { before }),
  ]);
  host.daemon.launch(0, 1, { console: none });
  expect((await host.daemon.until('exited')).exit.status).not.toBe(0);
  const a = await reportOf(host.rig, 'a');
  expect(a.streams).toEqual(['/dev/null', '/dev/null', '/dev/null']);
  expect([a.session, a.terminal, a.blocked]).toEqual([a.pid, 0, []]);
});
