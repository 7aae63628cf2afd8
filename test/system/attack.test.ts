/**
 * Clients that mean harm, against the whole system. Whatever they do: services keep running, the daemon is the same one, it answers others meanwhile, it
 * does not grow beyond a bound, and afterwards it has no descriptor more than before.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { connect, type ReeveClient } from '../../src/api/client.ts';
import { ReeveInstance } from '../support/reeve-instance.ts';

const isRoot = process.getuid?.() === 0;
const program = fileURLToPath(new URL('../support/programs/attack.ts', import.meta.url));
const stranger = 4001;
const operator = 4002;
const megabyte = 2 ** 20;
/** What a daemon may have in memory more than before an attack, at its worst moment. */
const growth = 48 * megabyte;

const sleep = 'type = process\ncommand = /bin/sleep 1000\nlog-type = buffer\n';
const names = ['web', ...Array.from({ length: 200 }, (_, index) => `filler${index}`)];

function boot(): Promise<ReeveInstance> {
  return ReeveInstance.boot({
    mode: 'system',
    files: {
      'sd/boot': `type = internal\n${names.map((name) => `waits-for = ${name}\n`).join('')}`,
      'sd/web': sleep,
      ...Object.fromEntries(names.slice(1).map((name) => [`sd/${name}`, 'type = internal\n'])),
      'sd/toy': 'type = internal\n',
      'sd/never': 'type = process\ncommand = /bin/sleep 1000\nready-notification = pipefd:3\nstart-timeout = 0\n',
      'reeve.ini': `[users]\ndaemon = 54321\nlogger = 54322\n[access]\n${operator} = operate\n${operator} = only reload\n`,
    },
    arguments: ['--config', '{DIR}/reeve.ini', '--log-level', 'warn'],
    names: ['boot', 'toy'],
  });
}

interface Attack extends AsyncDisposable {
  /** What the attacker says when the attack stands. */
  readonly outcome: unknown;
}

async function begin(uid: number, attack: string, socket: string, count: number): Promise<Attack> {
  const child: ChildProcess = spawn(process.execPath, [program, String(uid), attack, socket, String(count)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout?.on('data', (chunk) => (said += String(chunk)));
  const exited = once(child, 'exit');
  await new Promise<void>((resolve) => {
    child.stdout?.on('data', () => said.includes('\n') && resolve());
    void exited.then(() => resolve());
  });
  return {
    outcome: JSON.parse(said === '' ? 'null' : said),
    [Symbol.asyncDispose]: async () => {
      child.stdin?.end();
      await exited;
    },
  };
}

interface Measure {
  readonly daemon: number;
  readonly web: number | undefined;
  readonly descriptors: number;
  readonly peak: number;
}

async function measure(client: ReeveClient): Promise<Measure> {
  const { pid } = await client.info();
  return {
    daemon: pid,
    web: (await client.status('web')).pid,
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
    peak: Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024,
  };
}

/** Asks all the time; every question must be answered. */
function askOn(path: string): { readonly finished: () => Promise<number> } {
  let isOver = false;
  const answered = (async () => {
    let count = 0;
    for (; !isOver; count++) {
      // A new connection each time: whoever comes now is served, too.
      using client = await connect(path);
      await client.ping();
      expect((await client.status('web')).state).toBe('started');
    }
    return count;
  })();
  return {
    finished: () => {
      isOver = true;
      return answered;
    },
  };
}

/** Runs an attack, with `meanwhile` when it stands, and checks what must hold for all of them. */
async function checkSurvival(
  attack: { readonly uid: number; readonly name: string; readonly count: number },
  meanwhile: (reeve: ReeveInstance, outcome: unknown) => void | Promise<void> = () => {},
): Promise<void> {
  await using reeve = await boot();
  await reeve.untilStatus('boot', { state: 'started' });
  using client = await connect(reeve.socket);
  const before = await measure(client);
  const asking = askOn(reeve.socket);
  {
    await using attacker = await begin(attack.uid, attack.name, reeve.socket, attack.count);
    await meanwhile(reeve, attacker.outcome);
    using late = await connect(reeve.socket);
    expect((await late.status('web')).state).toBe('started');
  }
  expect(await asking.finished()).toBeGreaterThan(0);
  await reeve.until(
    async () => (await measure(client)).descriptors <= before.descriptors,
    `no more than ${before.descriptors} descriptors`,
  );
  const after = await measure(client);
  if (process.env['REEVE_SHOW_GROWTH'] !== undefined) {
    process.stderr.write(`${attack.name}: ${before.peak / megabyte} MB, at most ${after.peak / megabyte} MB\n`);
  }
  expect({ daemon: after.daemon, web: after.web }).toEqual({ daemon: before.daemon, web: before.web });
  expect(after.peak - before.peak).toBeLessThan(growth);
  const lines = reeve.output.split('\n').filter((line) => !/: (started|stopped)/.test(line));
  expect(lines.length).toBeLessThan(100);
}

const all = (outcome: string, ...names: readonly string[]) => Object.fromEntries(names.map((name) => [name, outcome]));

/** How each message of the attack `nonsense` is taken. */
const nonsenseOutcomes: Readonly<Record<string, string>> = {
  ...all('closed', 'not JSON', 'empty', 'another type', 'no method', 'a method of another kind', 'too long'),
  ...all('closed', 'deep lists', 'deep objects', 'open brackets', 'broken UTF-8', 'overlong UTF-8'),
  ...all('closed', 'half a character', 'NUL in a name', 'one way and more'),
  ...all('InvalidParameter', 'a huge number', 'a number of many digits', 'a negative zero', 'a key twice'),
  ...all('InvalidParameter', 'prototype', 'constructor', 'an unknown field', 'an upgrade', 'a long name'),
  'a name of controls': 'LoadFailed',
  'a method of a prototype': 'MethodNotFound',
  'a method without end': 'InterfaceNotFound',
  'many names': 'answered',
};

describe.skipIf(!isRoot)('an attack (needs root)', () => {
  test('ten thousand connections of one uid leave it a few, and others all they need', async () => {
    const limit = Number(/^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]);
    const count = Math.min(10_000, limit - 500);
    await checkSurvival({ uid: stranger, name: 'connections', count }, (_reeve, outcome) => {
      expect(outcome).toEqual({ connected: count, served: expect.any(Number) });
      expect((outcome as { served: number }).served).toBeLessThanOrEqual(64);
    });
  });

  test('connections of root are bounded as well', async () => {
    await checkSurvival({ uid: 0, name: 'connections', count: 500 }, (_reeve, outcome) => {
      // Others hold a few of the 512 that there are.
      expect(outcome).toEqual({ connected: 500, served: 500 });
    });
  });

  test('answers that nobody reads cost a bounded amount', async () => {
    await checkSurvival({ uid: stranger, name: 'unread', count: 50_000 });
  });

  test('news that nobody reads cost a bounded amount', async () => {
    await checkSurvival({ uid: stranger, name: 'unread-events', count: 1 }, async (reeve) => {
      using client = await connect(reeve.socket);
      for (let round = 0; round < 800; round++) await client.restart('toy', { wait: false });
    });
  });

  test('halves of messages keep nobody else waiting', async () => {
    await checkSurvival({ uid: stranger, name: 'halves', count: 15_000 });
  });

  test('nonsense is answered by an error or by hanging up', async () => {
    await checkSurvival({ uid: operator, name: 'nonsense', count: 3 }, (_reeve, outcome) => {
      expect(outcome).toEqual(nonsenseOutcomes);
    });
  });

  test('a flood of calls is answered, call by call, and gains nothing', async () => {
    const count = 250;
    await checkSurvival({ uid: stranger, name: 'flood', count }, (_reeve, outcome) => {
      expect(outcome).toEqual({ ok: 2 * 32 * count, NotPermitted: 2 * 32 * count });
    });
  });

  test('clients that vanish in the middle of a command leave nothing behind', async () => {
    await checkSurvival({ uid: operator, name: 'vanish', count: 3000 });
  });
});
