import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { RawClient } from '../../support/raw-client.ts';

const program = fileURLToPath(new URL('../../support/programs/serve-with-few-descriptors.ts', import.meta.url));
const ping = '{"method":"org.example.toy.Ping","parameters":{"text":"x"}}';
const pong = '{"parameters":{"text":"x"}}';

interface LimitedServer extends AsyncDisposable {
  readonly path: string;
  ask(): Promise<{ readonly turns: number; readonly connections: number }>;
}

async function startLimited(mode: 'bounded' | 'unbounded'): Promise<LimitedServer> {
  const child: ChildProcess = spawn('sh', ['-c', 'ulimit -n 64; exec "$@"', 'sh', process.execPath, program, mode], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const [hello] = await once(child, 'message');
  return {
    path: hello.path,
    ask: async () => {
      child.send('?');
      const [answer] = await once(child, 'message');
      return answer;
    },
    [Symbol.asyncDispose]: async () => {
      const exit = once(child, 'exit');
      child.disconnect();
      await exit;
    },
  };
}

test.each(['bounded', 'unbounded'] as const)(
  'VarlinkServer neither stops nor turns in vain when descriptors run out (%s)',
  async (mode) => {
    await using server = await startLimited(mode);
    const clients: RawClient[] = [];
    for (let count = 0; count < 120; count++) clients.push(await RawClient.open(server.path));
    // Whoever was not accepted sees the end of the connection; the others are answered.
    for (const client of clients) client.send(ping);
    const replies = await Promise.all(clients.map((client) => client.reply()));
    const served = replies.filter((reply) => reply === pong).length;
    expect(served).toBeGreaterThan(10);
    expect(served).toBeLessThan(64);
    expect(replies.filter((reply) => reply === undefined).length).toBe(120 - served);

    const before = await server.ask();
    expect(before.connections).toBe(served);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect((await server.ask()).turns - before.turns).toBeLessThan(50);

    for (const client of clients) client[Symbol.dispose]();
    while ((await server.ask()).connections > 0);
    using late = await RawClient.open(server.path);
    late.send(ping);
    expect(await late.reply()).toBe(pong);
  },
);
