import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ClientConnection, ConnectionError } from '../../../src/api/varlink/client-connection.ts';
import { VarlinkError } from '../../../src/api/varlink/varlink-error.ts';
import { makeTemporaryDirectory } from '../../support/temporary-directory.ts';
import { startToyServer } from '../../support/toy-server.ts';

/** A server that answers the first bytes of each connection with what it is told to, and then closes if told to. */
async function startScripted(answer: string | Buffer, closes = false) {
  const directory = makeTemporaryDirectory();
  const path = join(directory.path, 'socket');
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.once('data', () => (closes ? socket.end(answer) : socket.write(answer)));
  });
  server.listen(path);
  await once(server, 'listening');
  return {
    path,
    [Symbol.dispose]: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      directory[Symbol.dispose]();
    },
  };
}

test('call() sends ahead, and each call gets its own reply', async () => {
  await using toy = await startToyServer();
  using connection = await ClientConnection.open(toy.path);
  const calls = ['a', 'b', 'c'].map((text) => connection.call('org.example.toy.Ping', { text }));
  const failing = connection.call('org.example.toy.Fail', { kind: 'broken' });
  connection.callOneway('org.example.toy.Take', { text: 'quietly' });
  expect(await Promise.all(calls)).toEqual([{ text: 'a' }, { text: 'b' }, { text: 'c' }]);
  await expect(failing).rejects.toThrow(new VarlinkError('org.example.toy.Broken', { reason: 'because', code: 7 }));
  await connection.call('org.example.toy.Ping', { text: 'd' });
  expect(toy.taken).toEqual(['quietly']);
});

test('stream() yields every reply, and the connection goes on after the last one', async () => {
  await using toy = await startToyServer();
  using connection = await ClientConnection.open(toy.path);
  const count = 500;
  const seen: unknown[] = [];
  for await (const reply of connection.stream('org.example.toy.Watch', { count })) seen.push(reply);
  expect(seen).toEqual([...Array.from({ length: count }, (_, index) => ({ index })), { done: true }]);
  expect(await connection.call('org.example.toy.Ping', { text: 'x' })).toEqual({ text: 'x' });
});

test('stream() throws an error in the middle after the replies before it', async () => {
  await using toy = await startToyServer();
  using connection = await ClientConnection.open(toy.path);
  const seen: unknown[] = [];
  const read = async () => {
    for await (const reply of connection.stream('org.example.toy.List', { how: 'midfail' })) seen.push(reply);
  };
  await expect(read()).rejects.toThrow(VarlinkError);
  expect(seen).toEqual([{ name: 'a' }]);
  expect(await connection.call('org.example.toy.Ping', { text: 'x' })).toEqual({ text: 'x' });
});

test('stream() closes the connection when its loop is left early', async () => {
  await using toy = await startToyServer();
  const connection = await ClientConnection.open(toy.path);
  for await (const _ of connection.stream('org.example.toy.Flood')) break;
  await connection.closed;
  await expect(connection.call('org.example.toy.Ping', { text: 'x' })).rejects.toMatchObject({ reason: 'CLOSED' });
});

test('stream() takes a flood no faster than it is read', async () => {
  await using toy = await startToyServer();
  using connection = await ClientConnection.open(toy.path);
  let read = 0;
  for await (const _ of connection.stream('org.example.toy.Flood')) {
    await new Promise((resolve) => setImmediate(resolve));
    if (++read === 300) break;
  }
  expect(read).toBe(300);
  expect(toy.log).toEqual([]);
});

test('a disposed connection fails the calls that wait', async () => {
  await using toy = await startToyServer();
  const connection = await ClientConnection.open(toy.path);
  const waiting = connection.call('org.example.toy.Slow', { text: 'x' });
  connection[Symbol.dispose]();
  await expect(waiting).rejects.toThrow(ConnectionError);
});

test.each([
  ['garbage', 'what?\0', 'PROTOCOL'],
  ['an unknown member', '{"parameters":{},"extra":1}\0', 'PROTOCOL'],
  ['a list', '[]\0', 'PROTOCOL'],
  ['an error that is no name', '{"error":3}\0', 'PROTOCOL'],
  ['several replies to one call', '{"continues":true}\0', 'PROTOCOL'],
  ['bytes that are no text', Buffer.of(0xff, 0), 'PROTOCOL'],
  ['more than any reply may be', Buffer.alloc(17 * 1024 * 1024, 'x'), 'PROTOCOL'],
])('call() refuses a server that answers %s', async (_title, answer, reason) => {
  using server = await startScripted(answer);
  using connection = await ClientConnection.open(server.path);
  await expect(connection.call('a.b.C')).rejects.toMatchObject({ code: 'REEVE_CONNECTION', reason });
});

test('call() says that the server closed, also in the middle of a reply', async () => {
  using server = await startScripted('{"parameters":', true);
  using connection = await ClientConnection.open(server.path);
  await expect(connection.call('a.b.C')).rejects.toMatchObject({ reason: 'CLOSED' });
});

test('open() tells why there is no connection', async () => {
  using directory = makeTemporaryDirectory();
  await expect(ClientConnection.open(join(directory.path, 'none'))).rejects.toMatchObject({ reason: 'ENOENT' });
});

test('open() waits while so many others want to connect that the kernel takes no more of them', async () => {
  using directory = makeTemporaryDirectory();
  const path = join(directory.path, 'socket');
  const script = `require('net').createServer((s) => s.end()).listen({ path: ${JSON.stringify(path)}, backlog: 2 }, () => console.log('up'))`;
  const server = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(server.stdout, 'data');
  server.kill('SIGSTOP');
  let refusal = '';
  const others: Socket[] = [];
  while (refusal === '') {
    const socket = connect({ path });
    others.push(socket);
    socket.on('error', (error: NodeJS.ErrnoException) => (refusal = error.code ?? 'unknown'));
    await once(socket, 'connect').catch(() => {});
  }
  expect(refusal).toBe('EAGAIN');
  const opening = ClientConnection.open(path);
  server.kill('SIGCONT');
  using connection = await opening;
  await connection.closed;
  for (const socket of others) socket.destroy();
  server.kill();
  await once(server, 'exit');
});
