import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodeRequest } from '../../../src/dinit/requests.ts';
import { serviceRights } from '../../../src/daemon/dinit/rights.ts';
import { type DinitFixture, type FixtureOptions, startDinitFixture } from './dinit-fixture.ts';
import { RawDinitClient } from './raw-dinit-client.ts';

const tree = {
  'services/boot': 'type = internal\n',
  'services/a': 'type = internal\n',
  'services/b': 'type = internal\n',
  'services/t': 'type = triggered\n',
};

const start = (options: Partial<FixtureOptions> = {}): Promise<DinitFixture> => startDinitFixture({ tree, ...options });
const load = (name: string): string => encodeRequest({ kind: 'load', name: Buffer.from(name) }).toString('hex');

describe('DinitServer', () => {
  it('refuses a dependency of an unknown kind once, and does nothing', async () => {
    await using fixture = await start();
    using client = await RawDinitClient.open(fixture.path);
    await client.ask(load('a') + load('b'), 2);
    expect(await client.ask('0b 01 00000000 01000000')).toEqual(['34']);
    expect(await client.packet()).toBeUndefined();
    expect(fixture.manager.status('a')?.dependencies).toEqual([]);
  });

  it('does not look at what comes behind a request that it refused', async () => {
    await using fixture = await start();
    using client = await RawDinitClient.open(fixture.path);
    client.send('ff');
    client.socket.write(Buffer.from('0a02', 'hex'));
    expect(await client.packet()).toBe('34');
    expect(await client.packet()).toBeUndefined();
    expect(fixture.manager.shutdownTypes).toEqual([]);
  });

  it.each([
    ['unloads', '09 01000000'],
    ['reloads', '10 01000000'],
  ])('%s a service with several handles and ends all of them', async (_, request) => {
    await using fixture = await start();
    using client = await RawDinitClient.open(fixture.path);
    await client.ask(load('a') + load('a') + load('a'), 3);
    expect(await client.ask(request)).toEqual(['32']);
    expect(await client.ask('1a00000000 1a01000000 1a02000000', 3)).toEqual(['33', '33', '33']);
    expect(fixture.manager.holds).toBe(0);
  });

  it('keeps the handles when an unload is refused', async () => {
    await using fixture = await start();
    using client = await RawDinitClient.open(fixture.path);
    await client.ask(load('t'));
    await client.ask('03 00 00000000');
    expect(await client.ask('09 00000000')).toEqual(['33']);
    expect(await client.ask('0f 00 00000000')).toEqual(['4200010074']);
    expect(fixture.manager.holds).toBe(1);
  });

  it.each([
    ['a name', '02 0300 610062'],
    ['an assignment', '11 0500 413d310042'],
  ])('refuses %s with a NUL in it', async (_, request) => {
    await using fixture = await start();
    using client = await RawDinitClient.open(fixture.path);
    expect(await client.ask(request)).toEqual(['34']);
  });

  it('lists a name of more than 255 bytes by its first 255', async () => {
    const name = 'n'.repeat(250);
    await using fixture = await start({ tree: { [`services/${name}`]: 'type = internal\n' } });
    using client = await RawDinitClient.open(fixture.path);
    const long = `${name}@${'x'.repeat(100)}`;
    await client.ask(load(long));
    const [info = '', done] = await client.ask('19', 2);
    expect(Buffer.from(info, 'hex').subarray(16).toString()).toBe(long.slice(0, 255));
    expect(info.slice(0, 4)).toBe('3eff');
    expect(done).toBe('3f');
  });

  it('answers the request behind one that came in two pieces', async () => {
    await using fixture = await start();
    using client = await RawDinitClient.open(fixture.path);
    client.send('18');
    await new Promise((resolve) => setImmediate(resolve));
    client.send('00');
    expect((await client.packet())?.slice(0, 2)).toBe('4e');
    expect(await client.ask('00')).toEqual(['3a01000700']);
  });

  it('stops reading a client that does not read its replies, and answers everything once it does', async () => {
    await using fixture = await start();
    const socket = connect({ path: fixture.path });
    await once(socket, 'connect');
    socket.pause();
    const count = 200_000;
    // Each is answered by the environment; together far more than any buffer takes.
    const isTaken = socket.write(Buffer.from('1800'.repeat(count), 'hex'));
    using other = await RawDinitClient.open(fixture.path);
    for (let round = 0; round < 50; round++) expect(await other.ask('00')).toEqual(['3a01000700']);
    const reply = 9 + 'PATH=/usr/bin:/bin\0'.length;
    let received = 0;
    const all = Promise.withResolvers<void>();
    socket.on('data', (chunk: Buffer) => {
      received += chunk.length;
      if (received >= count * reply) all.resolve();
    });
    socket.resume();
    await all.promise;
    expect(received).toBe(count * reply);
    expect(isTaken).toBe(false);
    socket.destroy();
  });

  it('drops a client that lets events pile up, and says why', async () => {
    await using fixture = await start({ limits: { unreadEvents: 20_000 }, boot: 'boot' });
    const socket = connect({ path: fixture.path });
    await once(socket, 'connect');
    socket.on('error', () => {});
    socket.write(Buffer.from(load('a').repeat(200), 'hex'));
    using other = await RawDinitClient.open(fixture.path);
    await other.ask(load('a'));
    await untilHolds(fixture, 2);
    socket.pause();
    // Two events of 200 handles each; the kernel's buffer takes the first ones.
    for (let round = 0; round < 500 && fixture.log.length === 0; round++) {
      await other.ask('03 00 00000000', 3);
      await other.ask('04 00 00000000', 3);
    }
    expect(fixture.log[0]).toMatch(/^dinit connection dropped: reads too slowly: \d+ bytes are unread$/);
    await untilHolds(fixture, 1);
    expect(await other.ask('00')).toEqual(['3a01000700']);
  });

  it('refuses handles beyond the limit as want of memory, and frees what the client had', async () => {
    await using fixture = await start({ limits: { handles: 3 } });
    using client = await RawDinitClient.open(fixture.path);
    const replies = await client.ask(load('a').repeat(4), 4);
    expect(replies.map((hex) => hex.slice(0, 2))).toEqual(['3b', '3b', '3b', '35']);
    expect(await client.packet()).toBeUndefined();
    await untilHolds(fixture, 0);
  });

  it('closes connections beyond the limit at once', async () => {
    await using fixture = await start({ limits: { connections: 2 } });
    using first = await RawDinitClient.open(fixture.path);
    using second = await RawDinitClient.open(fixture.path);
    using third = await RawDinitClient.open(fixture.path);
    expect(await third.packet()).toBeUndefined();
    expect(await first.ask('00')).toEqual(await second.ask('00'));
    expect(fixture.log).toEqual(['dinit connection refused: there are 2 connections']);
  });

  it('holds nothing for a client that left while its service was being loaded', async () => {
    await using fixture = await start();
    const loaded = fixture.manager.load.bind(fixture.manager);
    const begun = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    fixture.manager.load = async (name) => {
      begun.resolve();
      await go.promise;
      return await loaded(name);
    };
    using client = await RawDinitClient.open(fixture.path);
    client.send(load('a'));
    await begun.promise;
    client.socket.destroy();
    go.resolve();
    while (fixture.server.connectionCount > 0) await new Promise((resolve) => setImmediate(resolve));
    expect(fixture.manager.facts('a')).toBeDefined();
    expect(fixture.manager.holds).toBe(0);
  });

  it('complains about clients so often and then only counts', async () => {
    await using fixture = await start({ limits: { connections: 0 } });
    for (let round = 0; round < 30; round++) {
      using client = await RawDinitClient.open(fixture.path);
      expect(await client.packet()).toBeUndefined();
    }
    expect(fixture.log).toHaveLength(20);
  });

  it('tells in the words of dinit what could not be done', async () => {
    await using fixture = await start({ boot: 'boot' });
    fixture.plant({ 'services/bad': 'type = wibble\n', 'services/a': 'type = triggered\n' });
    using client = await RawDinitClient.open(fixture.path);
    expect(await client.ask(load('bad') + load('boot'), 2)).toEqual(['47', '3b020000000002']);
    fixture.plant({ 'services/boot': 'type = triggered\n' });
    expect(await client.ask('10 00000000')).toEqual(['33']);
    expect(fixture.said).toEqual([
      "Error in service description for 'bad': setting 'type' (file services/bad, line 1): " +
        'service type must be one of: "scripted", "process", "bgprocess", "internal" or "triggered"',
      'Could not reload service boot: cannot change type of non-stopped service.',
    ]);
  });

  it('answers what a client asked before it closed its direction', async () => {
    await using fixture = await start();
    using client = await RawDinitClient.open(fixture.path);
    client.send(load('a') + '00');
    client.socket.end();
    expect(await client.packet()).toBe('3b000000000000');
    expect(await client.packet()).toBe('3a01000700');
    expect(await client.packet()).toBeUndefined();
  });

  it('takes the last shutdown type that was asked for', async () => {
    await using fixture = await start({ tree: { ...tree, 'services/boot': 'type = triggered\n' }, boot: 'boot' });
    using client = await RawDinitClient.open(fixture.path);
    expect((await client.ask('0a01')).at(-1)).toBe('32');
    expect(fixture.manager.shutdownTypes).toEqual(['remain']);
  });

  it('lets a service look through its own connection, but change nothing', async () => {
    await using fixture = await start({ boot: 'boot' });
    const { near, far } = await socketPair(fixture.directory);
    fixture.server.adopt(near, { uid: 0, gid: 0, pid: 0, groups: [] }, serviceRights);
    far.write(Buffer.from('01 0400 626f6f74 04 00 00000000 0a 02 1a 00000000'.replaceAll(' ', ''), 'hex'));
    far.end();
    const answer = Buffer.concat(await far.toArray()).toString('hex');
    expect(answer).toBe('3b020000000002333346000202080000000000000000000000');
    expect(fixture.manager.shutdownTypes).toEqual([]);
  });
});

async function untilHolds({ manager }: DinitFixture, count: number): Promise<void> {
  while (manager.holds !== count) await new Promise((resolve) => setImmediate(resolve));
}

async function socketPair(directory: string): Promise<{ readonly near: Socket; readonly far: Socket }> {
  const path = join(directory, 'pair');
  const listener = createServer({ allowHalfOpen: true });
  listener.listen(path);
  await once(listener, 'listening');
  const far = connect({ path });
  const [near] = (await once(listener, 'connection')) as [Socket];
  listener.close();
  return { near, far };
}
