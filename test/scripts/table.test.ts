import { expect, test } from 'vitest';
import { tableOf } from '../../scripts/bench/table.ts';

test('tableOf() aligns numbers to the right and texts to the left', () => {
  expect(
    tableOf([
      { who: 'reeve', milliseconds: 12.345, services: 1000 },
      { who: 'a bare loop', milliseconds: 7, services: 10 },
    ]),
  ).toBe(
    [
      'who          milliseconds  services',
      'reeve               12.35      1000',
      'a bare loop             7        10',
    ].join('\n'),
  );
});

test('tableOf() of no rows is empty', () => {
  expect(tableOf([])).toBe('');
});
