import { describe, expect, test } from 'vitest';
import {
  formatSeconds,
  parseByteSize,
  parseOctal,
  parseSeconds,
  parseSigned,
  parseUnsigned,
} from '../../src/service/numbers.ts';

describe('numbers', () => {
  test.each([
    ['0', 0],
    ['10', 10],
    ['0x1F', 31],
    ['010', 8],
    ['00', 0],
    ['', 'bad'],
    ['08', 'bad'],
    ['0x', 'bad'],
    ['-1', 'bad'],
    ['+1', 'bad'],
    ['1 ', 'bad'],
    ['1e3', 'bad'],
    ['256', 'too large'],
    ['99999999999999999999999', 'too large'],
  ])('parseUnsigned() reads %j up to 255 as %j', (text, expected) => {
    expect(parseUnsigned(text, 255)).toBe(expected);
  });

  test.each([
    ['-20', -20],
    ['+5', 5],
    ['-0x10', -16],
    ['-0', 0],
    ['--1', 'bad'],
    ['-', 'bad'],
    ['-21', 'too large'],
  ])('parseSigned() reads %j from -20 to 20 as %j', (text, expected) => {
    expect(parseSigned(text, -20, 20)).toBe(expected);
  });

  test.each([
    ['640', 0o640],
    ['0640', 0o640],
    ['8', 'bad'],
    ['', 'bad'],
    ['0o640', 'bad'],
    ['10000', 'too large'],
  ])('parseOctal() reads %j as %j', (text, expected) => {
    expect(parseOctal(text, 0o7777)).toBe(expected);
  });

  test.each([
    ['', 0],
    ['.', 0],
    ['5', 5000],
    ['1,5', 1500],
    ['.25', 250],
    ['1.', 1000],
    ['0.1234567890123', 124],
    ['0.0001', 1],
    ['0.000000001', 1],
    ['0.0000000001', 0],
    ['4294967295', 4294967295000],
    ['4294967296', 'too large'],
    ['-1', 'bad'],
    ['5s', 'bad'],
    ['1.2.3', 'bad'],
    ['1e3', 'bad'],
  ])('parseSeconds() reads %j as %j ms', (text, expected) => {
    expect(parseSeconds(text)).toBe(expected);
  });

  test.each([0, 1, 10, 250, 1000, 1500, 60_000, 4294967295999])('formatSeconds() is the inverse for %d ms', (value) => {
    expect(parseSeconds(formatSeconds(value))).toBe(value);
  });

  test.each([
    ['0', 0],
    ['10K', 10_240],
    ['2M', 2 * 1024 ** 2],
    ['1G', 1024 ** 3],
    ['1k', 'bad'],
    ['K', 'bad'],
    ['1.5M', 'bad'],
    ['99999999999G', 'too large'],
  ])('parseByteSize() reads %j as %j', (text, expected) => {
    expect(parseByteSize(text)).toBe(expected);
  });
});
