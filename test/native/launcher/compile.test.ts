import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { expect, test } from 'vitest';
import { FieldReader } from '../../../src/frame/fields.ts';
import { FrameReader } from '../../../src/frame/frame.ts';
import { toLauncher } from '../../../src/daemon/launcher/messages.ts';
import type { FileIdentity } from '../../../src/service/service-files.ts';
import { requestRecords, requestRules } from '../../../src/plan/records.ts';
import type { FakeDaemon } from './fake-daemon.ts';
import { LauncherRig, digest, planOf, script, signalProcess } from './launcher-rig.ts';

const { errno } = constants;
const own = { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 };
const limits = { acknowledge: 10_000, compile: 10_000, restartFirst: 10, restartLargest: 100 };

const shell = (text: string, ...args: readonly string[]) => ({ ...own, argv: ['/bin/sh', '-c', text, ...args] });

const compile = (daemon: FakeDaemon, request: number, ...names: readonly string[]) =>
  daemon.send(toLauncher.compile, (w) => w.u32(request).list(names, (each, name) => each.text(name)));

const use = (daemon: FakeDaemon, generation: number, ...slots: readonly number[]) =>
  daemon.send(toLauncher.use, (w) => w.u32(generation).list(slots, (each, slot) => each.u32(slot)));

test('the boot plan is compiled from the names of the settings and told with the slots of its services', async () => {
  await using rig = await LauncherRig.start({
    services: [script('a', 'exit 0'), script('b', 'exit 0')],
    settings: (path) => ({
      names: ['boot', 'other'],
      environment: ['PATH=/bin:/usr/bin', 'X=y'],
      compiler: shell('cat <&4 > "$1"; cat "$0" >&3', path('plan'), path('request')),
    }),
  });
  const daemon = await rig.daemon();
  await daemon.hello();
  const plan = await daemon.until('plan');
  expect(plan).toMatchObject({
    generation: 1,
    request: 0,
    slots: [0, 1],
    json: JSON.stringify({ services: ['a', 'b'] }),
  });
  const request = [...new FrameReader(requestRules).feed(readFileSync(rig.path('request')))].map(
    ({ type, payload }) => {
      const fields = new FieldReader(payload);
      if (type === requestRecords.request) return [fields.u32(), fields.rest().equals(Buffer.from(digest))];
      return type === requestRecords.end ? 'end' : fields.text();
    },
  );
  expect(request).toEqual([[1, true], 'boot', 'other', 'PATH=/bin:/usr/bin', 'X=y', 'end']);
});

test('a large plan comes whole', async () => {
  const descriptions = JSON.stringify({ services: [], text: 'x'.repeat(3_000_000) });
  await using rig = await LauncherRig.start({ plan: planOf([], { descriptions }) });
  const daemon = await rig.daemon();
  await daemon.hello();
  expect((await daemon.until('plan')).json === descriptions).toBe(true);
});

for (const [why, text, told] of [
  ['exits with an error', 'exit 3', 'exited with status 3'],
  ['dies from a signal', 'kill -SEGV $$', 'killed by signal 11'],
  ['writes nothing', 'exit 0', 'File too large'],
  ['writes half a plan', 'head -c 100 "$0" >&3', 'not a whole plan'],
  ['writes more than a plan', 'cat "$0" "$0" >&3', 'something follows the end of the plan'],
  ['does not end in time', 'exec sleep 1000', 'the plan compiler did not end in time'],
] as const) {
  test(`a compiler that ${why} fails the compilation, and nothing else`, async () => {
    await using rig = await LauncherRig.start({
      services: [script('a', 'exit 0')],
      settings: (path) => ({
        compiler: shell(text, path('plan')),
        limits: { ...limits, compile: text.includes('sleep') ? 200 : 10_000 },
      }),
    });
    const daemon = await (await rig.daemon()).synced();
    expect(await daemon.until('plan-failed')).toMatchObject({ request: 0, text: told });
    signalProcess(daemon.pid, 'SIGKILL');
    const next = await rig.daemon();
    expect(await next.hello()).toMatchObject({ bootGeneration: 0 });
    expect(await next.until('plan-failed')).toMatchObject({ request: 0, text: told });
  });
}

test('a plan of another generation or of other settings is refused', async () => {
  await using host = await LauncherRig.boot({ services: [script('a', 'exit 0')] });
  const { rig, daemon } = host;
  for (const rest of [{ generation: 1 }, { generation: 3, digest: new Uint8Array(32) }]) {
    rig.writePlan(planOf([], rest));
    compile(daemon, 9, 'a');
    expect(await daemon.until('plan-failed')).toMatchObject({ request: 9, text: 'the plan is of other settings' });
  }
  rig.writePlan(planOf([script('a', 'exit 0'), script('a', 'exit 0')], { generation: 4 }));
  compile(daemon, 10, 'a');
  expect(await daemon.until('plan-failed')).toMatchObject({ request: 10, text: 'two services have one name' });
});

test('a service runs by its old plan until USE, and a new name by the new one at once', async () => {
  await using host = await LauncherRig.boot({ services: [script('a', 'exit 1'), script('b', 'exit 2')] });
  const { rig, daemon } = host;
  const run = async (slot: number) => {
    daemon.launch(slot, 1);
    return (await daemon.until('exited', (event) => event.slot === slot)).exit.status;
  };
  rig.writePlan(planOf([script('c', 'exit 13'), script('a', 'exit 11')], { generation: 2 }));
  compile(daemon, 77, 'c', 'a');
  expect(await daemon.until('plan')).toMatchObject({ generation: 2, request: 77, slots: [2, 0] });
  expect([await run(0), await run(1), await run(2)]).toEqual([1, 2, 13]);
  use(daemon, 2, 0);
  expect([await run(0), await run(1), await run(2)]).toEqual([11, 2, 13]);
  use(daemon, 1, 0);
  expect(await daemon.until('refused')).toMatchObject({ messageType: toLauncher.use, slot: 0, errno: errno.ESTALE });
  use(daemon, 2, 1);
  expect(await daemon.until('refused')).toMatchObject({ messageType: toLauncher.use, slot: 1, errno: errno.ENOENT });
  use(daemon, 5, 1);
  expect(await daemon.until('refused')).toMatchObject({ messageType: toLauncher.use, errno: errno.ENOENT });
  expect(await run(0)).toBe(11);
  // Plans in use are told to the next daemon, oldest first.
  signalProcess(daemon.pid, 'SIGKILL');
  const next = await (await rig.daemon()).synced();
  expect(next.events.flatMap((event) => (event.kind === 'plan' ? [[event.generation, event.request]] : []))).toEqual([
    [1, 0],
    [2, 0],
  ]);
});

test('a forgotten service cannot be started, and keeps its slot when its name comes again', async () => {
  await using host = await LauncherRig.boot({ services: [script('a', 'exec sleep 1000'), script('b', 'exit 2')] });
  const { rig, daemon } = host;
  const forget = (slot: number) => daemon.send(toLauncher.forget, (w) => w.u32(slot));
  daemon.launch(0, 1);
  await daemon.until('executed');
  forget(0);
  expect(await daemon.until('refused')).toMatchObject({ messageType: toLauncher.forget, slot: 0, errno: errno.EBUSY });
  daemon.signal(0, 9);
  await daemon.until('exited');
  forget(0);
  daemon.launch(0, 2);
  expect(await daemon.until('refused')).toMatchObject({ messageType: toLauncher.start, slot: 0, errno: errno.ENOENT });
  forget(0);
  expect(await daemon.until('refused')).toMatchObject({ messageType: toLauncher.forget, slot: 0, errno: errno.ENOENT });
  daemon.send(toLauncher.discard, (w) => w.u32(1));
  daemon.send(toLauncher.discard, (w) => w.u32(9));
  expect(await daemon.until('refused')).toMatchObject({ messageType: toLauncher.discard, errno: errno.ENOENT });
  rig.writePlan(planOf([script('c', 'exit 3'), script('a', 'exit 4')], { generation: 2 }));
  compile(daemon, 1, 'a');
  expect((await daemon.until('plan')).slots).toEqual([2, 0]);
  daemon.launch(0, 3);
  expect((await daemon.until('exited')).exit.status).toBe(4);
  daemon.launch(1, 3);
  expect((await daemon.until('exited')).exit.status).toBe(2); // its plan was discarded, but not while it is in use
});

test('one compilation runs at a time: another meanwhile fails at once', async () => {
  await using host = await LauncherRig.boot({
    services: [script('a', 'exit 0')],
    settings: (path) => ({
      compiler: shell('until [ ! -e "$1" ]; do sleep 0.01; done; cat "$0" >&3', path('plan'), path('hold')),
    }),
  });
  const { rig, daemon } = host;
  writeFileSync(rig.path('hold'), '');
  rig.writePlan(planOf([script('a', 'exit 0')], { generation: 2 }));
  compile(daemon, 1, 'a');
  compile(daemon, 2, 'a');
  expect(await daemon.until('plan-failed')).toMatchObject({ request: 2, text: 'another compilation is not over' });
  rmSync(rig.path('hold'));
  expect(await daemon.until('plan')).toMatchObject({ request: 1, generation: 2 });
});

test('a compilation that a dead daemon asked for is dropped', async () => {
  await using host = await LauncherRig.boot({
    services: [script('a', 'exit 0')],
    settings: (path) => ({
      compiler: shell('test ! -e "$1" || exec sleep 1000; cat "$0" >&3', path('plan'), path('hold')),
    }),
  });
  const { rig, daemon } = host;
  writeFileSync(rig.path('hold'), '');
  compile(daemon, 5, 'b');
  compile(daemon, 6, 'b');
  await daemon.roundTrip();
  signalProcess(daemon.pid, 'SIGKILL');
  const next = await (await rig.daemon()).synced();
  rmSync(rig.path('hold'));
  rig.writePlan(planOf([script('c', 'exit 0')], { generation: 3 }));
  compile(next, 1, 'c');
  expect(await next.until('plan', ({ request }) => request > 0)).toMatchObject({ request: 1, generation: 3 });
  expect(next.events.filter((event) => event.kind === 'plan-failed')).toEqual([]);
});

function identityOf(path: string): FileIdentity {
  const about = statSync(path, { bigint: true });
  return {
    kind: about.isDirectory() ? 'directory' : 'file',
    path,
    device: about.dev,
    inode: about.ino,
    size: about.size,
    modified: about.mtimeNs,
    changed: about.ctimeNs,
  };
}

const absent = (path: string): FileIdentity => ({
  kind: 'absent',
  path,
  device: 0n,
  inode: 0n,
  size: 0n,
  modified: 0n,
  changed: 0n,
});

/** Starts with a plan in the cache; whether it was used: the compiler would give another. */
async function isCacheUsed(
  change: (path: (name: string) => string) => void = () => {},
  rest: Parameters<typeof planOf>[1] = {},
) {
  await using rig = await LauncherRig.start({
    services: [script('compiled', 'exit 0')],
    settings: (path) => ({ planCache: path('cache') }),
    prepare: (path) => {
      writeFileSync(path('input'), 'input');
      mkdirSync(path('inputs'));
      const identities = [identityOf(path('input')), identityOf(path('inputs')), absent(path('not-there'))];
      writeFileSync(path('cache'), planOf([script('cached', 'exit 0')], { identities, ...rest }), { mode: 0o600 });
      change(path);
    },
  });
  const daemon = await rig.daemon();
  await daemon.hello();
  const { json, generation } = await daemon.until('plan');
  expect(generation).toBe(1);
  return json.includes('cached');
}

test('the plan cache is used while nothing has changed', async () => {
  expect(await isCacheUsed()).toBe(true);
});

test('the plan cache is not used after a change of anything it was compiled from', async () => {
  expect(await isCacheUsed((path) => writeFileSync(path('input'), 'other'))).toBe(false);
  expect(await isCacheUsed((path) => utimesSync(path('input'), 1, 1))).toBe(false);
  expect(await isCacheUsed((path) => writeFileSync(path('inputs/new'), ''))).toBe(false);
  expect(await isCacheUsed((path) => writeFileSync(path('not-there'), ''))).toBe(false);
  expect(await isCacheUsed((path) => rmSync(path('input')))).toBe(false);
  expect(await isCacheUsed(() => {}, { digest: new Uint8Array(32) })).toBe(false);
  expect(await isCacheUsed(() => {}, { generation: 2 })).toBe(false);
});

test('the plan cache is not used if it is malformed, or another could have written it', async () => {
  expect(await isCacheUsed((path) => chmodSync(path('cache'), 0o660))).toBe(false);
  expect(await isCacheUsed((path) => writeFileSync(path('cache'), readFileSync(path('cache')).subarray(0, -1)))).toBe(
    false,
  );
  const link = (path: (name: string) => string) => {
    writeFileSync(path('elsewhere'), readFileSync(path('cache')), { mode: 0o600 });
    rmSync(path('cache'));
    symlinkSync(path('elsewhere'), path('cache'));
  };
  expect(await isCacheUsed(link)).toBe(false);
});
