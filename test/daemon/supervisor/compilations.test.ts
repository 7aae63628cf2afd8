import { expect, test } from 'vitest';
import { Compilations } from '../../../src/daemon/supervisor/compilations.ts';

test('Compilations sends one request at a time and collects names meanwhile', async () => {
  const sent: [number, readonly string[]][] = [];
  const compilations = new Compilations((request, names) => sent.push([request, names]));
  const first = compilations.request(['a']);
  const second = compilations.request(['b']);
  const third = compilations.request(['c', 'b']);
  expect(sent).toEqual([[1, ['a']]]);
  expect(compilations.finish(1, { kind: 'failed', text: 'no' })).toBe(true);
  expect(await first).toEqual({ kind: 'failed', text: 'no' });
  expect(sent[1]).toEqual([2, ['b', 'c']]);
  compilations.finish(2, { kind: 'failed', text: 'neither' });
  expect(await Promise.all([second, third])).toEqual([
    { kind: 'failed', text: 'neither' },
    { kind: 'failed', text: 'neither' },
  ]);
  expect(compilations.isBusy).toBe(false);
});

test('Compilations refuses a result that nobody asked for', () => {
  const compilations = new Compilations(() => {});
  expect(compilations.finish(7, { kind: 'failed', text: '' })).toBe(false);
});
