import fc from 'fast-check';
import { expect, test } from 'vitest';
import { matchesPattern, patternProblem } from '../../../src/api/access/service-pattern.ts';

test.each([
  ['web', 'web', true],
  ['web', 'web2', false],
  ['web*', 'web', true],
  ['web*', 'web-cache', true],
  ['web*', 'my-web', false],
  ['*web*', 'my-web-1', true],
  ['w?b', 'wxb', true],
  ['w?b', 'wb', false],
  ['*', 'anything', true],
  ['*a*b*', 'xxaxxbxx', true],
  ['*a*b*', 'xxbxxaxx', false],
  ['', 'web', false],
  ['*', 'web@1', false],
  ['web*', 'web@1', false],
  ['web@*', 'web@1', true],
  ['web@*', 'web@', true],
  ['web@*', 'web', false],
  ['web@1', 'web@2', false],
  ['*@1', 'web@1', true],
  ['*@*', 'web@a@b', true],
  ['web@a?b', 'web@a@b', true],
])('matchesPattern() of %j and %j is %j', (pattern, name, expected) => {
  expect(matchesPattern(pattern, name)).toBe(expected);
});

test('matchesPattern() agrees with regular expressions', () => {
  const letter = fc.constantFrom('a', 'b', '*', '?');
  const pattern = fc.array(letter, { maxLength: 8 }).map((letters) => letters.join(''));
  const name = fc.array(fc.constantFrom('a', 'b'), { maxLength: 8 }).map((letters) => letters.join(''));
  fc.assert(
    fc.property(pattern, name, (written, text) => {
      const expression = new RegExp(`^${written.replaceAll('*', '.*').replaceAll('?', '.')}$`);
      expect(matchesPattern(written, text)).toBe(expression.test(text));
    }),
    { numRuns: 2000 },
  );
});

test('matchesPattern() takes no exponential time for patterns of many stars', () => {
  expect(matchesPattern(`${'*a'.repeat(200)}b`, 'a'.repeat(1000))).toBe(false);
});

test.each(['web', 'web*', '*', 'web@*', '*@tty?', 'Ä-1', 'a_b.c', 'web@a b'])(
  'patternProblem() takes %j',
  (pattern) => {
    expect(patternProblem(pattern)).toBeUndefined();
  },
);

test.each([
  ['', 'it names no service'],
  ['@x', 'it names no service'],
  ['.hidden', 'no service has such a name'],
  ['we b', 'no service has such a name'],
  ['../x', 'no service has such a name'],
  ['web@a/b', 'no argument of a service is like this'],
  ['web@\u0007', 'no argument of a service is like this'],
])('patternProblem() refuses %j', (pattern, problem) => {
  expect(patternProblem(pattern)).toBe(problem);
});
