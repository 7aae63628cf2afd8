import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseJsonText, toJsonText } from '../../../src/api/varlink/json-text.ts';
import { MessageError } from '../../../src/api/varlink/message-error.ts';

const parse = (text: string) => parseJsonText(Buffer.from(text));

test('parseJsonText() reads what JSON.parse reads', () => {
  const json = fc.json({ maxDepth: 8 });
  fc.assert(
    fc.property(json, fc.constantFrom(undefined, 1, '\t'), (text, indent) => {
      const value: unknown = JSON.parse(text);
      const written = JSON.stringify(value, null, indent);
      if (!written.isWellFormed() || /\\u(0000|d[89a-f])/i.test(written)) return;
      expect(parse(written)).toEqual({ value });
    }),
  );
});

test('parseJsonText() gives nothing but a MessageError for any bytes that are not JSON', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        parseJsonText(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(MessageError);
      }
    }),
  );
});

test('parseJsonText() gives nothing but a MessageError for JSON that is cut or disturbed', () => {
  fc.assert(
    fc.property(fc.json(), fc.nat(), fc.constantFrom('', '"', '\\', '{', ']', ',', ':', '\\u0000'), (text, at, put) => {
      const place = at % (text.length + 1);
      try {
        parse(text.slice(0, place) + put + text.slice(place + 1));
      } catch (error) {
        expect(error).toBeInstanceOf(MessageError);
      }
    }),
  );
});

test.each([
  ['{"a":1,"a":2}', 'a'],
  ['{"a":{"b":[{"c":1,"c":2}]}}', 'a.b..c'],
  ['{ "a": 1, "\\u0061": 2 }', 'a'],
  ['{"a":"b","b":"a"}', undefined],
  ['{"a":{"a":{"a":1}}}', undefined],
  ['[{"a":1},{"a":1}]', undefined],
  ['{"a\\"":1,"a":2}', undefined],
  ['{"a\\\\":1,"a\\\\":2}', 'a\\'],
])('parseJsonText() finds the key that %s has twice', (text, duplicate) => {
  expect(parse(text).duplicate).toBe(duplicate);
});

test('parseJsonText() allows 64 levels and no more, however they are made', () => {
  for (const [open, close] of [
    ['[', ']'],
    ['{"a":', '}'],
    ['[{"a":', '}]'],
  ] as const) {
    const levels = open.includes('[{') ? 32 : 64;
    expect(() => parse(`${open.repeat(levels)}1${close.repeat(levels)}`)).not.toThrow();
    expect(() => parse(`${open.repeat(levels + 1)}1${close.repeat(levels + 1)}`)).toThrow(MessageError);
  }
});

test('parseJsonText() takes time in proportion to the length of hostile texts', () => {
  for (const text of ['\\'.repeat(200_000), `"${'\\"'.repeat(100_000)}`, '"'.repeat(200_000), '{'.repeat(200_000)]) {
    expect(() => parse(text)).toThrow(MessageError);
  }
});

test('toJsonText() replaces NUL and halves of characters, which other programs hang up on', () => {
  expect(toJsonText({ a: 'x\0y\ud800z', b: '\u001b', c: 'é😀' })).toBe(
    '{"a":"x\ufffdy\ufffdz","b":"\\u001b","c":"é😀"}',
  );
});
