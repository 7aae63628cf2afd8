/** Replies that were recorded in one directory, as they would be in another: texts are replaced and their sizes made to fit. */
import { encodeInformation } from '../../src/dinit/information.ts';
import { encodeReply, type ReplyKind } from '../../src/dinit/replies.ts';
import { requests, type RequestKind } from '../../src/dinit/requests.ts';
import { decodeServerPacket } from '../../src/dinit/server-packets.ts';

/** @param answered The request that it is an answer to. */
export function relocate(reply: Buffer, answered: RequestKind, from: string, to: string): Buffer {
  const awaited: readonly ReplyKind[] = [...requests[answered].answers, 'bad-request'];
  const pieces: Buffer[] = [];
  for (let offset = 0; offset < reply.length;) {
    const decoding = decodeServerPacket(reply, offset, awaited);
    if (decoding.kind === 'reply') {
      pieces.push(encodeReply(moved(decoding.reply, from, to)));
    } else if (decoding.kind === 'information') {
      pieces.push(encodeInformation(decoding.information));
    } else {
      // Made up to confuse the client: it stays as it is.
      pieces.push(reply.subarray(offset));
      break;
    }
    offset += decoding.size;
  }
  return Buffer.concat(pieces);
}

function moved<T extends object>(packet: T, from: string, to: string): T {
  const move = (value: unknown): unknown => {
    if (Buffer.isBuffer(value)) return Buffer.from(value.toString('latin1').replaceAll(from, to), 'latin1');
    return Array.isArray(value) ? value.map(move) : value;
  };
  return Object.fromEntries(Object.entries(packet).map(([name, value]) => [name, move(value)])) as T;
}
