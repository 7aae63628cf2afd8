/** A socket that somebody listens on is not yet a daemon. */
import { writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { connectAnswered } from '../../../src/control/session/connect-answered.ts';
import { ReevectlError } from '../../../src/control/session/failure.ts';
import { makeTemporaryDirectory } from '../../support/temporary-directory.ts';

const owned: Disposable[] = [];
afterEach(() => {
  for (const each of owned.splice(0)) each[Symbol.dispose]();
});

const status = (daemon: string): string =>
  `launcher 7\nreeve-daemon ${daemon}\nreeve-logger running 12 present 1 0 \nservice 20 web\nend\n`;

/** Listens, and treats each connection as `greet` says. */
async function listening(greet: (socket: Socket, count: number) => void, word?: string): Promise<string> {
  const directory = makeTemporaryDirectory();
  const path = join(directory.path, 'control');
  if (word !== undefined) writeFileSync(join(directory.path, 'launcher.status'), status(word));
  let count = 0;
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    greet(socket, ++count);
  });
  server.listen(path);
  await once(server, 'listening');
  owned.push({
    [Symbol.dispose]: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      directory[Symbol.dispose]();
    },
  });
  return path;
}

const answer = (socket: Socket, text: string): void => void socket.once('data', () => socket.write(`${text}\0`));
const failureOf = async (
  path: string,
  patience = { total: 60_000, firstLook: 1 },
): Promise<ReevectlError['failure']> => {
  const error: unknown = await connectAnswered(path, () => 1000, patience).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ReevectlError)) throw error;
  return error.failure;
};

test('connectAnswered() goes on with the next daemon when one ends before it has answered', async () => {
  const path = await listening((socket, count) => (count < 3 ? socket.destroy() : answer(socket, '{"parameters":{}}')));
  using client = await connectAnswered(path, () => 0);
  expect(client.path).toBe(path);
});

test('connectAnswered() takes a refusal for an answer', async () => {
  const path = await listening((socket) => answer(socket, '{"error":"org.varlink.service.PermissionDenied"}'));
  using client = await connectAnswered(path, () => 0);
  expect(client.path).toBe(path);
});

test('connectAnswered() tells what the launcher knows of a daemon that dies again and again', async () => {
  const path = await listening(() => {}, 'waiting 8000 present 4 4 exited with status 3');
  expect(await failureOf(path)).toMatchObject({
    exitCode: 4,
    kind: 'not-answered',
    message: 'reevectl: the daemon does not answer',
    more: [
      'its launcher (process 7) says:',
      expect.stringMatching(/^daemon: not running, .*last end: exited with status 3$/),
      'logger: process 12',
      '1 process of services runs:',
      '  web: process 20',
    ],
    details: { launcher: { pid: 7 } },
  });
});

test('connectAnswered() waits for a daemon that runs, until its patience is over', async () => {
  const path = await listening(() => {}, 'running 30 present 1 0 ');
  const failure = await failureOf(path, { total: 50, firstLook: 1 });
  expect(failure.more?.[1]).toBe('daemon: process 30');
});

test('connectAnswered() has only its own word where no launcher has left one', async () => {
  const path = await listening(() => {});
  const failure = await failureOf(path, { total: 50, firstLook: 1 });
  expect(failure).toEqual({ exitCode: 4, kind: 'not-answered', message: 'reevectl: the daemon does not answer' });
});
