import { expect, test } from 'vitest';
import { DecodeError, flag, list, number, oneOf, optional, record, text, textMap } from '../../src/api/decoder.ts';

const item = record({ name: text, state: oneOf('up', 'down'), size: optional(number), tags: list(text) });
const reply = record({ items: list(item), isLast: optional(flag) });

test('record() drops unknown fields and takes null for absent', () => {
  const value = { items: [{ name: 'a', state: 'up', size: null, tags: ['x'], more: 1 }], extra: {} };
  expect(reply(value)).toEqual({ items: [{ name: 'a', state: 'up', tags: ['x'] }] });
});

test.each([
  [3, '', 'an object'],
  [{}, 'items', 'a list'],
  [{ items: [3] }, 'items[0]', 'an object'],
  [
    {
      items: [
        { name: 'a', state: 'up', tags: [] },
        { name: 'b', state: 'gone' },
      ],
    },
    'items[1].state',
    'one of up, down',
  ],
  [{ items: [{ name: 'a', state: 'up', tags: ['x', 1] }] }, 'items[0].tags[1]', 'a string'],
  [{ items: [{ name: 'a', state: 'up', size: 'big', tags: [] }] }, 'items[0].size', 'a number'],
  [{ items: [], isLast: 'no' }, 'isLast', 'true or false'],
])('a decoder refuses %j and names the place', (value, path, expected) => {
  expect(() => reply(value)).toThrow(new DecodeError(path, expected));
});

test('textMap() keeps every key, whatever it is called', () => {
  expect(textMap(JSON.parse('{"__proto__":"a","constructor":"b"}'))).toEqual(
    new Map([
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ]),
  );
  expect(() => textMap({ a: 1 })).toThrow(new DecodeError('a', 'a string'));
});
