import { expect, test } from 'vitest';
import { FrameWriter } from '../../../src/frame/fields.ts';
import { toLauncher } from '../../../src/daemon/launcher/messages.ts';
import { bytesOf, exit, header, hello, messages } from './daemon-messages.ts';
import type { FakeDaemon } from './fake-daemon.ts';
import { LauncherRig, script, service, signalProcess } from './launcher-rig.ts';

const limits = { acknowledge: 20_000, compile: 10_000, restartFirst: 1, restartLargest: 1 };

/** Says something that ends a daemon; the service must live on, and the next daemon be told why. */
async function hostileRun(
  attacks: Readonly<
    Record<string, { readonly bytes: (daemon: FakeDaemon) => Uint8Array; readonly isSynced?: boolean }>
  >,
): Promise<Readonly<Record<string, string>>> {
  await using host = await LauncherRig.boot({
    services: [service('a', ['/bin/sleep', '1000']), script('b', 'exit 0')],
    settings: { limits },
  });
  const { rig } = host;
  host.daemon.launch(0, 5);
  const { pid } = await host.daemon.until('executed');
  host.daemon.write(Uint8Array.of(0));
  const reasons: Record<string, string> = {};
  for (const [name, { bytes, isSynced = true }] of Object.entries(attacks)) {
    const daemon = await rig.daemon();
    if (isSynced) await daemon.synced();
    daemon.isAcknowledging = false;
    daemon.write(bytes(daemon));
    await daemon.closed;
    const next = await rig.daemon();
    reasons[name] = (await next.hello()).formerDaemon;
    expect(await next.until('process'), name).toMatchObject({ slot: 0, run: 5, pid, isExecuted: true });
    await next.until('synced');
    next.write(Uint8Array.of(0));
    await next.closed;
  }
  const last = await (await rig.daemon()).synced();
  last.launch(1, 6);
  expect((await last.until('exited')).run).toBe(6);
  return reasons;
}

const all = (text: string, names: readonly string[]) => Object.fromEntries(names.map((name) => [name, text]));

test('every message before HELLO ends the daemon', async () => {
  const names = [...Object.keys(messages), 'exit'];
  const attacks = Object.fromEntries(
    names.map((name) => {
      return [name, { bytes: () => bytesOf(messages[name] ?? exit(0)), isSynced: false }];
    }),
  );
  expect(await hostileRun(attacks)).toEqual(all('a message is not permitted now', names));
});

test('HELLO twice, of another version or of another process ends the daemon', async () => {
  const reasons = await hostileRun({
    twice: { bytes: ({ pid }) => bytesOf(hello(pid)) },
    version: { bytes: ({ pid }) => bytesOf(hello(pid, 2)), isSynced: false },
    process: { bytes: ({ pid }) => bytesOf(hello(pid + 1)), isSynced: false },
  });
  expect(reasons).toEqual({
    twice: 'a message is not permitted now',
    ...all('a message has a bad value', ['version', 'process']),
  });
});

test('every message with a byte too few or too many in its payload ends the daemon', async () => {
  const attacks: Record<string, { bytes: () => Uint8Array }> = {};
  for (const [name, message] of Object.entries(messages)) {
    const { type } = message;
    const payload = bytesOf(message).subarray(6, -1);
    attacks[`${name} and more`] = { bytes: () => bytesOf({ type, fields: (w) => w.bytes(payload).u8(0) }) };
    attacks[`${name} less`] = { bytes: () => bytesOf({ type, fields: (w) => w.bytes(payload.subarray(0, -1)) }) };
  }
  const reasons = await hostileRun(attacks);
  for (const [name, reason] of Object.entries(reasons))
    expect([name, reason]).toEqual([name, expect.stringMatching(/malformed/)]);
  expect(Object.keys(reasons)).toHaveLength(2 * Object.keys(messages).length);
});

test('what is no frame, unknown, too long or out of range ends the daemon', async () => {
  const of = (type: number, fields: (writer: FrameWriter) => void) => bytesOf({ type, fields });
  const refused: Readonly<Record<string, () => Uint8Array>> = {
    'no STX': () => Uint8Array.of(3),
    'unknown type': () => of(0x3f, () => {}),
    'a type of the other direction': () => of(0x48, (w) => w.bytes(new Uint8Array(21))),
    'no ETX': () => Buffer.concat([of(toLauncher.ack, (w) => w.u32(0)).subarray(0, -1), Buffer.from([0])]),
    'too long': () => header(toLauncher.start, 11),
    'far too long': () => header(toLauncher.use, 0xffff_ffff),
    'a count that cannot be': () => of(toLauncher.use, (w) => w.u32(1).u32(0x4000_0000)),
    'a text without its end': () => of(toLauncher.setenv, (w) => w.u32(3).bytes(Buffer.from('A=bc'))),
    'a text with NUL': () => of(toLauncher.setenv, (w) => w.u32(3).bytes(Buffer.from('A\0b\0'))),
    'a role that is none': () => of(toLauncher.start, (w) => w.u32(0).u8(2).u32(1).u8(0)),
    'a console that is none': () => of(toLauncher.start, (w) => w.u32(0).u8(0).u32(1).u8(3)),
    'signal 0': () => of(toLauncher.signal, (w) => w.u32(0).u8(0).u8(0).u8(0)),
    'signal 65': () => of(toLauncher.signal, (w) => w.u32(0).u8(0).u8(65).u8(0)),
    'a scope that is none': () => of(toLauncher.signal, (w) => w.u32(0).u8(0).u8(9).u8(3)),
    'request 0': () => of(toLauncher.compile, (w) => w.u32(0).list(['a'], (each, name) => each.text(name))),
    'no names': () => of(toLauncher.compile, (w) => w.u32(1).u32(0)),
    'an acknowledgement of what was not sent': () => of(toLauncher.ack, (w) => w.u32(1_000_000)),
    'an acknowledgement taken back': () => of(toLauncher.ack, (w) => w.u32(0xffff_fff0)),
  };
  const reasons = await hostileRun(
    Object.fromEntries(Object.entries(refused).map(([name, bytes]) => [name, { bytes }])),
  );
  for (const name of Object.keys(refused)) {
    expect([name, reasons[name]]).toEqual([
      name,
      expect.stringMatching(/^(malformed message at byte \d+|a message is malformed|a message has a bad value)$/),
    ]);
  }
});

test('well-formed messages about slots and generations that are not there are refused, and change nothing', async () => {
  await using host = await LauncherRig.boot({ services: [script('a', 'exit 0')], settings: { limits } });
  const { daemon } = host;
  const numbers = [1, 2, 65_535, 65_536, 262_144, 0x7fff_ffff, 0xffff_fffe, 0xffff_ffff];
  for (const number of numbers) {
    daemon.send(toLauncher.start, (w) => w.u32(number).u8(0).u32(1).u8(0));
    daemon.send(toLauncher.forget, (w) => w.u32(number));
    daemon.send(toLauncher.readPidFile, (w) => w.u32(number).u32(1));
    daemon.send(toLauncher.closeSocket, (w) => w.u32(number));
    daemon.send(toLauncher.use, (w) => w.u32(1).list([number], (each, slot) => each.u32(slot)));
    if (number !== 1) daemon.send(toLauncher.use, (w) => w.u32(number).list([0], (each, slot) => each.u32(slot)));
    if (number !== 0xffff_ffff) daemon.send(toLauncher.logClear, (w) => w.u32(number));
    if (number !== 1) daemon.send(toLauncher.discard, (w) => w.u32(number));
    daemon.send(toLauncher.signal, (w) => w.u32(number).u8(0).u8(9).u8(2));
  }
  await daemon.roundTrip();
  const kinds = daemon.events.map(({ kind }) => kind);
  expect(kinds.filter((kind) => kind === 'refused')).toHaveLength(8 * numbers.length - 3);
  expect(kinds.filter((kind) => kind === 'signal-failed')).toHaveLength(numbers.length);
  daemon.launch(0, 1);
  expect((await daemon.until('exited')).exit.status).toBe(0);
});

test('a daemon that floods and does not read cannot make the launcher grow without bound', async () => {
  await using host = await LauncherRig.boot({
    services: [script('a', 'exit 0')],
    settings: { limits: { ...limits, acknowledge: 1000 } },
  });
  const { rig, daemon } = host;
  const flood = new FrameWriter(1 << 22);
  for (let i = 0; i < 200_000; i++) flood.frame(toLauncher.start, (w) => w.u32(77).u8(0).u32(i).u8(0));
  signalProcess(rig.pid, 'SIGSTOP');
  daemon.isAcknowledging = false;
  daemon.pause();
  daemon.write(flood.take());
  signalProcess(rig.pid, 'SIGCONT');
  const next = await rig.daemon();
  const { formerDaemon } = await next.hello();
  expect(formerDaemon).toBe('it did not acknowledge an event in time');
  const status = (await import('node:fs')).readFileSync(`/proc/${rig.pid}/status`, 'utf8');
  expect(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1])).toBeLessThan(16_384);
  await next.until('synced');
});

test('a message that comes byte by byte is one message', async () => {
  await using host = await LauncherRig.boot({ services: [script('a', 'exit 4')] });
  for (const byte of bytesOf({ type: toLauncher.start, fields: (w) => w.u32(0).u8(0).u32(1).u8(0) })) {
    host.daemon.write(Uint8Array.of(byte));
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect((await host.daemon.until('exited')).exit.status).toBe(4);
});
