import { expect, test } from 'vitest';
import { decodeKeys } from '../../src/control/top/keys.ts';

test.each([
  ['q', [{ kind: 'character', character: 'q' }]],
  ['\x1b[A', [{ kind: 'up' }]],
  ['\x1bOB', [{ kind: 'down' }]],
  ['\x1b[5~\x1b[6~', [{ kind: 'page-up' }, { kind: 'page-down' }]],
  ['\x1b', [{ kind: 'escape' }]],
  ['\x1bq', [{ kind: 'escape' }, { kind: 'character', character: 'q' }]],
  ['\r\x7f\x03', [{ kind: 'enter' }, { kind: 'backspace' }, { kind: 'interrupt' }]],
  [
    'ä€',
    [
      { kind: 'character', character: 'ä' },
      { kind: 'character', character: '€' },
    ],
  ],
  ['\x1b[27;5u\x00\x01', []],
] as const)('decodeKeys(%j)', (text, keys) => {
  expect(decodeKeys(text)).toEqual(keys);
});
