import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { expect, test } from 'vitest';
import { RawClient } from '../../support/raw-client.ts';
import { startToyServer } from '../../support/toy-server.ts';

const ping = '{"method":"org.example.toy.Ping","parameters":{"text":"x"}}';
const pong = '{"parameters":{"text":"x"}}';

test('VarlinkServer drops a client whose message is too long, before it has ended', async () => {
  await using toy = await startToyServer();
  using client = await RawClient.open(toy.path);
  client.socket.write('x'.repeat(300 * 1024));
  expect(await client.reply()).toBeUndefined();
  expect(toy.log).toEqual(['connection dropped: a message is longer than 262144 bytes (at 262144)']);
});

test('VarlinkServer takes less from a peer that is not privileged', async () => {
  await using toy = await startToyServer({ isPrivileged: false });
  using client = await RawClient.open(toy.path);
  client.socket.write('x'.repeat(17 * 1024));
  expect(await client.reply()).toBeUndefined();
  expect(toy.log).toEqual(['connection dropped: a message is longer than 16384 bytes (at 16384)']);
});

test('VarlinkServer lets others have their turn between many calls of one client', async () => {
  await using toy = await startToyServer();
  using busy = await RawClient.open(toy.path);
  using other = await RawClient.open(toy.path);
  const take = '{"method":"org.example.toy.Take","oneway":true,"parameters":{"text":"y"}}\0';
  busy.socket.write(take.repeat(600));
  busy.send(ping);
  while (toy.taken.length === 0) await new Promise((resolve) => setImmediate(resolve));
  const takenFirst = toy.taken.length;
  expect(takenFirst).toBeLessThan(600);
  other.send(ping);
  expect(await other.reply()).toBe(pong);
  expect(await busy.reply()).toBe(pong);
  expect(toy.taken.length).toBe(600);
});

test('VarlinkServer drops a client whose message does not end in time', async () => {
  await using toy = await startToyServer({ limits: { messageTime: 20 } });
  using client = await RawClient.open(toy.path);
  client.send(ping);
  client.socket.write('{"method":');
  expect(await client.reply()).toBe(pong);
  expect(await client.reply()).toBeUndefined();
  expect(toy.log).toEqual(['connection dropped: a message did not end in time']);
});

test('VarlinkServer keeps calls behind an unfinished one, and does not read on without bound', async () => {
  await using toy = await startToyServer();
  using client = await RawClient.open(toy.path);
  client.send('{"method":"org.example.toy.Slow","parameters":{"text":"slow"}}');
  const count = 40_000;
  const take = '{"method":"org.example.toy.Take","oneway":true,"parameters":{"text":"y"}}\0';
  client.socket.write(take.repeat(count));
  client.send(ping);
  // The server has stopped reading when the client cannot get rid of the rest.
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(client.socket.writableLength).toBeGreaterThan(1024 * 1024);
  expect(toy.taken).toEqual([]);
  toy.release();
  expect(await client.reply()).toBe('{"parameters":{"text":"slow"}}');
  expect(await client.reply()).toBe(pong);
  expect(toy.taken.length).toBe(count);
});

test('VarlinkServer handles no further call of a client that does not read, and goes on when it does', async () => {
  await using toy = await startToyServer();
  using client = await RawClient.open(toy.path);
  client.socket.pause();
  const size = 64 * 1024;
  const calls = 100;
  client.send(
    ...Array.from({ length: calls }, () => `{"method":"org.example.toy.Blob","parameters":{"size":${size}}}`),
    '{"method":"org.example.toy.Take","oneway":true,"parameters":{"text":"end"}}',
  );
  using other = await RawClient.open(toy.path);
  for (let round = 0; round < 20; round++) {
    other.send(ping);
    expect(await other.reply()).toBe(pong);
  }
  expect(toy.taken).toEqual([]);
  client.socket.resume();
  for (let call = 0; call < calls; call++) expect((await client.reply())?.length).toBeGreaterThan(size);
  while (toy.taken.length === 0) await new Promise((resolve) => setImmediate(resolve));
  expect(toy.log).toEqual([]);
});

test('VarlinkServer drops a client that leaves more than its share of news unread', async () => {
  await using toy = await startToyServer();
  using client = await RawClient.open(toy.path);
  client.send('{"method":"org.example.toy.Flood","more":true,"parameters":{"push":true}}');
  client.socket.pause();
  expect(await toy.logged('reads too slowly')).toMatch(/^connection dropped: reads too slowly: \d+ bytes are unread$/);
  while (toy.server.connectionCount > 0) await new Promise((resolve) => setImmediate(resolve));
});

test('VarlinkServer drops a client that takes nothing for too long', async () => {
  await using toy = await startToyServer({ limits: { stallTime: 30 } });
  using client = await RawClient.open(toy.path);
  client.send('{"method":"org.example.toy.Flood","more":true}');
  client.socket.pause();
  expect(await toy.logged('does not read')).toBe('connection dropped: does not read');
});

test('VarlinkServer ends a stream when its client has gone', async () => {
  await using toy = await startToyServer();
  using client = await RawClient.open(toy.path);
  client.send('{"method":"org.example.toy.Flood","more":true}');
  await client.reply();
  client.socket.destroy();
  while (toy.server.connectionCount > 0) await new Promise((resolve) => setImmediate(resolve));
  expect(toy.log).toEqual([]);
});

test('VarlinkServer bounds the connections of a uid, and takes a new one when an old one has gone', async () => {
  await using toy = await startToyServer({ isPrivileged: false, limits: { connectionsPerUid: 2 } });
  const first = await RawClient.open(toy.path);
  using second = await RawClient.open(toy.path);
  second.send(ping);
  expect(await second.reply()).toBe(pong);
  using third = await RawClient.open(toy.path);
  expect(await third.reply()).toBeUndefined();
  expect(toy.log).toEqual(['connection refused: uid 1000 has 2 connections']);
  first.socket.destroy();
  while (toy.server.connectionCount > 1) await new Promise((resolve) => setImmediate(resolve));
  using fourth = await RawClient.open(toy.path);
  fourth.send(ping);
  expect(await fourth.reply()).toBe(pong);
});

test('VarlinkServer bounds all connections, and keeps some for privileged peers', async () => {
  const limits = { connections: 2, connectionsReserved: 1 };
  await using toy = await startToyServer({ isPrivileged: false, limits });
  using first = await RawClient.open(toy.path);
  first.send(ping);
  expect(await first.reply()).toBe(pong);
  using second = await RawClient.open(toy.path);
  expect(await second.reply()).toBeUndefined();
  expect(toy.log).toEqual(['connection refused: there are 1 connections, the rest is reserved']);
});

test('VarlinkServer leaves the last descriptors of the process alone', async () => {
  await using toy = await startToyServer({ descriptor: 900, limits: { highestDescriptor: 800 } });
  using client = await RawClient.open(toy.path);
  expect(await client.reply()).toBeUndefined();
  expect(toy.log).toEqual(['connection refused: out of descriptors']);
});

test('VarlinkServer writes a bounded number of complaints about clients', async () => {
  await using toy = await startToyServer({ limits: { connections: 0, connectionsReserved: 0 } });
  for (let count = 0; count < 50; count++) {
    using client = await RawClient.open(toy.path);
    expect(await client.reply()).toBeUndefined();
  }
  expect(toy.log.length).toBe(20);
});

test('VarlinkServer stays responsive and does not turn in vain under garbage and idle connections', async () => {
  await using toy = await startToyServer();
  const idle = await Promise.all(Array.from({ length: 200 }, () => RawClient.open(toy.path)));
  const garbage = Buffer.from(Array.from({ length: 4096 }, (_, index) => (index * 37 + 11) % 251));
  for (let round = 0; round < 30; round++) {
    using client = await RawClient.open(toy.path);
    client.socket.write(garbage);
    expect(await client.reply()).toBeUndefined();
  }
  idle[0]?.send(ping);
  expect(await idle[0]?.reply()).toBe(pong);
  const before = performance.nodeTiming.uvMetricsInfo.loopCount;
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(performance.nodeTiming.uvMetricsInfo.loopCount - before).toBeLessThan(20);
  for (const client of idle) client[Symbol.dispose]();
});

test('VarlinkServer sends the last replies when it is disposed, and waits for nobody who does not read', async () => {
  const toy = await startToyServer({ limits: { farewellTime: 20 } });
  using reader = await RawClient.open(toy.path);
  reader.send(ping);
  expect(await reader.reply()).toBe(pong);
  using sleeper = await RawClient.open(toy.path);
  sleeper.send('{"method":"org.example.toy.Flood","more":true}');
  await sleeper.reply();
  sleeper.socket.pause();
  await toy[Symbol.asyncDispose]();
  expect(await reader.reply()).toBeUndefined();
  const ended = once(sleeper.socket, 'end');
  sleeper.socket.resume();
  await ended;
});
