import type { Socket } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeRequest, type Request, requestKinds } from '../../../src/dinit/requests.ts';
import { requestOf } from '../../dinit/arbitrary-packet.ts';
import { startDinitFixture } from './dinit-fixture.ts';
import { RawDinitClient } from './raw-dinit-client.ts';

/** For the long run: DINIT_SOAK_PACKETS=1000000. */
const packets = Number(process.env['DINIT_SOAK_PACKETS'] ?? 20_000);

const names = ['a', 'b', 'c', 't', 'boot', 'missing', 'a@1', 'no name', 'b@'];
const handle = fc.nat(6);

/** Mostly requests that mean something here, so that states are reached; some of any kind; some noise. */
const likely: fc.Arbitrary<Request> = fc.oneof(
  fc
    .record({ kind: fc.constantFrom('find' as const, 'load' as const), name: fc.constantFrom(...names) })
    .map(({ kind, name }): Request => ({ kind, name: Buffer.from(name) })),
  fc.record({
    kind: fc.constantFrom('start' as const, 'stop' as const, 'wake' as const, 'release' as const),
    flags: fc.constantFrom(0, 1, 2, 4, 6, 128, 134, 255),
    handle,
  }),
  fc.record({
    kind: fc.constantFrom('unpin' as const, 'status' as const, 'status-5' as const, 'status-6' as const),
    handle,
  }),
  fc.record({
    kind: fc.constantFrom(
      'add-dependency' as const,
      'remove-dependency' as const,
      'enable' as const,
      'enable-7' as const,
    ),
    dependency: fc.constantFrom(0, 2, 3),
    from: handle,
    to: handle,
  }),
  fc.record({ kind: fc.constant('set-trigger' as const), handle, value: fc.nat(1) }),
  fc.record({ kind: fc.constant('signal' as const), signal: fc.constantFrom(0, 99, -1), handle }),
  fc.record({
    kind: fc.constantFrom('query-name' as const, 'query-directory' as const),
    reserved: fc.constant(0),
    handle,
  }),
  fc.record({
    kind: fc.constantFrom('query-version' as const, 'list' as const, 'list-5' as const, 'listen-environment' as const),
  }),
  fc.record({ kind: fc.constant('get-environment' as const), reserved: fc.constant(0) }),
  fc
    .constantFrom('A=1', 'A', 'B=xyz', 'C=')
    .map((text): Request => ({ kind: 'set-environment', text: Buffer.from(text) })),
);
/** After these a handle may be gone, and the next use of it ends the connection. */
const endings: fc.Arbitrary<Request> = fc.record({
  kind: fc.constantFrom('unload' as const, 'reload' as const, 'close-handle' as const),
  handle,
});
// A shutdown would make everything after it dull.
const any: fc.Arbitrary<Request> = fc.oneof(
  ...requestKinds()
    .filter((kind) => kind !== 'shutdown')
    .map((kind) => requestOf(kind)),
);
const shutdownCode = 10;
const noise = fc
  .uint8Array({ minLength: 1, maxLength: 20 })
  .map((bytes) => Buffer.from(bytes.filter((byte) => byte !== shutdownCode)));
const message = fc.oneof(
  { weight: 3000, arbitrary: likely.map((request) => encodeRequest(request)) },
  { weight: 10, arbitrary: endings.map((request) => encodeRequest(request)) },
  { weight: 5, arbitrary: any.map((request) => encodeRequest(request)) },
  { weight: 1, arbitrary: noise },
);

/** All handles that are asked about are there at first. */
const opening = ['a', 'b', 'c', 't', 'boot', 'a', 'a@1'].map((name) =>
  encodeRequest({ kind: 'load', name: Buffer.from(name) }).toString('hex'),
);

describe('DinitServer', () => {
  it(`survives ${packets} random packets over several connections and keeps nothing of them`, async () => {
    await using fixture = await startDinitFixture({
      tree: {
        'services/boot': 'type = internal\nwaits-for: a\n',
        'services/a': 'type = internal\n',
        'services/b': 'type = internal\ndepends-on: a\n',
        'services/c': 'type = internal\nwaits-for: b\nrestart = no\n',
        'services/t': 'type = triggered\ndepends-ms: a\n',
      },
      boot: 'boot',
    });
    const seed = Number(process.env['DINIT_SOAK_SEED'] ?? 1);
    const batches = fc.sample(fc.array(message, { minLength: 200, maxLength: 200 }), { numRuns: 50, seed });
    let answers = 0;
    const drain = async (each: RawDinitClient): Promise<void> => {
      while ((await each.packet()) !== undefined) answers += 1;
    };
    let clients: RawDinitClient[] = [];
    for (let round = 0; answers < packets; round++) {
      clients = clients.filter(({ socket }) => !socket.destroyed);
      while (clients.length < 4) {
        const each = await RawDinitClient.open(fixture.path);
        each.send(opening.join(''));
        clients.push(each);
        void drain(each);
      }
      const each = clients[round % clients.length];
      const batch = batches[(round * 7 + Math.trunc(round / 50)) % batches.length] ?? [];
      // Cut anywhere: some of it now, the rest after another connection had its turn.
      const hex = Buffer.concat(batch).toString('hex');
      const middle = 2 * Math.trunc(hex.length / 6);
      each?.send(hex.slice(0, middle));
      await new Promise((resolve) => setImmediate(resolve));
      each?.send(hex.slice(middle));
      if (each?.socket.writableNeedDrain) await untilTaken(each.socket);
    }
    using client = await RawDinitClient.open(fixture.path);
    expect(await client.ask('00'), `seed ${seed}`).toEqual(['3a01000700']);
    for (const { socket } of clients) socket.destroy();
    client.socket.destroy();
    while (fixture.server.connectionCount > 0) await new Promise((resolve) => setImmediate(resolve));
    expect(fixture.manager.holds, `seed ${seed}`).toBe(0);
    expect(
      fixture.log.filter((line) => !line.includes('reads too slowly')),
      `seed ${seed}`,
    ).toEqual([]);
  }, 600_000);
});

function untilTaken(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once('drain', resolve);
    socket.once('close', () => resolve());
  });
}
