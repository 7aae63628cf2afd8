import { expect, test } from 'vitest';
import { connect } from '../../src/api/client.ts';
import { ControlError } from '../../src/api/control-error.ts';
import { startControlFixture } from '../support/control-fixture.ts';

async function problemOf(promise: Promise<unknown>): Promise<unknown> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof ControlError ? error.problem : error;
}

test('start() resolves when the service has started', async () => {
  await using fixture = await startControlFixture({ web: { dependsOn: ['db'] }, db: {} });
  using reeve = await connect(fixture.path);
  const result = await reeve.start('web');
  expect(result.outcome).toBe('started');
  expect(result.event?.name).toBe('web');
  expect((await reeve.status('web')).state).toBe('started');
  expect((await reeve.list()).map(({ name }) => name)).toEqual(['db', 'web']);
});

test('start() tells progress while it waits', async () => {
  await using fixture = await startControlFixture({ web: { start: 'waits', waitingFor: ['readiness'] } });
  using reeve = await connect(fixture.path);
  const seen: (readonly string[])[] = [];
  await reeve.start('web', {
    onProgress: ({ waitingFor }) => {
      seen.push(waitingFor);
      fixture.manager.finish('web');
    },
  });
  expect(seen[0]).toEqual(['readiness']);
});

test('start() does not wait when told so', async () => {
  await using fixture = await startControlFixture({ web: { start: 'waits' } });
  using reeve = await connect(fixture.path);
  expect(await reeve.start('web', { wait: false })).toEqual({ outcome: 'accepted' });
  expect((await reeve.status('web')).state).toBe('starting');
});

test('start() throws a ControlError that says why the service failed', async () => {
  await using fixture = await startControlFixture({ web: { dependsOn: ['db'] }, db: { start: 'cannot-execute' } });
  using reeve = await connect(fixture.path);
  expect(await problemOf(reeve.start('web'))).toMatchObject({
    kind: 'failed',
    event: { stopReason: 'dependency-failed', because: 'db' },
  });
  await expect(reeve.start('db')).rejects.toThrow(
    'db: start failed: cannot execute /usr/bin/absent: no such file or directory (services.d/db:2)',
  );
});

test('start() throws service-not-found for a service without description', async () => {
  await using fixture = await startControlFixture({});
  using reeve = await connect(fixture.path);
  expect(await problemOf(reeve.start('web'))).toEqual({
    kind: 'service-not-found',
    name: 'web',
    problems: [{ message: 'no service description found' }],
  });
});

test('start() throws load-failed with every problem', async () => {
  const problem = {
    name: 'db',
    class: 'description' as const,
    problems: [{ message: 'unknown setting "comand"', origin: { file: 'services.d/db', line: 2, column: 1 } }],
  };
  await using fixture = await startControlFixture({ web: { dependsOn: ['db'] }, db: { problem } });
  using reeve = await connect(fixture.path);
  expect(await problemOf(reeve.start('web'))).toMatchObject({
    kind: 'load-failed',
    failures: [{ name: 'web' }, problem],
  });
  await expect(reeve.start('web')).rejects.toThrow(
    'web: cannot be loaded: db: unknown setting "comand" (services.d/db:2)',
  );
});

test('stop() is refused while dependents hold the service, and takes them along with force', async () => {
  await using fixture = await startControlFixture({ web: { dependsOn: ['db'] }, db: {} });
  using reeve = await connect(fixture.path);
  await reeve.start('web');
  expect(await problemOf(reeve.stop('db'))).toEqual({ kind: 'has-dependents', name: 'db', dependents: ['web'] });
  expect((await reeve.stop('db', { force: true })).outcome).toBe('stopped');
  expect((await reeve.status('web')).state).toBe('stopped');
});

test('release() tells what still requires the service', async () => {
  await using fixture = await startControlFixture({ web: { dependsOn: ['db'] }, db: {} });
  using reeve = await connect(fixture.path);
  await reeve.start('web');
  expect(await reeve.release('db')).toEqual({ outcome: 'still-required', requiredBy: ['web'] });
});

test('a pin keeps a service from being stopped until unpin()', async () => {
  await using fixture = await startControlFixture({ web: {} });
  using reeve = await connect(fixture.path);
  await reeve.start('web', { pin: true });
  expect(await problemOf(reeve.stop('web'))).toEqual({ kind: 'pinned-started', name: 'web' });
  await reeve.unpin('web');
  expect((await reeve.stop('web')).outcome).toBe('stopped');
});

test('commands that wait do not keep other calls waiting', async () => {
  await using fixture = await startControlFixture({ web: { start: 'waits' }, db: {} });
  using reeve = await connect(fixture.path);
  const starting = reeve.start('web');
  expect((await reeve.start('db')).outcome).toBe('started');
  expect(await problemOf(reeve.reload('web'))).toMatchObject({ kind: 'wrong-state' });
  fixture.manager.finish('web', false);
  expect(await problemOf(starting)).toMatchObject({ kind: 'failed', event: { exit: { kind: 'exited', status: 3 } } });
});

test('events() yields the state first and then each event', async () => {
  await using fixture = await startControlFixture({ web: {}, db: {} });
  using reeve = await connect(fixture.path);
  await reeve.load('web');
  const seen: string[] = [];
  for await (const change of reeve.events()) {
    if (change.kind === 'state') {
      seen.push(change.services.map(({ name, state }) => `${name} ${state}`).join());
      void reeve.start('web').then(() => reeve.stop('web'));
    } else {
      seen.push(change.event.event);
      if (change.event.event === 'stopped') break;
    }
  }
  expect(seen).toEqual(['web stopped', 'started', 'stopped']);
});

test('events() leaves nothing behind in the daemon when its loop is left', async () => {
  await using fixture = await startControlFixture({ web: {} });
  const reeve = await connect(fixture.path);
  for await (const _ of reeve.events()) break;
  reeve[Symbol.dispose]();
  while (fixture.server.connectionCount > 0) await new Promise((resolve) => setImmediate(resolve));
  expect(fixture.manager.listenerCount).toBe(0);
});

test('readLog() gives any bytes as they were written, and follows', async () => {
  const log = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte)).join('');
  await using fixture = await startControlFixture({ web: { log } });
  using reeve = await connect(fixture.path);
  await reeve.load('web');
  const pieces: string[] = [];
  for await (const { bytes } of reeve.readLog('web', { follow: true })) {
    pieces.push(bytes.toString('latin1'));
    if (pieces.length === 2) break;
    fixture.manager.writeLog('more\n');
  }
  expect(pieces).toEqual([log, 'more\n']);
  const newest: unknown[] = [];
  for await (const piece of reeve.readLog('web', { lastBytes: 2 })) newest.push(piece);
  expect(newest).toEqual([{ bytes: Buffer.of(254, 255), lost: 254, position: 254 }]);
});

test('readLog() says so when the output is not kept', async () => {
  await using fixture = await startControlFixture({ web: { logType: 'none' } });
  using reeve = await connect(fixture.path);
  await reeve.load('web');
  expect(await problemOf(reeve.readLog('web').next())).toMatchObject({ kind: 'log-unavailable', name: 'web' });
});

test('every other method reaches the manager', async () => {
  await using fixture = await startControlFixture({ web: {}, db: {}, button: { type: 'triggered' } });
  using reeve = await connect(fixture.path);
  await reeve.ping();
  expect((await reeve.info()).pid).toBe(process.pid);
  expect(await reeve.load('web')).toBe(true);
  expect(await reeve.load('web')).toBe(false);
  expect(await reeve.reload('button')).toBe(true);
  await reeve.setTrigger('button', true);
  expect(fixture.manager.triggers.get('button')).toBe(true);
  expect(await problemOf(reeve.setTrigger('web', true))).toEqual({ kind: 'not-triggered', name: 'web' });
  await reeve.setEnvironment('A', 'b=c\nd');
  await reeve.setEnvironment('__proto__', 'x');
  expect(await reeve.environment()).toEqual(
    new Map([
      ['A', 'b=c\nd'],
      ['__proto__', 'x'],
    ]),
  );
  await reeve.unsetEnvironment('A');
  expect(await problemOf(reeve.setEnvironment('LD_PRELOAD', 'x'))).toMatchObject({ kind: 'not-allowed' });
  expect(await problemOf(reeve.signal('web', 1))).toEqual({ kind: 'no-process', name: 'web' });
  await reeve.start('web');
  await reeve.signal('web', 1);
  expect(fixture.manager.signals).toEqual([{ name: 'web', signal: 1 }]);
  await reeve.addDependency('web', 'waits-for', 'db');
  await reeve.removeDependency('web', 'waits-for', 'db');
  expect(await problemOf(reeve.removeDependency('web', 'waits-for', 'db'))).toEqual({
    kind: 'no-such-dependency',
    from: 'web',
    dependency: 'waits-for',
    to: 'db',
  });
  expect(await problemOf(reeve.addDependency('web', 'waits-for', 'web'))).toMatchObject({ kind: 'dependency-cycle' });
  expect((await reeve.enable('web', 'db')).outcome).toBe('started');
  await reeve.disable('web', 'db');
  expect((await reeve.restart('web')).outcome).toBe('started');
  expect(await problemOf(reeve.wake('db'))).toEqual({ kind: 'no-active-dependents', name: 'db' });
  await reeve.clearLog('web');
  await reeve.stop('db');
  await reeve.unload('db');
  expect(await problemOf(reeve.status('db'))).toEqual({ kind: 'service-not-loaded', name: 'db' });
  expect((await reeve.list(['web'])).map(({ name }) => name)).toEqual(['web']);
  await reeve.shutdown();
  await reeve.closed;
});

test('list() gives ten thousand services in order', async () => {
  const names = Array.from({ length: 10_000 }, (_, index) => `s${index}`);
  await using fixture = await startControlFixture(Object.fromEntries(names.map((name) => [name, {}])));
  using reeve = await connect(fixture.path);
  await Promise.all(names.map((name) => fixture.manager.load(name)));
  expect((await reeve.list()).map(({ name }) => name)).toEqual(names);
});

test('connect() says that nobody listens', async () => {
  await expect(connect('/nonexistent/control')).rejects.toMatchObject({ code: 'REEVE_CONNECTION', reason: 'ENOENT' });
});
