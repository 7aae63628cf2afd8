/** Where the metrics are served: a Unix socket or a loopback port. What others on the network could reach is refused. */
import { isIPv4 } from 'node:net';
import * as v from 'valibot';

export type MetricsPlace =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number };

export const metricsPlace = v.pipe(
  v.string(),
  v.rawTransform(({ dataset, addIssue, NEVER }): MetricsPlace => {
    const place = parseMetricsPlace(dataset.value);
    if (place) return place;
    addIssue({
      message: `must be the absolute path of a socket, or a loopback address with a port like 127.0.0.1:9393, got '${dataset.value}'`,
    });
    return NEVER;
  }),
);

/** `/run/reeve/metrics`, `127.0.0.1:9393`, `[::1]:9393`. */
export function parseMetricsPlace(text: string): MetricsPlace | undefined {
  if (text.startsWith('/')) return { kind: 'unix', path: text };
  const [, bracketed, plain, digits = ''] = /^(?:\[([\da-f:]+)\]|([\d.]+)):(\d{1,5})$/.exec(text) ?? [];
  const isLoopback = bracketed === '::1' || (plain !== undefined && isIPv4(plain) && plain.startsWith('127.'));
  const port = Number(digits);
  const host = bracketed ?? plain;
  return host !== undefined && isLoopback && port >= 1 && port <= 65_535 ? { kind: 'tcp', host, port } : undefined;
}

export function metricsPlaceText(place: MetricsPlace): string {
  if (place.kind === 'unix') return place.path;
  return place.host.includes(':') ? `[${place.host}]:${place.port}` : `${place.host}:${place.port}`;
}
