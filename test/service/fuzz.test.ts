/** Whatever is in a file, reading it ends with a description or with problems that have a place in it. */
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { settings } from '../../src/service/settings.ts';
import { renderFailure, renderProblem } from '../../src/service/problem-text.ts';
import { loadTree } from '../support/load-tree.ts';

// Many cases: on a busy machine they take their time.
vi.setConfig({ testTimeout: 120_000 });

const piece = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...settings.keys()) },
  fc.constantFrom(
    ' = ',
    ':',
    '+=',
    '=',
    '\n',
    '\\\n',
    '\\\n ',
    '"',
    '\\',
    '#',
    ' #',
    '$',
    '${',
    '}',
    '$/',
    '$1',
    ':-',
    '@include ',
    '@meta ',
    '\r\n',
  ),
  fc.constantFrom(
    'process',
    'scripted',
    'bgprocess',
    'web',
    'dep',
    'frag',
    'ef',
    'd',
    '/bin/x',
    '0',
    '-1',
    '5:',
    'yes',
    'x@y',
    'tcp:[::1]:1',
  ),
  fc.string({ maxLength: 4, unit: 'binary' }),
);
const text = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''));

function check(content: string | Uint8Array): void {
  const tree = { web: content, dep: '', frag: 'waits-for: dep\n', ef: 'A=1\n', 'd/dep': '' };
  const result = loadTree(tree, ['web'], { environment: { A: ' a b ', B: '' } });
  const failure = result.failures.find(({ name }) => name === 'web');
  expect(result.descriptions.has('web')).toBe(failure === undefined);
  if (failure) {
    expect(failure.problems.length).toBeGreaterThan(0);
    expect([...renderFailure(failure)].filter((character) => character < ' ' && character !== '\n')).toEqual([]);
  }
  const lines = typeof content === 'string' ? content.split('\n').length + 1 : Infinity;
  for (const { message, origin } of failure?.problems ?? []) {
    expect(message).not.toBe('');
    if (origin?.file !== '/sd/web') continue;
    expect(origin.line).toBeGreaterThanOrEqual(1);
    expect(origin.line).toBeLessThanOrEqual(lines);
    expect(origin.column).toBeGreaterThanOrEqual(1);
  }
  for (const { name, problem } of result.warnings) expect(renderProblem(name, problem)).not.toBe('');
}

test('loadServices() gives typed problems for text made of pieces of the format', () => {
  fc.assert(fc.property(text, check), { numRuns: 2000 });
});

test('loadServices() gives typed problems for arbitrary bytes', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), check), { numRuns: 1000 });
});

test.each([
  ['white space', ' '.repeat(1_000_000)],
  ['a name', 'a'.repeat(1_000_000)],
  ['quotes', `command = ${'"'.repeat(1_000_000)}`],
  ['backslashes', `command = ${'\\'.repeat(999_999)}`],
  ['dollars', `type = scripted\ncommand = ${'$'.repeat(100_001)}`],
  ['open braces', `type = scripted\ncommand = ${'${A'.repeat(100_000)}`],
  ['joined lines', `command = ${'\\\n '.repeat(300_000)}x`],
  ['empty words', `command = ${'"" '.repeat(300_000)}`],
  ['a time', `start-timeout = ${'1'.repeat(1_000_000)}`],
  ['a time with points', `start-timeout = ${'.'.repeat(1_000_000)}`],
  ['a name with arguments', `depends-on = ${'a@'.repeat(500_000)}`],
  ['an address', `type = scripted\ncommand = x\nsocket-listen = tcp:[${'1:'.repeat(50_000)}]:1`],
  ['lines', 'x\n'.repeat(500_000)],
])('a file of a million bytes of %s is dealt with', (_, content) => {
  check(content);
});
