/** Random packets, made from the layout tables: whatever a layout can carry. */
import fc from 'fast-check';
import type { Field, Layout, NumberType } from '../../src/dinit/field.ts';
import { type Information, type InformationKind, informationPackets } from '../../src/dinit/information.ts';
import { type Reply, type ReplyKind, replies } from '../../src/dinit/replies.ts';
import { type Request, type RequestKind, requests } from '../../src/dinit/requests.ts';

const numberOf: Readonly<Record<NumberType, fc.Arbitrary<number | bigint>>> = {
  u8: fc.integer({ min: 0, max: 0xff }),
  u16: fc.integer({ min: 0, max: 0xffff }),
  u32: fc.integer({ min: 0, max: 0xffff_ffff }),
  i32: fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff }),
  u64: fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
  i64: fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }),
};

const largestText = 2000;

function bytesOf(layout: Layout, name: string): fc.Arbitrary<Buffer> {
  const size = layout.find((field) => field.kind === 'size' && field.of === name);
  const [smallest, largest] = size?.kind === 'size' ? [size.smallest, size.largest] : [0, 0];
  return fc
    .uint8Array({ minLength: smallest, maxLength: Math.min(largest, largestText), size: 'max' })
    .map((bytes) => Buffer.from(bytes));
}

function valueOf(layout: Layout, field: Field): fc.Arbitrary<unknown> | undefined {
  switch (field.kind) {
    case 'number':
      return numberOf[field.type];
    case 'bytes':
      return bytesOf(layout, field.name);
    case 'numbers':
      return fc.array(numberOf[field.type], { maxLength: 20 });
    case 'texts':
      return fc.array(
        fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
        { maxLength: 8 },
      );
    case 'fixed':
    case 'size':
    case 'count':
    case 'total':
      return undefined;
    default:
      return field satisfies never;
  }
}

function packetOf(kind: string, layout: Layout): fc.Arbitrary<unknown> {
  const model: Record<string, fc.Arbitrary<unknown>> = { kind: fc.constant(kind) };
  for (const field of layout) {
    const value = valueOf(layout, field);
    if (value && 'name' in field) model[field.name] = value;
  }
  return fc.record(model);
}

export function requestOf(kind: RequestKind): fc.Arbitrary<Request> {
  return packetOf(kind, requests[kind].layout) as fc.Arbitrary<Request>;
}

export function replyOf(kind: ReplyKind): fc.Arbitrary<Reply> {
  return packetOf(kind, replies[kind].layout) as fc.Arbitrary<Reply>;
}

export function informationOf(kind: InformationKind): fc.Arbitrary<Information> {
  return packetOf(kind, informationPackets[kind].layout) as fc.Arbitrary<Information>;
}
