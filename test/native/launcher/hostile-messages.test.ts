/** A daemon that was taken over, message by message: cut, stretched, damaged, repeated, and thousands a second. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { FrameWriter } from '../../../src/frame/fields.ts';
import { toLauncher } from '../../../src/daemon/launcher/messages.ts';
import { bytesOf, type DaemonMessage, exit, header, hello, messages } from './daemon-messages.ts';
import type { FakeDaemon } from './fake-daemon.ts';
import { LauncherRig, script, service } from './launcher-rig.ts';

const limits = { acknowledge: 20_000, compile: 10_000, restartFirst: 1, restartLargest: 1 };

interface Witness {
  readonly rig: LauncherRig;
  /** The next daemon, which is told that the service still runs. */
  next(): Promise<FakeDaemon>;
}

/** A launcher with a running service; `attack` goes through any number of daemons. Afterwards the service lives, and the launcher starts another one. */
async function checkWitness(attack: (witness: Witness) => Promise<void>): Promise<void> {
  await using host = await LauncherRig.boot({
    services: [service('a', ['/bin/sleep', '1000']), script('b', 'exit 7')],
    settings: { limits },
  });
  const { rig } = host;
  host.daemon.launch(0, 5);
  const { pid } = await host.daemon.until('executed');
  host.daemon.close();
  const next = async (): Promise<FakeDaemon> => {
    const daemon = await rig.daemon();
    await daemon.hello();
    expect(await daemon.until('process')).toMatchObject({ slot: 0, run: 5, pid, isExecuted: true });
    await daemon.until('synced');
    return daemon;
  };
  await attack({ rig, next });
  const last = await next();
  last.launch(1, 6);
  expect((await last.until('exited')).exit).toEqual({ kind: 'exited', status: 7 });
}

const everyMessage = (daemon: FakeDaemon): Readonly<Record<string, DaemonMessage>> => ({
  ...messages,
  hello: hello(daemon.pid),
  exit: exit(0),
});
const names = [...Object.keys(messages), 'hello', 'exit'];

function messageOf(name: string, daemon: FakeDaemon): DaemonMessage {
  const message = everyMessage(daemon)[name];
  if (!message) throw new Error(`no message ${name}`);
  return message;
}

/** Of what is alive; kilobytes. */
const peakOf = (pid: number): number =>
  Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
const descriptorsOf = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length;

/** Those that are no lie: an acknowledgement must be of what was sent. */
const truthful = (daemon: FakeDaemon): readonly DaemonMessage[] =>
  Object.entries(messages).map(([name, message]) =>
    name === 'ack' ? { ...message, fields: (w: FrameWriter) => void w.u32(daemon.handled) } : message,
  );

/** Ends a daemon by what it says: one that ends by itself after TIMER is asleep. */
async function condemned(daemon: FakeDaemon): Promise<void> {
  daemon.write(Uint8Array.of(0));
  await daemon.closed;
}

/** All that was said before has been handled. */
async function settled(daemon: FakeDaemon): Promise<void> {
  daemon.send(toLauncher.unsetenv, (w) => w.text('SETTLED'));
  await daemon.until('environment', ({ text }) => text === 'SETTLED');
}

test('these tests know every message that there is', () => {
  const known = [...Object.values(messages), hello(1), exit(0)].map(({ type }) => type);
  expect(known.toSorted()).toEqual(Object.values(toLauncher).toSorted());
});

test('every message that announces a payload of another size ends the daemon before the payload comes', async () => {
  await checkWitness(async ({ next }) => {
    for (const name of names) {
      for (const side of [0, 1] as const) {
        const daemon = await next();
        const { type, sizes } = messageOf(name, daemon);
        daemon.write(header(type, side === 0 ? sizes[0] - 1 : sizes[1] + 1));
        await daemon.closed;
      }
    }
  });
});

test('every message that ends at any of its bytes is no message', async () => {
  await checkWitness(async ({ next }) => {
    for (const name of names) {
      let daemon = await next();
      const bytes = bytesOf(messageOf(name, daemon));
      for (let cut = 1; cut < bytes.length; cut++) {
        daemon.write(bytes.subarray(0, cut));
        daemon.close();
        await daemon.closed;
        if (cut < bytes.length - 1) daemon = await next();
      }
    }
  });
});

test('every message with any byte missing ends the daemon', async () => {
  await checkWitness(async ({ next }) => {
    for (const name of names) {
      let at = 0;
      for (let length = 1; at < length; at++) {
        const daemon = await next();
        const bytes = bytesOf(messageOf(name, daemon));
        length = bytes.length;
        const follower = bytesOf(messages['unsetenv'] ?? exit(0));
        daemon.write(Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1), follower]));
        await daemon.closed;
      }
    }
  });
});

test('a message with any bit turned ends the daemon or does nothing', async () => {
  const step = 23;
  await checkWitness(async ({ next }) => {
    let daemon = await next();
    for (const [index, message] of Object.values(messages).entries()) {
      const bytes = bytesOf(message);
      // Not every bit, beginning with another one in each message, so that each bit of a byte is among them.
      for (let bit = index % step; bit < bytes.length * 8; bit += step) {
        const damaged = Buffer.from(bytes);
        damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        daemon.write(damaged);
        if (await isCondemned(daemon)) daemon = await next();
      }
    }
    await condemned(daemon);
  });
});

/** What is left of a stream after damage may be the beginning of something: it is filled up until it is answered or refused. */
async function isCondemned(daemon: FakeDaemon): Promise<boolean> {
  const before = daemon.events.filter(({ kind }) => kind === 'environment').length;
  const probe = bytesOf({ type: toLauncher.unsetenv, fields: (w) => w.text('PROBE') });
  for (;;) {
    if (daemon.isClosed) return true;
    if (daemon.events.filter(({ kind }) => kind === 'environment').length > before) return false;
    daemon.write(probe);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

test('a message that is said again is done once, refused, or without effect', async () => {
  await checkWitness(async ({ rig, next }) => {
    const daemon = await next();
    for (let time = 0; time < 3; time++) {
      for (const message of truthful(daemon)) daemon.write(bytesOf(message));
      daemon.launch(0, 5);
    }
    await settled(daemon);
    expect(daemon.events.filter(({ kind }) => kind === 'executed' || kind === 'exited')).toEqual([]);
    const refused = daemon.events.filter((event) => event.kind === 'refused');
    expect(refused.filter(({ slot, messageType }) => slot === 0 && messageType === toLauncher.start)).toHaveLength(3);
    expect(rig.hasEnded).toBe(false);
    await condemned(daemon);
  });
});

test('a conversation of a former daemon is worth nothing to another one', async () => {
  await checkWitness(async ({ rig, next }) => {
    const former = await next();
    former.launch(1, 9);
    await former.until('exited');
    former.close();
    await former.closed;
    const said = Buffer.concat([
      bytesOf(hello(former.pid)),
      bytesOf({ type: toLauncher.start, fields: (w) => w.u32(1).u8(0).u32(9).u8(0) }),
    ]);
    const thief = await rig.daemon();
    thief.write(said);
    await thief.closed;
    const after = await next();
    expect(after.events.filter(({ kind }) => kind === 'executed')).toEqual([]);
    after.close();
    await after.closed;
  });
});

test('every message is permitted while a compilation runs, and the launcher goes on with it', async () => {
  await using host = await LauncherRig.boot({
    services: [script('a', 'exit 3')],
    settings: (path) => ({
      limits,
      compiler: {
        uid: process.geteuid?.() ?? 0,
        gid: process.getegid?.() ?? 0,
        argv: ['/bin/sh', '-c', 'test ! -e "$0.hold" || exec sleep 1000; cat "$0" >&3', path('plan')],
      },
    }),
  });
  const { rig, daemon } = host;
  writeFileSync(rig.path('plan.hold'), '');
  daemon.send(toLauncher.compile, (w) => w.u32(1).list(['a'], (each, name) => each.text(name)));
  for (const message of truthful(daemon)) daemon.write(bytesOf(message));
  await settled(daemon);
  // The second one is refused while the first one runs.
  expect(daemon.events.filter(({ kind }) => kind === 'plan-failed')).toMatchObject([{ request: 9 }]);
  daemon.launch(0, 2);
  expect((await daemon.until('exited')).exit.status).toBe(3);
});

test('nothing that follows EXIT is heard', async () => {
  await using host = await LauncherRig.boot({ services: [script('a', 'touch "$0"; exit 3')], settings: { limits } });
  const { rig, daemon } = host;
  const rest = [...Object.values(messages), exit(9), hello(daemon.pid)].map(bytesOf);
  const start = bytesOf({ type: toLauncher.start, fields: (w) => w.u32(0).u8(0).u32(1).u8(0) });
  daemon.write(Buffer.concat([bytesOf(exit(4)), start, ...rest, Buffer.from([0])]));
  expect(await rig.exited).toEqual({ code: 4, signal: null });
  expect(daemon.events.filter(({ kind }) => kind === 'executed')).toEqual([]);
});

test('thousands of each message in a row cost time, but neither memory nor descriptors nor a service', async () => {
  await checkWitness(async ({ rig, next }) => {
    const daemon = await next();
    const before = peakOf(rig.pid);
    for (const message of truthful(daemon)) {
      const flood = new FrameWriter(1 << 20);
      const count = message.type === toLauncher.compile ? 500 : 10_000;
      for (let index = 0; index < count; index++) flood.frame(message.type, message.fields);
      daemon.write(flood.take());
      await settled(daemon);
    }
    expect(peakOf(rig.pid) - before).toBeLessThan(8192);
    expect(descriptorsOf(rig.pid)).toBeLessThan(64);
    daemon.launch(1, 10);
    expect((await daemon.until('exited', ({ slot }) => slot === 1)).exit.status).toBe(7);
    await condemned(daemon);
  });
});

test('variables without end are refused when there are too many, and the launcher starts services as before', async () => {
  await checkWitness(async ({ rig, next }) => {
    const daemon = await next();
    const count = 3000;
    for (let index = 0; index < count; index++) daemon.send(toLauncher.setenv, (w) => w.text(`V${index}=x`));
    await settled(daemon);
    const results = daemon.events.flatMap((event) => (event.kind === 'environment' ? [event.result] : []));
    expect(results.filter((result) => result === 'too-many').length).toBeGreaterThan(1900);
    for (let index = 0; index < count; index++) daemon.send(toLauncher.unsetenv, (w) => w.text(`V${index}`));
    await settled(daemon);
    expect(peakOf(rig.pid)).toBeLessThan(16_384);
    await condemned(daemon);
  });
});
