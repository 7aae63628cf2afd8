import { describe, expect, it } from 'vitest';
import { metricsPlaceText, parseMetricsPlace } from '../../src/reeve/metrics-place.ts';

describe('parseMetricsPlace()', () => {
  it.each([
    ['/run/reeve/metrics', { kind: 'unix', path: '/run/reeve/metrics' }],
    ['127.0.0.1:9393', { kind: 'tcp', host: '127.0.0.1', port: 9393 }],
    ['127.3.2.1:1', { kind: 'tcp', host: '127.3.2.1', port: 1 }],
    ['[::1]:65535', { kind: 'tcp', host: '::1', port: 65_535 }],
  ])('parseMetricsPlace() takes %s, and metricsPlaceText() writes it the same', (text, place) => {
    const parsed = parseMetricsPlace(text);
    expect(parsed).toEqual(place);
    expect(parsed && metricsPlaceText(parsed)).toBe(text);
  });

  it.each(['', 'metrics', ':9393', '9393', '0.0.0.0:9393', '192.168.0.1:9393', '[::]:9393', '[fe80::1]:9393'])(
    "parseMetricsPlace() refuses '%s', which is no path and not only of this machine",
    (text) => expect(parseMetricsPlace(text)).toBeUndefined(),
  );

  it.each([
    '127.0.0.1',
    '127.0.0.1:',
    '127.0.0.1:0',
    '127.0.0.1:65536',
    '127.0.0:80',
    '127.0.0.256:80',
    '::1:80',
    'localhost:80',
  ])("parseMetricsPlace() refuses '%s', which is no address with a port", (text) =>
    expect(parseMetricsPlace(text)).toBeUndefined(),
  );
});
