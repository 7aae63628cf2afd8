import { expect, test } from 'vitest';
import { startControlFixture } from '../support/control-fixture.ts';
import { ctl } from '../support/ctl.ts';

test('load, reload and unload say what they did', async () => {
  await using fixture = await startControlFixture({ web: { start: 'waits' } });
  const socket = fixture.path;
  expect((await ctl(['load', 'web'], { socket })).out).toBe('web: loaded\n');
  expect((await ctl(['load', 'web'], { socket })).out).toBe('web: already loaded\n');
  expect((await ctl(['reload', 'web'], { socket })).out).toBe('web: reloaded\n');
  await ctl(['start', '--no-wait', 'web'], { socket });
  expect(await ctl(['reload', 'web'], { socket })).toMatchObject({
    code: 5,
    err: 'web: cannot be reloaded while it is starting\n',
  });
  expect(await ctl(['unload', 'web'], { socket })).toMatchObject({
    code: 5,
    err: 'web: cannot be unloaded: it is not stopped\n',
  });
  fixture.manager.finish('web', false);
  while (fixture.manager.status('web')?.state !== 'stopped') await new Promise((resolve) => setImmediate(resolve));
  expect((await ctl(['unload', 'web'], { socket })).out).toBe('web: unloaded\n');
  expect((await ctl(['unload', 'web'], { socket })).code).toBe(3);
});

test('trigger and untrigger work on triggered services only', async () => {
  await using fixture = await startControlFixture({ button: { type: 'triggered' }, web: {} });
  const socket = fixture.path;
  await ctl(['load', 'button', 'web'], { socket });
  expect((await ctl(['trigger', 'button'], { socket })).out).toBe('button: triggered\n');
  expect((await ctl(['untrigger', 'button'], { socket })).out).toBe('button: trigger reset\n');
  expect(fixture.manager.triggers).toEqual(new Map([['button', false]]));
  expect((await ctl(['trigger', 'web'], { socket })).code).toBe(5);
});

test('add-dep and rm-dep know the kinds by the words of dinitctl too', async () => {
  await using fixture = await startControlFixture({ web: { dependsOn: ['db'] }, db: {}, log: {} });
  const socket = fixture.path;
  expect((await ctl(['add-dep', 'waits-for', 'web', 'log'], { socket })).out).toBe(
    'web: now has the waits-for dependency log\n',
  );
  expect((await ctl(['rm-dep', 'waits-for', 'web', 'log'], { socket })).code).toBe(0);
  expect(await ctl(['rm-dep', 'waits-for', 'web', 'log'], { socket })).toMatchObject({
    code: 3,
    err: 'web: has no waits-for dependency log to remove\n',
  });
  expect(await ctl(['add-dep', 'need', 'db', 'web'], { socket })).toMatchObject({
    code: 5,
    err: 'db: the dependency would close a circle: db -> web -> db\n',
  });
  expect((await ctl(['add-dep', 'wants', 'db', 'web'], { socket })).code).toBe(2);
});

test('setenv, unsetenv and getallenv change and show the environment', async () => {
  await using fixture = await startControlFixture({});
  const socket = fixture.path;
  await ctl(['setenv', 'A=1=2', 'B', 'C'], { socket, environment: { B: 'from outside' } });
  expect((await ctl(['getallenv'], { socket })).out).toBe('A=1=2\nB=from outside\nC=\n');
  expect((await ctl(['getallenv', '-z'], { socket })).out).toBe('A=1=2\0B=from outside\0C=\0');
  await ctl(['unsetenv', 'B', 'C'], { socket });
  expect(JSON.parse((await ctl(['getallenv', '--json'], { socket })).out)).toEqual({ A: '1=2' });
  expect(await ctl(['setenv', 'LD_PRELOAD=x'], { socket })).toEqual({
    code: 5,
    out: '',
    err: 'LD_PRELOAD may not be set\n',
  });
  expect((await ctl(['setenv', '=x'], { socket })).code).toBe(2);
  expect((await ctl(['unsetenv', 'A=1'], { socket })).code).toBe(2);
});

test('signal takes names and numbers, and lists the names without a daemon', async () => {
  await using fixture = await startControlFixture({ web: {} });
  const socket = fixture.path;
  await ctl(['start', 'web'], { socket });
  for (const word of ['HUP', 'sighup', '1']) await ctl(['signal', word, 'web'], { socket });
  expect(fixture.manager.signals).toEqual(Array.from({ length: 3 }, () => ({ name: 'web', signal: 1 })));
  expect((await ctl(['signal', '--list'])).out).toMatch(/^HUP {6}1\n/);
  expect(await ctl(['signal', 'HUPP', 'web'], { socket })).toMatchObject({
    code: 2,
    err: "reevectl: 'HUPP' is not a signal\n    did you mean HUP?\n",
  });
  expect((await ctl(['signal', '65', 'web'], { socket })).code).toBe(2);
  await ctl(['stop', 'web'], { socket });
  expect((await ctl(['signal', 'HUP', 'web'], { socket })).err).toBe('web: has no process now\n');
});

test('shutdown waits until the daemon has closed the connection', async () => {
  await using fixture = await startControlFixture({ web: {} });
  expect(await ctl(['shutdown'], { socket: fixture.path })).toEqual({
    code: 0,
    out: 'reeve: everything is stopped\n',
    err: '',
  });
});

test('shutdown --timeout says that it is not over', async () => {
  await using fixture = await startControlFixture({ web: {} });
  fixture.manager.onShutdown = () => {};
  expect(await ctl(['shutdown', '--timeout', '20ms'], { socket: fixture.path })).toMatchObject({
    code: 6,
    err: 'reeve: has not ended after 20 ms\n    the shutdown goes on\n',
  });
  expect((await ctl(['shutdown', '--no-wait'], { socket: fixture.path })).out).toBe('reeve: shutdown accepted\n');
});
