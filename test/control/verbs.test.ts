import { expect, test } from 'vitest';
import { startControlFixture } from '../support/control-fixture.ts';
import { ctl } from '../support/ctl.ts';

test('start waits for the service, and says so when there was nothing to do', async () => {
  await using fixture = await startControlFixture({ web: { dependsOn: ['db'] }, db: {} });
  const socket = fixture.path;
  expect(await ctl(['start', 'web'], { socket })).toEqual({ code: 0, out: 'web: started\n', err: '' });
  expect(await ctl(['start', 'web', 'db'], { socket })).toEqual({
    code: 0,
    out: 'web: already started\ndb: already started\n',
    err: '',
  });
});

test('start explains a failure: the dependency at fault, its reason, its last output', async () => {
  await using fixture = await startControlFixture({
    top: { dependsOn: ['middle'] },
    middle: { dependsOn: ['bad'] },
    bad: { start: 'fails', log: 'first\ncannot open \x1b[31mx\x1b[0m\x07\n' },
  });
  expect(await ctl(['start', 'top'], { socket: fixture.path })).toEqual({
    code: 1,
    out: '',
    err: [
      'top: start failed: dependency middle failed',
      '    middle: failed: a dependency failed',
      '    bad: failed: ended before it was ready: exit status 3',
      '    last output of bad:',
      '      | first',
      '      | cannot open x\\x07',
      '    see: reevectl status bad',
      '',
    ].join('\n'),
  });
});

test('start names the step of a launch that failed, and its place in the file', async () => {
  await using fixture = await startControlFixture({ web: { start: 'cannot-execute' } });
  const { code, err } = await ctl(['start', 'web'], { socket: fixture.path });
  expect(code).toBe(1);
  expect(err.split('\n')[0]).toBe(
    'web: start failed: cannot execute /usr/bin/absent: no such file or directory (services.d/web:2)',
  );
});

test('start shows every problem of a description that cannot be loaded', async () => {
  const origin = (line: number) => ({ file: '/sd/web', line, column: 1 });
  await using fixture = await startControlFixture({
    web: {
      problem: {
        name: 'web',
        class: 'description',
        problems: [
          { message: 'unknown setting', origin: origin(1), found: 'comand', advice: "did you mean 'command'?" },
          { message: 'not a service type', origin: origin(2), setting: 'type', expected: 'process' },
        ],
      },
    },
  });
  expect(await ctl(['start', 'web'], { socket: fixture.path })).toEqual({
    code: 1,
    out: '',
    err: [
      'web: cannot be loaded',
      "    web: /sd/web:1:1: unknown setting: found 'comand'",
      "        did you mean 'command'?",
      '    web: /sd/web:2:1: type: not a service type: expected process',
      '',
    ].join('\n'),
  });
});

test('start says 3 for a service without description', async () => {
  await using fixture = await startControlFixture({});
  const { code, err } = await ctl(['start', 'web'], { socket: fixture.path });
  expect(code).toBe(3);
  expect(err).toBe('web: there is no service description of this name\n');
});

test('start --no-wait returns when the command was accepted', async () => {
  await using fixture = await startControlFixture({ web: { start: 'waits' } });
  const socket = fixture.path;
  expect(await ctl(['start', '--no-wait', 'web'], { socket })).toEqual({
    code: 0,
    out: 'web: start accepted\n',
    err: '',
  });
});

test('start --timeout gives up waiting, and tells what for', async () => {
  await using fixture = await startControlFixture({
    web: { start: 'waits', waitingFor: ['dependency db', 'readiness'] },
  });
  expect(await ctl(['start', '--timeout', '60ms', 'web'], { socket: fixture.path })).toEqual({
    code: 6,
    out: '',
    err: [
      'web: not done after 60 ms: starting, waits for dependency db, readiness',
      '    it goes on: reevectl status web shows how',
      '',
    ].join('\n'),
  });
});

test('start shows on a terminal what it waits for, after a second, and cleans up', async () => {
  await using fixture = await startControlFixture({ web: { start: 'waits', waitingFor: ['readiness'] } });
  let time = 0;
  const { code, out, err } = await ctl(['start', 'web'], {
    socket: fixture.path,
    terminal: 30,
    now: () => (time += 61_000),
    onOutput: (text) => {
      if (text.includes('web: starting')) fixture.manager.finish('web');
    },
  });
  expect(code).toBe(0);
  expect(out).toBe('web: started\n');
  expect(err).toBe('\r\x1b[Kweb: starting, waits for rea…\r\x1b[K');
});

test('start with several services tells each result and ends with the first failure', async () => {
  await using fixture = await startControlFixture({ good: {}, bad: { start: 'fails' } });
  const { code, out, err } = await ctl(['start', 'good', 'bad', 'none'], { socket: fixture.path });
  expect(code).toBe(1);
  expect(out).toBe('good: started\n');
  expect(err).toContain('bad: start failed: ended before it was ready: exit status 3\n');
  expect(err).toContain('none: there is no service description of this name\n');
});

test('start --json prints one object for one service, a list for several, and nothing else', async () => {
  await using fixture = await startControlFixture({ good: {}, bad: { start: 'fails' } });
  const one = await ctl(['start', '--json', 'good'], { socket: fixture.path });
  expect(one).toMatchObject({ code: 0, err: '' });
  expect(JSON.parse(one.out)).toMatchObject({ name: 'good', outcome: 'started', event: { event: 'started' } });
  const two = await ctl(['--json', 'start', 'good', 'bad'], { socket: fixture.path });
  expect(two).toMatchObject({ code: 1, err: '' });
  expect(JSON.parse(two.out)).toMatchObject([
    { name: 'good', outcome: 'already' },
    { name: 'bad', error: { kind: 'failed', verb: 'start', message: expect.stringContaining('exit status 3') } },
  ]);
});

test('stop is refused while dependents hold the service, and says how to go on', async () => {
  await using fixture = await startControlFixture({ web: { dependsOn: ['db'] }, db: {} });
  const socket = fixture.path;
  await ctl(['start', 'web'], { socket });
  expect(await ctl(['stop', 'db'], { socket })).toEqual({
    code: 5,
    out: '',
    err: 'db: not stopped: web depends on it\n    add --force to take it along\n',
  });
  expect(await ctl(['stop', '-f', 'db'], { socket })).toEqual({ code: 0, out: 'db: stopped\n', err: '' });
  expect(await ctl(['stop', 'db'], { socket })).toEqual({ code: 0, out: 'db: already stopped\n', err: '' });
});

test('stop and restart and release take --ignore-unstarted', async () => {
  await using fixture = await startControlFixture({ web: {} });
  const socket = fixture.path;
  expect((await ctl(['stop', 'web'], { socket })).code).toBe(3);
  for (const verb of ['stop', 'restart', 'release']) {
    const result = await ctl([verb, '--ignore-unstarted', 'web'], { socket });
    expect(result).toEqual({ code: 0, out: 'web: not started\n', err: '' });
  }
});

test('restart needs a started service', async () => {
  await using fixture = await startControlFixture({ web: {} });
  const socket = fixture.path;
  await ctl(['load', 'web'], { socket });
  expect(await ctl(['restart', 'web'], { socket })).toEqual({
    code: 5,
    out: '',
    err: 'web: cannot be restarted: it is not started\n    reevectl start web starts it\n',
  });
  await ctl(['start', 'web'], { socket });
  expect(await ctl(['restart', 'web'], { socket })).toEqual({ code: 0, out: 'web: started\n', err: '' });
});

test('release tells what keeps the service up', async () => {
  await using fixture = await startControlFixture({ web: { dependsOn: ['db'] }, db: {} });
  const socket = fixture.path;
  await ctl(['start', 'web'], { socket });
  expect(await ctl(['release', 'db'], { socket })).toEqual({
    code: 0,
    out: 'db: released, stays up for web\n',
    err: '',
  });
});

test('pin, unpin and --pin keep a service where it is', async () => {
  await using fixture = await startControlFixture({ web: {} });
  const socket = fixture.path;
  expect((await ctl(['pin', 'web'], { socket })).out).toBe('web: started\n');
  expect(await ctl(['stop', 'web'], { socket })).toMatchObject({
    code: 5,
    err: 'web: cannot be stopped: it is pinned started\n    reevectl unpin web takes the pin off\n',
  });
  expect((await ctl(['unpin', 'web'], { socket })).out).toBe('web: unpinned\n');
  expect((await ctl(['stop', '--pin', 'web'], { socket })).out).toBe('web: stopped\n');
  expect((await ctl(['start', 'web'], { socket })).code).toBe(5);
  await ctl(['unpin', 'web'], { socket });
  expect((await ctl(['pin', '--stopped', 'web'], { socket })).out).toBe('web: already stopped\n');
});

test('--quiet prints failures only', async () => {
  await using fixture = await startControlFixture({ web: {}, bad: { start: 'fails' } });
  const socket = fixture.path;
  expect(await ctl(['-q', 'start', 'web'], { socket })).toEqual({ code: 0, out: '', err: '' });
  expect((await ctl(['start', '-q', 'bad'], { socket })).err).toContain('bad: start failed');
});
