import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeInformation, type InformationKind, informationKinds } from '../../src/dinit/information.ts';
import { encodeReply, type ReplyKind, replies } from '../../src/dinit/replies.ts';
import { decodeRequest, encodeRequest, requestKinds } from '../../src/dinit/requests.ts';
import { decodeServerPacket } from '../../src/dinit/server-packets.ts';
import { informationOf, replyOf, requestOf } from './arbitrary-packet.ts';
import { informationVectors, replyVectors, requestVectors } from './vectors.ts';

const bytesOf = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');
const replyKinds = Object.keys(replies) as ReplyKind[];

describe('requests', () => {
  it('have a vector for each kind', () => {
    expect(requestVectors.map(({ packet }) => packet.kind).toSorted()).toEqual([...requestKinds()].toSorted());
  });

  it.each(requestVectors)('$packet.kind is $hex', ({ packet, hex }) => {
    const bytes = bytesOf(hex);
    expect(encodeRequest(packet).toString('hex')).toBe(bytes.toString('hex'));
    expect(decodeRequest(bytes)).toEqual({ kind: 'request', request: packet, size: bytes.length });
  });

  it.each(requestKinds())('%s is read as it was written, wherever it is cut and whatever follows', (kind) => {
    fc.assert(
      fc.property(requestOf(kind), fc.uint8Array({ maxLength: 5 }), fc.nat(), (request, before, cut) => {
        const bytes = encodeRequest(request);
        const stream = Buffer.concat([before, bytes, Buffer.from([0xff])]);
        expect(decodeRequest(stream, before.length)).toEqual({ kind: 'request', request, size: bytes.length });
        const part = stream.subarray(0, before.length + (cut % bytes.length));
        expect(decodeRequest(part, before.length)).toEqual({ kind: 'incomplete' });
      }),
      { numRuns: 50 },
    );
  });

  it.each([0, 1022, 65_535])('a length of %d is refused as soon as a fourth byte is there', (length) => {
    for (const code of [1, 2, 17]) {
      const head = Buffer.from([code, length & 0xff, length >> 8]);
      expect(decodeRequest(head).kind).toBe('incomplete');
      expect(decodeRequest(Buffer.concat([head, Buffer.from([0x61])])).kind).toBe('refused');
    }
  });

  it.each([30, 31, 50, 100, 255])('code %d is refused at once', (code) => {
    expect(decodeRequest(Buffer.from([code])).kind).toBe('refused');
  });

  it('the decoder answers any bytes without an exception', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1100, size: 'max' }), (bytes) => {
        const decoding = decodeRequest(Buffer.from(bytes));
        if (decoding.kind !== 'request') return ['incomplete', 'refused'].includes(decoding.kind);
        return (
          decoding.size <= bytes.length && encodeRequest(decoding.request).equals(bytes.subarray(0, decoding.size))
        );
      }),
      { numRuns: 2000 },
    );
  });

  it('encodeRequest() refuses a name that no request can carry', () => {
    expect(() => encodeRequest({ kind: 'load', name: Buffer.alloc(0) })).toThrow(RangeError);
    expect(() => encodeRequest({ kind: 'load', name: Buffer.alloc(1022, 'a') })).toThrow(RangeError);
  });
});

describe('replies', () => {
  it('have a vector for each kind', () => {
    expect(replyVectors.map(({ packet }) => packet.kind).toSorted()).toEqual(replyKinds.toSorted());
  });

  it.each(replyVectors)('$packet.kind is $hex', ({ packet, hex }) => {
    const bytes = bytesOf(hex);
    expect(encodeReply(packet).toString('hex')).toBe(bytes.toString('hex'));
    expect(decodeServerPacket(bytes, 0, [packet.kind])).toEqual({ kind: 'reply', reply: packet, size: bytes.length });
  });

  it.each(replyKinds)('%s is read as it was written, wherever it is cut and whatever follows', (kind) => {
    fc.assert(
      fc.property(replyOf(kind), fc.nat(), (reply, cut) => {
        const bytes = encodeReply(reply);
        const stream = Buffer.concat([bytes, Buffer.from([0xff])]);
        expect(decodeServerPacket(stream, 0, [kind])).toEqual({ kind: 'reply', reply, size: bytes.length });
        expect(decodeServerPacket(stream.subarray(0, cut % bytes.length), 0, [kind])).toEqual({ kind: 'incomplete' });
      }),
      { numRuns: 50 },
    );
  });

  it('a reply that does not answer the request is refused', () => {
    expect(decodeServerPacket(bytesOf('32'), 0, ['version']).kind).toBe('refused');
  });

  it('a load mechanism whose announced size is wrong is refused', () => {
    const bytes = bytesOf('40 01 0f000000 00000000 00000000');
    expect(decodeServerPacket(bytes, 0, ['load-mechanism']).kind).toBe('refused');
  });

  it('an environment of absurd size is refused instead of waited for', () => {
    expect(decodeServerPacket(bytesOf('4e ffffffffffffffff'), 0, ['environment']).kind).toBe('refused');
  });
});

describe('information packets', () => {
  it('have a vector for each kind', () => {
    expect(informationVectors.map(({ packet }) => packet.kind).toSorted()).toEqual([...informationKinds()].toSorted());
  });

  it.each(informationVectors)('$packet.kind is $hex', ({ packet, hex }) => {
    const bytes = bytesOf(hex);
    expect(encodeInformation(packet).toString('hex')).toBe(bytes.toString('hex'));
    expect(decodeServerPacket(bytes, 0, [])).toEqual({ kind: 'information', information: packet, size: bytes.length });
  });

  it.each(informationKinds())('%s is read as it was written, wherever it is cut', (kind: InformationKind) => {
    fc.assert(
      fc.property(informationOf(kind), fc.nat(), (information, cut) => {
        const bytes = encodeInformation(information);
        expect(decodeServerPacket(bytes, 0, [])).toEqual({ kind: 'information', information, size: bytes.length });
        const part = bytes.subarray(0, cut % bytes.length);
        expect(decodeServerPacket(part, 0, [])).toEqual({ kind: 'incomplete' });
      }),
      { numRuns: 50 },
    );
  });

  it('of an unknown kind or length are passed over by their length byte', () => {
    const unknown = bytesOf('c8 04 0000 32');
    expect(decodeServerPacket(unknown, 0, [])).toEqual({ kind: 'unknown-information', code: 200, size: 4 });
    expect(decodeServerPacket(bytesOf('65 08 000000000000'), 0, [])).toMatchObject({ kind: 'unknown-information' });
    expect(decodeServerPacket(bytesOf('c8 09 00'), 0, []).kind).toBe('incomplete');
  });

  it('that claim to be shorter than their own head are refused', () => {
    expect(decodeServerPacket(bytesOf('c8 01'), 0, []).kind).toBe('refused');
  });
});
