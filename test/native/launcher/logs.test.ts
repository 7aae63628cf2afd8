import { execFileSync } from 'node:child_process';
import {
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { constants } from 'node:os';
import { expect, test } from 'vitest';
import { toLauncher } from '../../../src/daemon/launcher/messages.ts';
import type { Op, PlanLog, ServicePlan } from '../../../src/plan/plan.ts';
import { opTypes } from '../../../src/plan/records.ts';
import { LogReader } from '../logger/log-reader.ts';
import { LauncherRig, planOf, script, signalProcess } from './launcher-rig.ts';

const { errno } = constants;
const streams: Op = { kind: 'streams', which: 'service' };
const before: readonly Op[] = [{ kind: 'open-log' }, streams];
const log = (type: PlanLog['type'], rest: Partial<PlanLog> = {}): PlanLog => ({
  type,
  bufferSize: 4096,
  timestamps: false,
  path: '',
  owner: { mode: 0o640, uid: -1, gid: -1 },
  rotateSize: 0,
  rotateCount: 0,
  ...rest,
});
const logging = (name: string, text: string, spec: PlanLog): ServicePlan => script(name, text, { before, log: spec });

/** What the logger has of a slot, once it has as much as wanted. */
async function bufferOf(rig: LauncherRig, slot: number, isEnough: (text: string) => boolean): Promise<string> {
  using reader = await LogReader.connect(rig.path('run/logger.sock'));
  let text = '';
  let request = reader.ask(slot, { follow: true });
  const hasEnough = () => {
    if (reader.received(request).end) request = reader.ask(slot, { follow: true }); // it was not opened yet
    return isEnough((text = reader.text(request)));
  };
  await rig.until(hasEnough, `enough of log ${slot}`);
  return text;
}

/** The logger that runs now, or is about to. */
async function loggerOf(rig: LauncherRig): Promise<number> {
  let found: number | undefined;
  const isLogger = (pid: number) => readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'reeve-logger';
  const look = () => {
    const children = readFileSync(`/proc/${rig.pid}/task/${rig.pid}/children`, 'utf8').trim().split(' ').map(Number);
    found = children.find((pid) => pid > 1 && existsSync(`/proc/${pid}/comm`) && isLogger(pid));
    return found !== undefined;
  };
  await rig.until(look, 'the logger');
  if (found === undefined) throw new Error('no logger');
  return found;
}

test('the output of a service of log type buffer is in the logger', async () => {
  await using host = await LauncherRig.boot({
    services: [logging('a', 'echo out; echo err >&2; echo in $(cat)', log('buffer'))],
  });
  host.daemon.launch(0, 1);
  await host.daemon.until('exited');
  expect(await bufferOf(host.rig, 0, (text) => text.includes('in'))).toBe('out\nerr\nin\n');
  host.daemon.send(toLauncher.logClear, (w) => w.u32(0));
  host.daemon.launch(0, 2);
  await host.daemon.until('exited');
  expect(await bufferOf(host.rig, 0, (text) => text.includes('in'))).toBe('out\nerr\nin\n');
});

test('a log file is made with its owner and mode, and is set right at every start', async () => {
  await using host = await LauncherRig.boot({
    services: (path) => [logging('a', 'echo one more', log('file', { path: path('log') }))],
  });
  const { rig, daemon } = host;
  daemon.launch(0, 1);
  await daemon.until('exited');
  await rig.until(() => existsSync(rig.path('log')) && rig.read('log') === 'one more\n', 'the log');
  expect(statSync(rig.path('log')).mode & 0o777).toBe(0o640);
  execFileSync('chmod', ['777', rig.path('log')]);
  daemon.launch(0, 2);
  await daemon.until('exited');
  await rig.until(() => rig.read('log') === 'one more\none more\n', 'the log');
  expect(statSync(rig.path('log')).mode & 0o777).toBe(0o640);
  // Moved away, as by logrotate: the next start has a new one.
  execFileSync('mv', [rig.path('log'), rig.path('log.old')]);
  daemon.launch(0, 3);
  await daemon.until('exited');
  await rig.until(() => existsSync(rig.path('log')) && rig.read('log') === 'one more\n', 'the new log');
});

test('a log file that cannot be opened, or is none, fails the start at its step', async () => {
  await using host = await LauncherRig.boot({
    prepare: (path) => {
      mkdirSync(path('directory'));
      writeFileSync(path('target'), 'precious');
      symlinkSync(path('target'), path('link'));
      linkSync(path('target'), path('hard'));
      execFileSync('mkfifo', [path('fifo')]);
    },
    services: (path) =>
      ['no/such', 'directory', 'link', 'hard', 'fifo'].map((name) =>
        logging(name, 'echo x', log('file', { path: path(name) })),
      ),
  });
  const errors = [errno.ENOENT, errno.EISDIR, errno.ELOOP, errno.EMLINK, errno.ENXIO];
  for (const [slot, error] of errors.entries()) {
    host.daemon.launch(slot, 1);
    expect(await host.daemon.until('start-failed')).toMatchObject({
      slot,
      opIndex: 1,
      opType: opTypes['open-log'],
      errno: error,
    });
  }
  expect(host.rig.read('target')).toBe('precious');
  host.daemon.launch(4, 1);
  expect(await host.daemon.until('start-failed')).toMatchObject({ errno: errno.ENXIO });
});

test('a log file is rotated by size, and so many old ones are kept', async () => {
  await using host = await LauncherRig.boot({
    services: (path) => [
      logging(
        'a',
        'for i in 1 2 3 4 5 6 7 8 9; do echo $i$i$i$i$i$i$i$i$i$i; sleep 0.05; done',
        log('file', { path: path('log'), rotateSize: 20, rotateCount: 2 }),
      ),
    ],
  });
  const { rig, daemon } = host;
  daemon.launch(0, 1);
  await daemon.until('log', ({ what }) => what === 'rotated');
  await daemon.until('exited');
  await rig.until(
    () => (existsSync(rig.path('log.2')) && rig.read('log').includes('9')) || rig.read('log.1').includes('9'),
    'the last line',
  );
  expect(
    readdirSync(rig.directory)
      .filter((name) => name.startsWith('log'))
      .toSorted(),
  ).toEqual(['log', 'log.1', 'log.2']);
  const all = ['log.2', 'log.1', 'log'].map((name) => rig.read(name)).join('');
  expect(
    '1111111111\n2222222222\n3333333333\n4444444444\n5555555555\n6666666666\n7777777777\n8888888888\n9999999999\n'.endsWith(
      all,
    ),
  ).toBe(true);
});

test('a pipe keeps what its producer wrote for its consumer, in either order and over restarts of both', async () => {
  await using host = await LauncherRig.boot({
    services: (path) => [
      script('consumer', `while read line; do echo "$line" >> ${path('got')}; test "$line" != stop || exit 0; done`, {
        before: [streams],
        consumes: 'producer',
      }),
      script('producer', 'echo one; echo two; test ! -e /nowhere', { before: [streams], log: log('pipe') }),
      script('late', `read line; echo "$line" >> ${path('late')}`, { before: [streams], consumes: 'not-yet' }),
    ],
  });
  const { rig, daemon } = host;
  const produce = async (run: number) => {
    daemon.launch(1, run);
    await daemon.until('exited', ({ slot }) => slot === 1);
  };
  await produce(1);
  await produce(2);
  daemon.launch(0, 1);
  const got = () => (existsSync(rig.path('got')) ? rig.read('got') : '');
  await rig.until(() => got() === 'one\ntwo\none\ntwo\n', 'all lines');
  daemon.signal(0, 9, { scope: 2 });
  await daemon.until('exited', ({ slot }) => slot === 0);
  await produce(3);
  daemon.launch(0, 2);
  await rig.until(() => got() === 'one\ntwo\none\ntwo\none\ntwo\n', 'all lines');
  daemon.launch(2, 1);
  await daemon.until('executed', ({ slot }) => slot === 2);
  rig.writePlan(planOf([script('not-yet', 'echo early', { before: [streams], log: log('pipe') })], { generation: 2 }));
  daemon.send(toLauncher.compile, (w) => w.u32(1).list(['not-yet'], (each, name) => each.text(name)));
  const { slots } = await daemon.until('plan');
  daemon.launch(slots[0] ?? -1, 1);
  await daemon.until('exited', ({ slot }) => slot === 2);
  expect(rig.read('late')).toBe('early\n');
});

test('the stop command of a process shares only its log file', async () => {
  const which = (kind: 'service' | 'log-file-only'): readonly Op[] => [
    { kind: 'open-log' },
    { kind: 'streams', which: kind },
  ];
  const both = (name: string, spec: PlanLog): ServicePlan => ({
    ...script(name, '', { log: spec }),
    programs: [
      {
        role: 'main',
        ops: [...which('service'), { kind: 'exec', candidates: ['/bin/sh'], argv: ['sh', '-c', 'echo main'] }],
      },
      {
        role: 'stop',
        ops: [...which('log-file-only'), { kind: 'exec', candidates: ['/bin/sh'], argv: ['sh', '-c', 'echo stop'] }],
      },
    ],
  });
  await using host = await LauncherRig.boot({
    services: (path) => [both('a', log('file', { path: path('log') })), both('b', log('buffer'))],
  });
  const { rig, daemon } = host;
  for (const slot of [0, 1]) {
    for (const role of [0, 1, 0]) {
      daemon.launch(slot, 1, { role });
      await daemon.until('exited');
    }
  }
  await rig.until(() => rig.read('log') === 'main\nstop\nmain\n', 'the log file');
  expect(await bufferOf(rig, 1, (text) => text.split('main').length > 2)).not.toContain('stop');
});

test('a killed logger costs no service a byte or a SIGPIPE', async () => {
  await using host = await LauncherRig.boot({
    services: (path) => [
      logging('a', `echo begin; until [ -e ${path('go')} ]; do sleep 0.01; done; echo end && exit 7`, log('buffer')),
      logging(
        'b',
        `i=0; while [ $i -lt 2000 ]; do i=$((i+1)); echo $i; done; exec sleep 1000`,
        log('file', { path: path('log') }),
      ),
    ],
  });
  const { rig, daemon } = host;
  daemon.launch(0, 1);
  daemon.launch(1, 2);
  await bufferOf(rig, 0, (text) => text.includes('begin'));
  for (let count = 2; count < 5; count++) {
    const pid = await loggerOf(rig);
    signalProcess(pid, 'SIGKILL');
    await daemon.until('component', (event) => event.event === 'ended' && event.pid === pid);
    expect(await daemon.until('component')).toMatchObject({ component: 'logger', event: 'started', count });
  }
  writeFileSync(rig.path('go'), '');
  expect((await daemon.until('exited')).exit).toEqual({ kind: 'exited', status: 7 });
  expect(await bufferOf(rig, 0, (text) => text.includes('end'))).toContain('end\n');
  await rig.until(() => rig.read('log').endsWith('\n2000\n'), 'the last line');
});

test('lines written while the logger is stopped and killed are in the log afterwards', async () => {
  await using host = await LauncherRig.boot({
    services: (path) => [logging('a', 'echo here', log('file', { path: path('log') }))],
  });
  const { rig, daemon } = host;
  const pid = await loggerOf(rig);
  signalProcess(pid, 'SIGSTOP');
  for (let run = 1; run <= 20; run++) {
    daemon.launch(0, run);
    await daemon.until('exited');
  }
  signalProcess(pid, 'SIGKILL');
  await rig.until(() => rig.read('log') === 'here\n'.repeat(20), 'twenty lines');
});

test('a forgotten service’s log is closed after what is left in its pipe was read', async () => {
  await using host = await LauncherRig.boot({
    services: (path) => [logging('a', 'echo last', log('file', { path: path('log') }))],
  });
  const { rig, daemon } = host;
  daemon.launch(0, 1);
  await daemon.until('exited');
  daemon.send(toLauncher.forget, (w) => w.u32(0));
  await rig.until(() => rig.read('log') === 'last\n', 'the last line');
  await daemon.roundTrip();
  const pipes = () => readdirSync(`/proc/${rig.pid}/fd`).length;
  const open = pipes();
  rig.writePlan(planOf([logging('a', 'echo again', log('file', { path: rig.path('log') }))], { generation: 2 }));
  daemon.send(toLauncher.compile, (w) => w.u32(1).list(['a'], (each, name) => each.text(name)));
  expect((await daemon.until('plan')).slots).toEqual([0]);
  daemon.launch(0, 1);
  await daemon.until('exited');
  await rig.until(() => rig.read('log') === 'last\nagain\n', 'the next line');
  expect(pipes()).toBe(open + 3);
});

test('the daemon’s own words are a log when reeve is not in the foreground', async () => {
  await using rig = await LauncherRig.start({
    settings: (path) => ({
      isForeground: false,
      daemon: {
        uid: process.geteuid?.() ?? 0,
        gid: process.getegid?.() ?? 0,
        argv: [
          '/bin/sh',
          '-c',
          `echo hello; echo from the daemon >&2; exec "$@"`,
          'sh',
          `${process.cwd()}/build/native/test/relay`,
          path('relay'),
        ],
      },
    }),
  });
  await (await rig.daemon()).synced();
  expect(await bufferOf(rig, 0xffff_ffff, (text) => text.includes('daemon'))).toBe('hello\nfrom the daemon\n');
  expect(rig.output + rig.errors).toBe('');
});
