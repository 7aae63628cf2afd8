import { expect, test } from 'vitest';
import { readControlDefinition } from '../../../src/api/control-definition.ts';
import { ClientConnection } from '../../../src/api/varlink/client-connection.ts';
import type { JsonObject } from '../../../src/api/varlink/envelope.ts';
import { parseInterface } from '../../../src/api/varlink/interface-parser.ts';
import { findInvalidField } from '../../../src/api/varlink/value-check.ts';
import { VarlinkError } from '../../../src/api/varlink/varlink-error.ts';
import { startControlFixture } from '../../support/control-fixture.ts';
import { RawClient } from '../../support/raw-client.ts';

const definition = parseInterface(readControlDefinition());
const problem = {
  name: 'broken',
  class: 'description' as const,
  problems: [{ message: 'wrong', origin: { file: 'services.d/broken', line: 1, column: 2 }, setting: 'type' }],
};

/** Calls in order, each with the outcome (`ok`, or the error's name) that is expected of it. */
const story: readonly (readonly [string, JsonObject, string])[] = [
  ['Ping', {}, 'ok'],
  ['Info', {}, 'ok'],
  ['Start', { name: 'none' }, 'ServiceNotFound'],
  ['Start', { name: 'broken' }, 'LoadFailed'],
  ['Status', { name: 'web' }, 'ServiceNotLoaded'],
  ['Start', { name: 'web', wait: true }, 'ok'],
  ['Start', { name: 'web' }, 'ok'],
  ['Start', { name: 'fails', wait: true }, 'Failed'],
  ['Start', { name: 'lost', wait: true }, 'Failed'],
  ['Start', { name: 'above', wait: true }, 'Failed'],
  ['Status', { name: 'web' }, 'ok'],
  ['Status', { name: 'lost' }, 'ok'],
  ['List', {}, 'ok'],
  ['List', { names: ['web'] }, 'ok'],
  ['Stop', { name: 'db' }, 'HasDependents'],
  ['Release', { name: 'db', wait: true }, 'ok'],
  ['Restart', { name: 'fails' }, 'NotStarted'],
  ['Restart', { name: 'web', wait: true }, 'ok'],
  ['Wake', { name: 'web' }, 'NoActiveDependents'],
  ['Start', { name: 'web', pin: true }, 'ok'],
  ['Stop', { name: 'web' }, 'PinnedStarted'],
  ['Unpin', { name: 'web' }, 'ok'],
  ['Stop', { name: 'web', pin: true, force: true, wait: true }, 'ok'],
  ['Start', { name: 'web' }, 'PinnedStopped'],
  ['SetTrigger', { name: 'web', isSet: true }, 'NotTriggered'],
  ['Signal', { name: 'web', signal: 1 }, 'NoProcess'],
  ['Signal', { name: 'web', signal: 65 }, 'InvalidParameter'],
  ['Load', { name: 'web' }, 'ok'],
  ['Reload', { name: 'web' }, 'ok'],
  ['Unload', { name: 'db' }, 'WrongState'],
  ['Unload', { name: 'none' }, 'ServiceNotLoaded'],
  ['AddDependency', { from: 'web', kind: 'waits-for', to: 'fails' }, 'ok'],
  ['AddDependency', { from: 'db', kind: 'depends-on', to: 'web' }, 'DependencyCycle'],
  ['AddDependency', { from: 'db', kind: 'before', to: 'web' }, 'InvalidParameter'],
  ['RemoveDependency', { from: 'db', kind: 'depends-on', to: 'fails' }, 'NoSuchDependency'],
  ['Enable', { from: 'web', to: 'db', wait: true }, 'ok'],
  ['Disable', { from: 'web', to: 'db' }, 'ok'],
  ['SetEnvironment', { name: 'A', value: 'b' }, 'ok'],
  ['SetEnvironment', { name: 'A=', value: 'b' }, 'InvalidParameter'],
  ['SetEnvironment', { name: 'LD_PRELOAD', value: 'b' }, 'NotAllowed'],
  ['GetEnvironment', {}, 'ok'],
  ['UnsetEnvironment', { name: 'A' }, 'ok'],
  ['ReadLog', { name: 'web' }, 'ok'],
  ['ReadLog', { name: 'silent' }, 'ServiceNotLoaded'],
  ['Load', { name: 'silent' }, 'ok'],
  ['ReadLog', { name: 'silent' }, 'LogUnavailable'],
  ['ReadLog', { name: 'web', follow: true }, 'ExpectedMore'],
  ['ReadLog', { name: 'web', lastBytes: -1 }, 'InvalidParameter'],
  ['ClearLog', { name: 'web' }, 'ok'],
  ['Events', {}, 'ExpectedMore'],
  ['Status', { name: '' }, 'InvalidParameter'],
  ['Load', { name: 'x'.repeat(1022) }, 'InvalidParameter'],
  ['Blockers', {}, 'ok'],
  ['Why', { name: 'web' }, 'ok'],
  ['Why', { name: 'fails' }, 'ok'],
  ['Why', { name: 'none' }, 'ServiceNotLoaded'],
  ['History', {}, 'ok'],
  ['History', { names: ['web'], since: 0.5 }, 'ok'],
  ['RecentEvents', {}, 'ok'],
  ['RecentEvents', { names: ['web'], after: 1 }, 'ok'],
  ['Dependencies', {}, 'ok'],
  ['Plan', { verb: 'start', name: 'web' }, 'ok'],
  ['Plan', { verb: 'shutdown' }, 'ok'],
  ['Plan', { verb: 'reload', name: 'web' }, 'InvalidParameter'],
  ['Access', {}, 'ok'],
  ['Access', { uid: 1000, gid: 100, groups: [4, 5] }, 'ok'],
  ['Access', { uid: -1 }, 'InvalidParameter'],
];

test('io.reeve.Control answers each method with exactly what its definition says', async () => {
  await using fixture = await startControlFixture({
    web: { dependsOn: ['db'], log: 'text' },
    db: {},
    fails: { start: 'fails' },
    lost: { start: 'cannot-execute' },
    above: { dependsOn: ['fails'] },
    broken: { problem },
    silent: { logType: 'none' },
  });
  using connection = await ClientConnection.open(fixture.path);
  const tried = new Set<string>();
  for (const [name, parameters, expected] of story) {
    tried.add(name);
    const { outcome, invalid } = await connection.call(`io.reeve.Control.${name}`, parameters).then(
      (reply) => ({ outcome: 'ok', invalid: invalidReply(name, reply) }),
      (error: unknown) => invalidError(error),
    );
    expect({ name, parameters, outcome, invalid }).toEqual({ name, parameters, outcome: expected, invalid: undefined });
  }
  const untried = [...definition.methods.keys()].filter((name) => !tried.has(name));
  // Upgrade needs a launcher: test/system/upgrade.test.ts.
  expect(untried).toEqual(['Shutdown', 'Upgrade']);
  expect(await connection.call('io.reeve.Control.Shutdown')).toEqual({});
});

function invalidReply(method: string, reply: JsonObject): string | undefined {
  const member = definition.methods.get(method);
  return member ? findInvalidField(definition, member.output, reply) : 'no such method';
}

function invalidError(error: unknown): { outcome: string; invalid: string | undefined } {
  if (!(error instanceof VarlinkError)) throw error;
  const outcome = error.error.slice(error.error.lastIndexOf('.') + 1);
  const declared = error.error.startsWith('io.reeve.Control.') ? definition.errors.get(outcome) : undefined;
  if (!declared)
    return { outcome, invalid: error.error.startsWith('org.varlink.service.') ? undefined : 'not declared' };
  return { outcome, invalid: findInvalidField(definition, declared.parameters, error.parameters) };
}

test('io.reeve.Control streams replies that its definition allows', async () => {
  await using fixture = await startControlFixture({ web: { start: 'waits', log: 'text' } });
  const seen: string[] = [];
  const check = async (method: string, parameters: JsonObject, until: (reply: JsonObject) => boolean) => {
    using connection = await ClientConnection.open(fixture.path);
    for await (const reply of connection.stream(`io.reeve.Control.${method}`, parameters)) {
      expect(invalidReply(method, reply)).toBeUndefined();
      seen.push(`${method} ${Object.keys(reply).join()}`);
      if (until(reply)) break;
    }
  };
  const events = check('Events', {}, ({ event }) => event !== undefined);
  while (fixture.manager.listenerCount === 0) await new Promise((resolve) => setImmediate(resolve));
  await check('Start', { name: 'web', wait: true }, ({ progress }) => {
    if (progress !== undefined) fixture.manager.finish('web');
    return false;
  });
  await events;
  await check('ReadLog', { name: 'web', follow: true }, () => true);
  await check('List', {}, () => false);
  expect(new Set(seen)).toEqual(
    new Set([
      'Events services,isComplete',
      'Start progress',
      'Events event',
      'Start outcome,event',
      'ReadLog data,lost,position',
      'List services',
    ]),
  );
});

test('io.reeve.Control logs who asked for each change', async () => {
  await using fixture = await startControlFixture({ web: {} });
  using connection = await ClientConnection.open(fixture.path);
  await connection.call('io.reeve.Control.Start', { name: 'web' });
  await connection.call('io.reeve.Control.List');
  await connection.call('io.reeve.Control.SetEnvironment', { name: 'A', value: 'b' });
  const [own, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
  expect(fixture.log.map(({ message }) => message)).toEqual([
    `web: start granted to uid ${own}, gid ${gid}`,
    `reeve: setenv A granted to uid ${own}, gid ${gid}`,
  ]);
});

test('List answers ExpectedMore when one reply could not hold all services', async () => {
  const names = Array.from({ length: 2_001 }, (_, index) => `s${index}`);
  await using fixture = await startControlFixture(Object.fromEntries(names.map((name) => [name, {}])));
  await Promise.all(names.map((name) => fixture.manager.load(name)));
  using client = await RawClient.open(fixture.path);
  client.send('{"method":"io.reeve.Control.List"}');
  expect(await client.reply()).toBe('{"error":"org.varlink.service.ExpectedMore"}');
});

test('Events drops a reader that does not take the first state while events go on', async () => {
  const names = Array.from({ length: 5_000 }, (_, index) => `service-with-a-long-name-${index}`);
  await using fixture = await startControlFixture(Object.fromEntries(names.map((name) => [name, {}])));
  await Promise.all(names.map((name) => fixture.manager.load(name)));
  using client = await RawClient.open(fixture.path);
  client.send('{"method":"io.reeve.Control.Events","more":true}');
  client.socket.pause();
  while (fixture.manager.listenerCount === 0) await new Promise((resolve) => setImmediate(resolve));
  for (const name of names) fixture.manager.emit(name, 'started');
  const { message } = await fixture.logged('reads too slowly');
  expect(message).toBe('connection dropped: reads too slowly: the first state is still unread');
  while (fixture.manager.listenerCount > 0) await new Promise((resolve) => setImmediate(resolve));
});

test('ReadLog without more answers the newest 131,072 bytes and says how many are missing', async () => {
  await using fixture = await startControlFixture({ web: { log: `${'a'.repeat(200_000)}end` } });
  await fixture.manager.load('web');
  using connection = await ClientConnection.open(fixture.path);
  const { data, lost } = await connection.call('io.reeve.Control.ReadLog', { name: 'web' });
  const bytes = Buffer.from(String(data), 'base64');
  expect(bytes.length).toBe(131_072);
  expect(bytes.toString().endsWith('end')).toBe(true);
  expect(lost).toBe(200_003 - 131_072);
});
