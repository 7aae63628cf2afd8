/**
 * A client that means harm. Arguments: the uid to become, the attack, the socket, how often. Prints what came of it as JSON when the attack stands, keeps
 * what it holds until its standard input ends, and ends.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';

const [uid = '', attack = '', path = '', count = '1'] = process.argv.slice(2);
const times = Number(count);
process.setgroups?.([]);
process.setgid?.(Number(uid));
process.setuid?.(Number(uid));

const call = (method: string, parameters: object = {}, flags: object = {}): string =>
  `${JSON.stringify({ method: `io.reeve.Control.${method}`, parameters, ...flags })}\0`;

/** Undefined when the listener's backlog is full. */
async function open(): Promise<Socket | undefined> {
  const socket = connect({ path, allowHalfOpen: true });
  const opened = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
  });
  socket.on('error', () => {});
  return opened ? socket : undefined;
}

async function openAll(wanted: number): Promise<Socket[]> {
  const sockets: Socket[] = [];
  while (sockets.length < wanted) {
    const batch = await Promise.all(Array.from({ length: Math.min(100, wanted - sockets.length) }, open));
    for (const socket of batch) if (socket) sockets.push(socket);
    await nextTurn();
  }
  return sockets;
}

/** Whoever reads sees the end of the connection; `until` it was closed or the condition holds. */
async function closedOr(socket: Socket, holds: () => boolean): Promise<void> {
  while (!socket.destroyed && !socket.readableEnded && !holds()) await nextTurn();
}

/** Connects so often, and keeps every connection that the server leaves open. */
async function connections(): Promise<object> {
  const sockets = await openAll(times);
  for (const socket of sockets) socket.resume().on('end', () => socket.destroy());
  // Whoever is still served answers this.
  let answers = 0;
  await Promise.all(
    sockets.map(async (socket) => {
      let hasAnswer = false;
      socket.on('data', () => (hasAnswer = true));
      socket.write(call('Ping'));
      await closedOr(socket, () => hasAnswer);
      if (hasAnswer) answers++;
    }),
  );
  return { connected: sockets.length, served: answers };
}

/** Calls with long answers that nobody reads, until the server takes no more. */
async function unread(): Promise<object> {
  const sockets = await openAll(60);
  let written = 0;
  await Promise.all(
    sockets.map(async (socket) => {
      socket.pause();
      for (let sent = 0; sent < times && !socket.destroyed; sent++) {
        written++;
        if (!socket.write(call('List'))) return;
      }
    }),
  );
  return { written };
}

/** Streams of news that nobody reads. */
async function unreadEvents(): Promise<object> {
  const sockets = await openAll(60);
  for (const socket of sockets) {
    socket.pause();
    socket.write(call('Events', {}, { more: true }));
  }
  return { streams: sockets.length };
}

/** Beginnings of messages. */
async function halves(): Promise<object> {
  const sockets = await openAll(60);
  for (const socket of sockets) {
    socket.resume();
    socket.write(`{"method":"io.reeve.Control.Ping","parameters":{"a":"${'x'.repeat(times)}`);
  }
  return { halves: sockets.length };
}

const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;
const inParameters = (text: string): Buffer =>
  Buffer.from(`{"method":"io.reeve.Control.Start","parameters":${text}}\0`);

/** Each is answered by an error or by the end of the connection. */
const nonsense: Readonly<Record<string, Buffer>> = {
  'not JSON': Buffer.from('hello\0'),
  empty: Buffer.from('\0'),
  'another type': Buffer.from('[1,2]\0'),
  'no method': Buffer.from('{}\0'),
  'deep lists': inParameters(`{"name":${nested(5000)}}`),
  'deep objects': inParameters(`${'{"a":'.repeat(3000)}1${'}'.repeat(3000)}`),
  'open brackets': Buffer.from(`${'['.repeat(16_000)}\0`),
  'a huge number': inParameters('{"name":"web","wait":1e999}'),
  'a number of many digits': inParameters(`{"name":${'9'.repeat(15_000)}}`),
  'a negative zero': inParameters('{"name":-0}'),
  'broken UTF-8': Buffer.concat([Buffer.from('{"method":"'), Buffer.of(0xff, 0xfe, 0xc0, 0x80), Buffer.from('"}\0')]),
  'overlong UTF-8': inParameters('{"name":"\u0001"}').fill(0xc0, 50, 51),
  'half a character': inParameters('{"name":"\\ud800"}'),
  'NUL in a name': inParameters('{"name":"web\\u0000x"}'),
  'a name of controls': inParameters('{"name":"\\u001b[2J\\n../../etc"}'),
  'a key twice': inParameters('{"name":"web","name":"db"}'),
  prototype: inParameters('{"__proto__":{"name":"web"}}'),
  constructor: inParameters('{"name":{"constructor":{"prototype":1}}}'),
  'an unknown field': inParameters('{"name":"web","shell":"/bin/sh"}'),
  'a method of another kind': Buffer.from('{"method":7}\0'),
  'a method of a prototype': Buffer.from('{"method":"io.reeve.Control.constructor"}\0'),
  'a method without end': Buffer.from(`{"method":"${'a.'.repeat(8000)}"}\0`),
  'an upgrade': Buffer.from('{"method":"io.reeve.Control.Ping","upgrade":true}\0'),
  'one way and more': Buffer.from('{"method":"io.reeve.Control.Shutdown","oneway":true,"more":true}\0'),
  'a long name': inParameters(`{"name":"${'n'.repeat(15_000)}"}`),
  'many names': Buffer.from(`{"method":"io.reeve.Control.List","parameters":{"names":[${'"a",'.repeat(3900)}"b"]}}\0`),
  'too long': Buffer.alloc(300_000, 0x78),
};

async function talkNonsense(): Promise<object> {
  const outcomes: Record<string, string> = {};
  for (let round = 0; round < times; round++) {
    for (const [name, bytes] of Object.entries(nonsense)) {
      const [socket] = await openAll(1);
      if (!socket) throw new Error('no connection');
      let text = '';
      socket.on('data', (chunk) => (text += String(chunk)));
      socket.write(bytes);
      // Answered, or hung up: what is one way only ends by our own end.
      socket.end();
      await closedOr(socket, () => false);
      const error = /"error":"[\w.]*\.(\w+)"/.exec(text)?.[1];
      outcomes[name] = error ?? (text === '' ? 'closed' : 'answered');
      socket.destroy();
    }
  }
  return outcomes;
}

/** As many calls as the connections take, answers read. */
async function flood(): Promise<object> {
  const sockets = await openAll(32);
  const calls = [call('Ping'), call('Status', { name: 'web' }), call('Stop', { name: 'web' }), call('Shutdown')];
  const answers: Record<string, number> = {};
  await Promise.all(
    sockets.map(async (socket) => {
      let rest = '';
      let answered = 0;
      socket.on('data', (chunk) => {
        const messages = (rest + String(chunk)).split('\0');
        rest = messages.pop() ?? '';
        answered += messages.length;
        for (const message of messages) {
          const kind = /"error":"[\w.]*\.(\w+)"/.exec(message)?.[1] ?? 'ok';
          answers[kind] = (answers[kind] ?? 0) + 1;
        }
      });
      for (let sent = 0; sent < times; sent++) {
        if (!socket.write(calls.join(''))) await once(socket, 'drain');
      }
      await closedOr(socket, () => answered === times * calls.length);
    }),
  );
  return answers;
}

/** Gone before there can be an answer, at every stage of a command. */
async function vanish(): Promise<object> {
  const commands = [
    call('Restart', { name: 'toy', wait: true }, { more: true }),
    call('Start', { name: 'never', wait: true }, { more: true }),
    call('Start', { name: 'absent', wait: true }),
    call('Reload', { name: 'toy' }),
    call('Events', {}, { more: true }),
    call('ReadLog', { name: 'toy', follow: true }, { more: true }),
    call('List', {}, { more: true }),
  ];
  for (let round = 0; round < times; round++) {
    const [socket] = await openAll(1);
    const command = commands[round % commands.length] ?? '';
    socket?.write(round % 3 === 0 ? command.slice(0, command.length / 2) : command);
    // Some at once, some when the command has begun.
    if (round % 2 === 0) await nextTurn();
    if (round % 5 === 0) socket?.resetAndDestroy();
    else socket?.destroy();
  }
  return { vanished: times };
}

const attacks: Readonly<Record<string, () => Promise<object>>> = {
  connections,
  unread,
  'unread-events': unreadEvents,
  halves,
  nonsense: talkNonsense,
  flood,
  vanish,
};

const outcome = await attacks[attack]?.();
process.stdout.write(`${JSON.stringify(outcome)}\n`);
process.stdin.resume();
await once(process.stdin, 'end');
process.exit();
