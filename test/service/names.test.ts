import { describe, expect, test } from 'vitest';
import { parseServiceName } from '../../src/service/names.ts';

describe('parseServiceName()', () => {
  test.each([
    ['web', { base: 'web' }],
    ['a-b_c.d9', { base: 'a-b_c.d9' }],
    ['-x', { base: '-x' }],
    ['größe', { base: 'größe' }],
    ['web@', { base: 'web', argument: '' }],
    ['web@one', { base: 'web', argument: 'one' }],
    ['web@a@b c$', { base: 'web', argument: 'a@b c$' }],
    ['web@..', { base: 'web', argument: '..' }],
  ])('parseServiceName() takes %j', (full, parts) => {
    expect(parseServiceName(full)).toEqual({ kind: 'name', full, ...parts });
  });

  test.each([
    ['', 'is empty'],
    ['@x', "begins with '@'"],
    ['.x', "begins with '.'"],
    ['..', "begins with '.'"],
    ['a/b', "contains '/'"],
    ['a b', 'contains a space'],
    ['a\nb', 'contains the control character U+000A'],
    ['a\u0085b', 'contains the control character U+0085'],
    ['a~', "contains '~'"],
    ['a\ufffdb', "contains '\ufffd'"],
    ['web@a/b', "contains '/' in its argument"],
    ['web@a\u0000', 'contains the control character U+0000 in its argument'],
    [`web@${'x'.repeat(1018)}`, 'is longer than 1021 bytes'],
    ['ä'.repeat(511), 'is longer than 1021 bytes'],
  ])('parseServiceName() refuses %j', (full, reason) => {
    expect(parseServiceName(full)).toEqual({ kind: 'refused', reason });
  });

  test('parseServiceName() takes a name of exactly 1021 bytes', () => {
    expect(parseServiceName('x'.repeat(1021)).kind).toBe('name');
    expect(parseServiceName('ä'.repeat(510)).kind).toBe('name');
  });
});
