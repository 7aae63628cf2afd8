import { expect, test } from 'vitest';
import { startControlFixture } from '../support/control-fixture.ts';
import { ctl } from '../support/ctl.ts';

test('list shows every loaded service with its state, and remarks on what is special', async () => {
  await using fixture = await startControlFixture({
    web: { dependsOn: ['db'] },
    db: {},
    bad: { start: 'fails' },
    pinned: {},
  });
  const socket = fixture.path;
  for (const args of [
    ['start', 'web'],
    ['start', 'bad'],
    ['stop', '--pin', 'pinned'],
  ])
    await ctl(args, { socket });
  const { code, out } = await ctl(['list'], { socket });
  expect(code).toBe(0);
  expect(out).toBe(
    [
      'SERVICE  STATE      FOR  PID  TYPE     REMARKS',
      'db       started  2 min  101  process',
      'web      started  2 min  102  process',
      'bad      failed   2 min       process  exit status 3',
      'pinned   stopped  2 min       process  pinned stopped',
      '',
    ].join('\n'),
  );
  expect((await ctl(['list', '--failed'], { socket })).out).toContain('\nbad ');
  expect((await ctl(['list', '--state', 'started'], { socket })).out.split('\n').length).toBe(4);
});

test('list leaves columns out and cuts the last one on a narrow terminal', async () => {
  await using fixture = await startControlFixture({ 'a-service-with-a-name': { start: 'fails' } });
  const socket = fixture.path;
  await ctl(['start', 'a-service-with-a-name'], { socket });
  for (const terminal of [80, 60, 48, 40, 32]) {
    const { out } = await ctl(['list'], { socket, terminal });
    const lines = out.trimEnd().split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(terminal);
    expect(lines[1]).toMatch(/^a-service-with-a-name {2}failed/);
  }
});

test('list uses colours only where they are wanted', async () => {
  await using fixture = await startControlFixture({ web: {} });
  const socket = fixture.path;
  await ctl(['start', 'web'], { socket });
  expect((await ctl(['list'], { socket, terminal: 80 })).out).not.toContain('\x1b');
  expect((await ctl(['list'], { socket, terminal: 80, hasColours: true })).out).toContain('\x1b[32mstarted\x1b[39m');
});

test('list prints nothing but an empty list for programs when there are no services', async () => {
  await using fixture = await startControlFixture({});
  expect(await ctl(['list'], { socket: fixture.path })).toEqual({ code: 0, out: '', err: '' });
  expect(await ctl(['list', '--json'], { socket: fixture.path })).toEqual({ code: 0, out: '[]\n', err: '' });
});

test('list with names says which are not loaded', async () => {
  await using fixture = await startControlFixture({ web: {} });
  const socket = fixture.path;
  await ctl(['load', 'web'], { socket });
  const { code, out, err } = await ctl(['list', 'web', 'nope'], { socket });
  expect(code).toBe(3);
  expect(out).toContain('web');
  expect(err).toBe('nope: not loaded\n');
});

test('status says in its first line what the service is doing, and shows the rest below', async () => {
  await using fixture = await startControlFixture({
    web: { dependsOn: ['db'], log: 'listening\n\x1b[2Jready\n', start: 'waits', waitingFor: ['readiness'] },
    db: {},
  });
  const socket = fixture.path;
  await ctl(['start', '--no-wait', 'web'], { socket });
  while (fixture.manager.status('db')?.state !== 'started') await new Promise((resolve) => setImmediate(resolve));
  expect((await ctl(['status', 'web'], { socket })).out).toBe(
    [
      'web: starting for 2 min, waits for readiness',
      '        wanted  started, asked for by name',
      '       because  start requested by uid 1000 (reevectl, process 99)',
      '    depends on  db (started)',
      '          type  process',
      '        output  in memory',
      '          file  services.d/web',
      '',
      '    | listening',
      '    | \\x1b[2Jready',
      '',
    ].join('\n'),
  );
  expect((await ctl(['status', '-n', '0', 'web'], { socket })).out).not.toContain('listening');
});

test('status --json is one object for one service and a list for several', async () => {
  await using fixture = await startControlFixture({ web: { dependsOn: ['db'] }, db: {} });
  const socket = fixture.path;
  await ctl(['load', 'web'], { socket });
  const one: unknown = JSON.parse((await ctl(['status', 'web', '--json'], { socket })).out);
  expect(one).toEqual(fixture.manager.status('web'));
  expect(JSON.parse((await ctl(['status', 'web', 'db', '--json'], { socket })).out)).toHaveLength(2);
});

test('status of a service that is not loaded ends with 3 and proposes a similar name', async () => {
  await using fixture = await startControlFixture({ 'web-server': {} });
  const socket = fixture.path;
  await ctl(['load', 'web-server'], { socket });
  expect(await ctl(['status', 'web-sever'], { socket })).toEqual({
    code: 3,
    out: '',
    err: [
      'web-sever: not loaded',
      '    did you mean web-server?',
      '    reevectl start web-sever loads and starts it',
      '',
    ].join('\n'),
  });
});

test('is-started and is-failed answer by their exit status', async () => {
  await using fixture = await startControlFixture({ web: {}, bad: { start: 'fails' }, idle: {} });
  const socket = fixture.path;
  await ctl(['start', 'web', 'bad'], { socket });
  await ctl(['load', 'idle'], { socket });
  expect(await ctl(['is-started', 'web'], { socket })).toEqual({ code: 0, out: 'web: started\n', err: '' });
  expect(await ctl(['is-started', 'web', 'bad'], { socket })).toMatchObject({ code: 1 });
  expect(await ctl(['is-failed', 'bad'], { socket })).toEqual({ code: 0, out: 'bad: stopped (failed)\n', err: '' });
  expect(await ctl(['is-failed', 'idle'], { socket })).toMatchObject({ code: 1 });
  expect(await ctl(['-q', 'is-started', 'nope'], { socket })).toMatchObject({ code: 3, out: '' });
});

test('catlog gives the bytes as they are, and on a terminal only what cannot steer it', async () => {
  const log = 'a\xff\x00b\n\x1b[31mred\x1b[0m\x1b]0;title\x07';
  await using fixture = await startControlFixture({ web: { log } });
  const socket = fixture.path;
  await ctl(['load', 'web'], { socket });
  expect((await ctl(['catlog', 'web'], { socket })).out).toBe(log);
  expect((await ctl(['catlog', 'web'], { socket, terminal: 80 })).out).toBe(
    'a\ufffd\\x00b\n\x1b[31mred\x1b[0m\\x1b]0;title\\x07\n',
  );
  const { out } = await ctl(['catlog', '--json', 'web'], { socket });
  expect(Buffer.from(JSON.parse(out).data, 'base64').toString('latin1')).toBe(log);
});

test('catlog --lines shows the last lines', async () => {
  await using fixture = await startControlFixture({ web: { log: 'one\ntwo\nthree\nfour' } });
  const socket = fixture.path;
  await ctl(['load', 'web'], { socket });
  for (const [count, expected] of [
    ['0', ''],
    ['1', 'four'],
    ['2', 'three\nfour'],
    ['9', 'one\ntwo\nthree\nfour'],
  ] as const) {
    expect((await ctl(['catlog', '-n', count, 'web'], { socket })).out).toBe(expected);
  }
  expect((await ctl(['catlog', '-n', 'x', 'web'], { socket })).code).toBe(2);
});

test('catlog says so when the output is not kept', async () => {
  await using fixture = await startControlFixture({ web: { logType: 'none' } });
  const socket = fixture.path;
  await ctl(['load', 'web'], { socket });
  expect(await ctl(['catlog', 'web'], { socket })).toEqual({
    code: 5,
    out: '',
    err: 'web: its output is not kept: log-type is none\n',
  });
});

test('events prints what has happened, the oldest first', async () => {
  await using fixture = await startControlFixture({ web: {}, bad: { start: 'fails' }, other: {} });
  const socket = fixture.path;
  for (const name of ['web', 'bad', 'other']) await ctl(['start', name], { socket });
  expect(withoutTimes((await ctl(['events', 'web', 'bad'], { socket })).out)).toBe(
    'web: started\nbad: start failed: ended before it was ready: exit status 3\n',
  );
  expect(withoutTimes((await ctl(['events', '-n', '1'], { socket })).out)).toBe('other: started\n');
  expect((await ctl(['events', '--since', '1m'], { socket })).out).toBe('');
  const lines = (await ctl(['events', '--json'], { socket })).out.trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line).name)).toEqual(['web', 'bad', 'other']);
});

test('events -f goes on with what happens, until reeve has ended', async () => {
  const fixture = await startControlFixture({ web: {}, bad: { start: 'fails' } });
  const socket = fixture.path;
  await ctl(['start', 'web'], { socket });
  let seen = '';
  const running = ctl(['events', '-f'], {
    socket,
    onOutput: (text) => {
      seen += text;
      if (text.includes('bad')) void fixture[Symbol.asyncDispose]();
    },
  });
  while (!seen.includes('web')) await new Promise((resolve) => setImmediate(resolve));
  await ctl(['start', 'bad'], { socket });
  const { code, err } = await running;
  expect(withoutTimes(seen)).toMatch(
    /^web: started\nbad: start failed: ended before it was ready: exit status 3\nreevectl: cannot connect to .*\n/,
  );
  expect({ code, isTold: err.includes('no such file or directory') }).toEqual({ code: 4, isTold: true });
});

const withoutTimes = (text: string): string => text.replaceAll(/^(\S+ )?\d\d:\d\d:\d\d /gm, '');
