import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DrivenLogger } from './driven-logger.ts';
import { numberedLines } from './numbered-lines.ts';

const noSuchLog = 2;

/** Connects as another user and tells whether the logger kept the connection: 'kept' or 'closed'. */
const connectAs = async (uid: number, path: string): Promise<string> => {
  const program = `
    process.setuid(${uid});
    const socket = require('node:net').connect(process.argv[1]);
    socket.on('error', () => {});
    socket.on('close', () => console.log('closed'));
    socket.on('data', () => { console.log('kept'); process.exit(); });
    // READ of an unknown slot is answered by END.
    socket.write(Buffer.from('02c10d00000001000000ffff00000000000000' + '03', 'hex'));`;
  const child = spawn(process.execPath, ['-e', program, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  let out = '';
  child.stdout.on('data', (chunk) => (out += String(chunk)));
  await once(child, 'close');
  return out.trim();
};

describe('reeve-logger, its readers', () => {
  it('reeve-logger answers READ of an unknown log with ENOENT', async () => {
    await using logger = await DrivenLogger.start();
    using reader = await logger.connect();
    expect(await reader.untilEnd(reader.ask(77))).toEqual({ errno: noSuchLog, lost: 0 });
  });

  it('reeve-logger sends a follower what was there and what comes, without a gap, until STOP', async () => {
    await using logger = await DrivenLogger.start();
    await logger.open(1, { type: 'buffer' });
    await logger.write(1, 'one\ntwo\n');
    await logger.untilShown(1, 'two\n');
    using reader = await logger.connect();
    const request = reader.ask(1, { follow: true, last: 4 });
    await reader.untilText(request, 'two\n');
    await logger.write(1, 'three\n');
    await reader.untilText(request, 'three\n');
    await logger.write(1, 'four\n');
    await reader.untilText(request, 'four\n');
    expect(reader.text(request)).toBe('two\nthree\nfour\n');
    expect(reader.received(request).pieces.map((piece) => piece.position)).toEqual([4, 8, 14]);
    reader.stop(request);
    expect(await reader.untilEnd(request)).toEqual({ errno: 0, lost: 0 });
    await logger.write(1, 'five\n');
    await logger.untilShown(1, 'five\n');
    expect(reader.text(request)).toBe('two\nthree\nfour\n');
  });

  it('reeve-logger serves several requests on one connection and a large buffer in pieces', async () => {
    await using logger = await DrivenLogger.start();
    await logger.open(1, { type: 'buffer', buffer: 1_000_000 });
    await logger.open(2, { type: 'buffer' });
    await logger.flood(1, 9000, 100);
    await logger.write(2, 'small\n');
    await logger.untilHappened('wrote 1 status 0');
    await logger.untilShown(2, 'small\n');
    using reader = await logger.connect();
    const [large, small] = [reader.ask(1), reader.ask(2)];
    await Promise.all([reader.untilEnd(large), reader.untilEnd(small)]);
    expect(reader.text(large)).toBe(numberedLines(9000, 100));
    expect(reader.text(small)).toBe('small\n');
  });

  it('reeve-logger never waits for a slow follower, whose gaps show in the positions', async () => {
    await using logger = await DrivenLogger.start();
    await logger.open(1, { type: 'buffer', buffer: 100_000 });
    using slow = await logger.connect();
    const request = slow.ask(1, { follow: true });
    await logger.write(1, 'first\n');
    await slow.untilText(request, 'first\n');
    slow.socket.pause();
    await logger.flood(1, 200_000, 100);
    await logger.untilHappened('wrote 1 status 0');
    await logger.untilShown(1, '.\n');
    slow.socket.resume();
    await logger.write(1, 'the end\n');
    await slow.untilText(request, 'the end\n');
    const whole = `first\n${numberedLines(200_000, 100)}the end\n`;
    let at = 0;
    for (const { position, bytes } of slow.received(request).pieces) {
      expect(position).toBeGreaterThanOrEqual(at);
      expect(bytes.length).toBeLessThanOrEqual(65_536);
      expect(bytes.toString('latin1') === whole.slice(position, position + bytes.length)).toBe(true);
      at = position + bytes.length;
    }
    expect(at).toBe(whole.length);
    expect(slow.text(request).length).toBeLessThan(2_000_000);
  });

  it('reeve-logger ends a follow with what is left when the log is closed or the logger ends', async () => {
    await using logger = await DrivenLogger.start();
    await logger.open(1, { type: 'buffer' });
    await logger.open(2, { type: 'buffer' });
    using reader = await logger.connect();
    const [first, second] = [reader.ask(1, { follow: true }), reader.ask(2, { follow: true })];
    await logger.write(1, 'a\n');
    await logger.write(2, 'b\n');
    await Promise.all([reader.untilText(first, 'a\n'), reader.untilText(second, 'b\n')]);
    await logger.tell('signal', 19);
    await logger.write(1, 'the last of a\n');
    await logger.write(2, 'the last of b\n');
    await logger.tell('close', 1);
    await logger.tell('signal', 18);
    expect(await reader.untilEnd(first)).toEqual({ errno: 0, lost: 0 });
    expect(reader.text(first)).toBe('a\nthe last of a\n');
    expect(await logger.finish()).toBe('status 0');
    expect(await reader.untilEnd(second)).toEqual({ errno: 0, lost: 0 });
    expect(reader.text(second)).toBe('b\nthe last of b\n');
  });

  it('reeve-logger refuses a ninth connection and takes it when one of eight is gone', async () => {
    await using logger = await DrivenLogger.start();
    const readers = await Promise.all(Array.from({ length: 8 }, () => logger.connect()));
    await Promise.all(readers.map((reader) => reader.read(1)));
    using ninth = await logger.connect();
    await ninth.until(() => false);
    expect(ninth.isClosed).toBe(true);
    readers[0]?.[Symbol.dispose]();
    await logger.until(async () => {
      using tenth = await logger.connect();
      const request = tenth.ask(1);
      await tenth.until(() => tenth.received(request).end !== undefined);
      return !tenth.isClosed;
    }, 'a free connection');
    for (const reader of readers) reader[Symbol.dispose]();
  });

  it('reeve-logger serves 64 requests on a connection and closes it at one more', async () => {
    await using logger = await DrivenLogger.start();
    await logger.open(1, { type: 'buffer' });
    await logger.write(1, 'text\n');
    await logger.untilShown(1, 'text\n');
    using reader = await logger.connect();
    const requests = Array.from({ length: 64 }, () => reader.ask(1, { follow: true }));
    for (const request of requests) await reader.untilText(request, 'text\n');
    reader.stop(requests[0] ?? 0);
    await reader.untilEnd(requests[0] ?? 0);
    expect((await reader.read(1)).text).toBe('text\n');
    reader.ask(1, { follow: true });
    reader.ask(1, { follow: true });
    await reader.until(() => false);
    expect(reader.isClosed).toBe(true);
  });

  it.each([
    ['a malformed frame', 'c1'],
    ['a part of a frame', '02c10d'],
    ['an unknown message', '02c30000000003'],
    ['a follow that is neither 0 nor 1', '02c10d0000000100000001000000000000000203'],
  ])('reeve-logger closes only the connection that sends %s', async (_, hex) => {
    await using logger = await DrivenLogger.start();
    await logger.open(1, { type: 'buffer' });
    using good = await logger.connect();
    using bad = await logger.connect();
    bad.socket.write(Buffer.from(hex, 'hex'));
    await bad.until(() => false);
    expect(bad.isClosed).toBe(true);
    expect((await good.read(1)).errno).toBe(0);
  });

  it('reeve-logger closes a connection that uses a request number twice', async () => {
    await using logger = await DrivenLogger.start();
    await logger.open(1, { type: 'buffer' });
    using reader = await logger.connect();
    reader.ask(1, { follow: true, request: 5 });
    reader.ask(1, { follow: true, request: 5 });
    await reader.until(() => false);
    expect(reader.isClosed).toBe(true);
  });

  it('reeve-logger talks to the daemon, to its own user and to root, and to nobody else', async (test) => {
    if (process.geteuid?.() !== 0) return test.skip('only root can be somebody else');
    await using logger = await DrivenLogger.start({ daemonUid: 54_321 });
    chmodSync(logger.directory, 0o755);
    chmodSync(logger.socket, 0o666);
    expect(await connectAs(54_321, logger.socket)).toBe('kept');
    expect(await connectAs(0, logger.socket)).toBe('kept');
    expect(await connectAs(54_322, logger.socket)).toBe('closed');
  });

  it('reeve-logger takes connections again after it ran out of descriptors', async () => {
    await using logger = await DrivenLogger.start({ descriptors: 9 });
    await logger.open(1, { type: 'buffer' });
    await logger.open(2, { type: 'buffer' });
    await logger.untilShown(2, '');
    const readers = [await logger.connect(), await logger.connect(), await logger.connect()];
    await logger.tell('close', 1);
    await logger.tell('close', 2);
    for (const reader of readers) {
      expect((await reader.read(1)).errno).toBe(noSuchLog);
      reader[Symbol.dispose]();
    }
  });
});
