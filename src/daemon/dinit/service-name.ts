/** Names as they come in requests. */
import { parseServiceName } from '../../service/names.ts';

export type RequestedName =
  | { readonly kind: 'name'; readonly name: string }
  /** No service can be called so, but asking for it is legal. */
  | { readonly kind: 'nobody' }
  /** Against the protocol. */
  | { readonly kind: 'illegal' };

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function requestedName(bytes: Buffer): RequestedName {
  const first = bytes[0];
  const dot = 0x2e;
  const at = 0x40;
  if (first === undefined || first === dot || first === at || bytes.includes(0)) return { kind: 'illegal' };
  const name = decodeUtf8(bytes);
  if (name === undefined || parseServiceName(name).kind === 'refused') return { kind: 'nobody' };
  return { kind: 'name', name };
}

/** Undefined for bytes that are no text. */
export function decodeUtf8(bytes: Buffer): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}
