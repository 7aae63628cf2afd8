/** A numeric Internet address as the bytes of the plan. */
import { isIPv4, isIPv6 } from 'node:net';

export interface AddressBytes {
  readonly family: 'inet' | 'inet6';
  readonly address: Uint8Array;
}

/** Undefined for anything but an IPv4 or IPv6 address in figures (an IPv6 zone is not understood). */
export function addressBytes(host: string): AddressBytes | undefined {
  if (isIPv4(host)) return { family: 'inet', address: Uint8Array.from(host.split('.'), Number) };
  if (!isIPv6(host) || host.includes('%')) return undefined;
  const [head = '', tail] = host.split('::');
  const front = groups(head);
  const back = tail === undefined ? [] : groups(tail);
  const zeros = Array.from({ length: 8 - front.length - back.length }, () => 0);
  const all = [...front, ...zeros, ...back];
  return { family: 'inet6', address: Uint8Array.from(all.flatMap((group) => [group >> 8, group & 0xff])) };
}

/** The 16-bit groups of one side of `::`; the last may be an IPv4 address, which makes two. */
function groups(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (!group.includes('.')) return [Number.parseInt(group, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
    return [(a << 8) | b, (c << 8) | d];
  });
}
