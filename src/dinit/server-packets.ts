/** What a client reads: replies to its requests, and information packets between them. */
import {
  firstInformationCode,
  type Information,
  type InformationKind,
  informationKinds,
  informationPackets,
} from './information.ts';
import { decodePacket } from './packet-codec.ts';
import { type Reply, type ReplyKind, replies } from './replies.ts';

export type PacketDecoding =
  | { readonly kind: 'reply'; readonly reply: Reply; readonly size: number }
  | { readonly kind: 'information'; readonly information: Information; readonly size: number }
  /** An information packet of a kind or length that is not known: passed over. */
  | { readonly kind: 'unknown-information'; readonly code: number; readonly size: number }
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'refused'; readonly reason: string };

const incomplete: PacketDecoding = { kind: 'incomplete' };

/** @param awaited The replies that may come now. */
export function decodeServerPacket(source: Buffer, start: number, awaited: readonly ReplyKind[]): PacketDecoding {
  const code = source[start];
  if (code === undefined) return incomplete;
  if (code >= firstInformationCode) return decodeInformation(source, start, code);
  const kind = awaited.find((each) => replies[each].code === code);
  if (kind === undefined) return { kind: 'refused', reason: `unexpected reply ${code}` };
  const decoding = decodePacket(replies[kind].layout, source, start);
  if (decoding.kind !== 'decoded') return decoding;
  return { kind: 'reply', reply: { kind, ...decoding.values } as Reply, size: decoding.size };
}

function decodeInformation(source: Buffer, start: number, code: number): PacketDecoding {
  const length = source[start + 1];
  if (length === undefined) return incomplete;
  if (length < 2) return { kind: 'refused', reason: `information packet of ${length} bytes` };
  const kind: InformationKind | undefined = informationKinds().find(
    (each) => informationPackets[each].code === code && informationPackets[each].length === length,
  );
  if (kind === undefined) {
    return source.length - start < length ? incomplete : { kind: 'unknown-information', code, size: length };
  }
  const decoding = decodePacket(informationPackets[kind].layout, source, start);
  if (decoding.kind !== 'decoded') return decoding;
  return { kind: 'information', information: { kind, ...decoding.values } as Information, size: decoding.size };
}
