import { expect, test } from 'vitest';
import { LogQueue } from '../../../src/daemon/logs/log-queue.ts';

async function drain(queue: LogQueue): Promise<{ text: string; lost: number }[]> {
  const pieces: { text: string; lost: number }[] = [];
  for await (const { bytes, lost } of queue.pieces()) pieces.push({ text: bytes.toString(), lost });
  return pieces;
}

test('LogQueue hands on pieces in order and counts a gap between positions as lost', async () => {
  const queue = new LogQueue();
  queue.push(0n, Buffer.from('abc'));
  queue.push(3n, Buffer.from('def'));
  queue.push(10n, Buffer.from('x'));
  queue.end(0);
  expect(await drain(queue)).toEqual([
    { text: 'abc', lost: 0 },
    { text: 'def', lost: 0 },
    { text: 'x', lost: 4 },
  ]);
});

test('LogQueue drops the oldest bytes of a reader that stands still, and says how many', async () => {
  const queue = new LogQueue();
  const piece = Buffer.alloc(64 * 1024, 'x');
  for (let i = 0; i < 32; i++) queue.push(BigInt(i * piece.length), piece);
  queue.end(0);
  const pieces = await drain(queue);
  const bytes = pieces.reduce((sum, { text }) => sum + text.length, 0);
  const lost = pieces.reduce((sum, each) => sum + each.lost, 0);
  expect(bytes).toBeLessThanOrEqual(1024 * 1024);
  expect(bytes + lost).toBe(32 * piece.length);
});

test('LogQueue waits for more until it is ended', async () => {
  const queue = new LogQueue();
  const all = drain(queue);
  queue.push(0n, Buffer.from('late'));
  queue.end(5);
  expect(await all).toEqual([
    { text: 'late', lost: 0 },
    { text: '', lost: 5 },
  ]);
});
