import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { defaultGrant, type Grant } from '../../../src/api/access/grant.ts';
import { encodeRequest, type Request, type RequestKind, requestKinds } from '../../../src/dinit/requests.ts';
import { type DinitFixture, type FixtureOptions, startDinitFixture } from './dinit-fixture.ts';
import { RawDinitClient } from './raw-dinit-client.ts';

const bytes = (text: string) => Buffer.from(text);
const tree = { 'services/boot': 'type = internal\ndepends-on = lamp\n', 'services/lamp': 'type = triggered\n' };
const operate = (services: readonly string[]): Grant => ({
  subject: { kind: 'user', id: 4001 },
  allows: { kind: 'role', role: 'operate' },
  services,
  text: 'x',
});

/** One of each kind, about the service whose handle is 0. */
const one: { readonly [K in RequestKind]: Request & { readonly kind: K } } = {
  'query-version': { kind: 'query-version' },
  find: { kind: 'find', name: bytes('lamp') },
  load: { kind: 'load', name: bytes('lamp') },
  start: { kind: 'start', flags: 0, handle: 0 },
  stop: { kind: 'stop', flags: 0, handle: 0 },
  wake: { kind: 'wake', flags: 0, handle: 0 },
  release: { kind: 'release', flags: 0, handle: 0 },
  unpin: { kind: 'unpin', handle: 0 },
  list: { kind: 'list' },
  unload: { kind: 'unload', handle: 0 },
  shutdown: { kind: 'shutdown', type: 2 },
  'add-dependency': { kind: 'add-dependency', dependency: 2, from: 0, to: 1 },
  'remove-dependency': { kind: 'remove-dependency', dependency: 2, from: 0, to: 1 },
  'query-load-mechanism': { kind: 'query-load-mechanism' },
  enable: { kind: 'enable', dependency: 2, from: 0, to: 1 },
  'query-name': { kind: 'query-name', reserved: 0, handle: 0 },
  reload: { kind: 'reload', handle: 0 },
  'set-environment': { kind: 'set-environment', text: bytes('SECRET=value') },
  status: { kind: 'status', handle: 0 },
  'set-trigger': { kind: 'set-trigger', handle: 0, value: 1 },
  'read-log': { kind: 'read-log', flags: 0, handle: 0 },
  signal: { kind: 'signal', signal: 15, handle: 0 },
  'query-directory': { kind: 'query-directory', reserved: 0, handle: 0 },
  'close-handle': { kind: 'close-handle', handle: 0 },
  'get-environment': { kind: 'get-environment', reserved: 0 },
  'list-5': { kind: 'list-5' },
  'status-5': { kind: 'status-5', handle: 0 },
  'listen-environment': { kind: 'listen-environment' },
  'status-6': { kind: 'status-6', handle: 0 },
  'enable-7': { kind: 'enable-7', dependency: 2, from: 0, to: 1 },
};
const looking: readonly RequestKind[] = [
  ...(['query-version', 'find', 'load', 'list', 'query-load-mechanism', 'query-name', 'status'] as const),
  ...(['query-directory', 'close-handle', 'list-5', 'status-5', 'status-6'] as const),
];
const nak = 0x33;

const start = (options: Partial<FixtureOptions>): Promise<DinitFixture> =>
  startDinitFixture({ tree, boot: 'boot', uid: 4001, ...options });

/** The first byte that comes back, on a connection that has the handle 0 of lamp and 1 of boot. */
async function firstByte({ path }: DinitFixture, request: Request): Promise<number | undefined> {
  using client = await RawDinitClient.open(path);
  const handles = ['lamp', 'boot'].map((name) => encodeRequest({ kind: 'find', name: bytes(name) }).toString('hex'));
  await client.ask(handles.join(''), 2);
  const answered = once(client.socket, 'data');
  client.socket.write(encodeRequest(request));
  const [chunk] = await answered;
  return chunk[0];
}

describe('the dinit socket', () => {
  it('the dinit socket lets an observer look, refuses it every change, and leaves an audit line for each', async () => {
    await using fixture = await start({ grants: [defaultGrant] });
    const before = JSON.stringify([fixture.manager.status('lamp'), fixture.manager.status('boot')]);
    const refused: RequestKind[] = [];
    for (const kind of requestKinds()) if ((await firstByte(fixture, one[kind])) === nak) refused.push(kind);
    expect(refused).toEqual(requestKinds().filter((kind) => !looking.includes(kind)));
    expect(JSON.stringify([fixture.manager.status('lamp'), fixture.manager.status('boot')])).toBe(before);
    expect(fixture.manager.shutdownTypes).toEqual([]);
    const who = 'refused to uid 4001, gid 0';
    expect(fixture.audit).toEqual([
      ...['start', 'stop --force', 'wake', 'release', 'unpin', 'unload'].map((verb) => `lamp: ${verb} ${who}`),
      `reeve: shutdown ${who}`,
      ...['add-dep boot', 'rm-dep boot', 'enable boot', 'reload'].map((verb) => `lamp: ${verb} ${who}`),
      `reeve: setenv SECRET ${who}`,
      ...['trigger', 'signal 15', 'enable boot'].map((verb) => `lamp: ${verb} ${who}`),
    ]);
  });

  it('the dinit socket goes by the service: a grant for one is none for another, nor for whom it would take along', async () => {
    const only = await start({ grants: [defaultGrant, operate(['lamp'])] });
    await using fixture = only;
    const pinned = { kind: 'wake', flags: 1, handle: 0 } as const;
    for (const request of [
      one.wake,
      pinned,
      { ...one.wake, handle: 1 },
      one.stop,
      { ...one.stop, flags: 2 },
      one.reload,
    ])
      await firstByte(fixture, request);
    const who = 'to uid 4001, gid 0';
    expect(fixture.audit).toEqual([
      `lamp: wake granted ${who}`,
      `lamp: wake --pin granted ${who}`,
      `boot: wake refused ${who}`,
      `lamp: stop --force refused ${who}`,
      `lamp: stop granted ${who}`,
      `lamp: reload refused ${who}`,
    ]);
  });

  it('the dinit socket tells root’s changes too, and of a variable only the name', async () => {
    await using fixture = await start({ uid: 0 });
    expect(await firstByte(fixture, one['set-environment'])).not.toBe(nak);
    expect(fixture.audit).toEqual(['reeve: setenv SECRET granted to uid 0, gid 0']);
    expect(fixture.manager.environment().get('SECRET')).toBe('value');
  });
});
