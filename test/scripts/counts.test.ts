import { expect, test } from 'vitest';
import { countsIn, isGood, none, sum, textOf } from '../../scripts/test/counts.ts';

test('countsIn() adds up every line of counts and nothing else', () => {
  const output = 'ring: 7 passed, 0 failed\n3 passed, 1 failed\nnoise\n10 passed, 0 failed, 2 skipped\n';
  expect(countsIn(output)).toEqual({ passed: 13, failed: 1, skipped: 2 });
});

test('countsIn() reads back what textOf() writes', () => {
  const counts = { passed: 4, failed: 5, skipped: 6 };
  expect(countsIn(`${textOf(counts)}\n`)).toEqual(counts);
});

test('textOf() names skipped checks only when there are any', () => {
  expect(textOf({ passed: 2, failed: 0, skipped: 0 })).toBe('2 passed, 0 failed');
});

test('isGood() refuses a suite that ran nothing', () => {
  expect(isGood(none)).toBe(false);
  expect(isGood(sum([]))).toBe(false);
});

test('isGood() refuses a single failure among many', () => {
  expect(isGood({ passed: 1000, failed: 1, skipped: 0 })).toBe(false);
});
