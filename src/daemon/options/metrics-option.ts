/** Where a daemon is told to serve its metrics: the number of an inherited listener, or a loopback address. */
import type { MetricsPlace } from '../metrics/metrics-server.ts';

export const metricsOption = { metrics: { type: 'string' } } as const;

/** Undefined: nowhere. @throws {TypeError} */
export function parseMetrics(text: string | undefined): MetricsPlace | undefined {
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text)) return { fd: Number(text) };
  const [, bracketed, plain, port] = /^(?:\[(.+)\]|([\d.]+)):(\d+)$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || port === undefined)
    throw new TypeError(`--metrics must be a descriptor or an address, got ${text}`);
  return { host, port: Number(port) };
}
