import { describe, expect, it } from 'vitest';
import { LineStamper } from '../../../../src/daemon/logs/in-process/line-stamper.ts';

const time = Date.UTC(2026, 10, 28, 10, 11, 12, 123) + 0.5;
const stamp = '2026-11-28T10:11:12.123500Z ';
const stamped = (text: string, isMidLine = false): string =>
  new LineStamper(() => time).stamp(Buffer.from(text), isMidLine).toString();

describe('LineStamper', () => {
  it.each([
    ['whole lines', 'a\nb\n', false, `${stamp}a\n${stamp}b\n`],
    ['an empty line', '\n', false, `${stamp}\n`],
    ['the rest of a line', 'rest\nnext', true, `rest\n${stamp}next`],
    ['nothing', '', false, ''],
  ])('LineStamper puts the time before %s', (_, text, isMidLine, result) => {
    expect(stamped(text, isMidLine)).toBe(result);
  });
});
