import { describe, expect, test } from 'vitest';
import { editDistance, suggest } from '../../src/service/suggestion.ts';

describe('suggest()', () => {
  test.each([
    ['', '', 0],
    ['abc', '', 3],
    ['abc', 'abc', 0],
    ['abc', 'abd', 1],
    ['abc', 'acb', 1],
    ['kitten', 'sitting', 3],
  ])('editDistance() of %j and %j is %d', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
    expect(editDistance(b, a)).toBe(distance);
  });

  test.each([
    ['comand', 'command'],
    ['commnad', 'command'],
    ['typ', 'type'],
    ['restart-deley', 'restart-delay'],
    ['xyz', undefined],
    ['frobnicate', undefined],
  ])('suggest() finds for %j %j', (word, expected) => {
    expect(suggest(word, ['command', 'type', 'restart-delay', 'stop-command'])).toBe(expected);
  });
});
