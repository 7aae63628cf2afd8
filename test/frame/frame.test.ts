import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FieldReader, FrameWriter } from '../../src/frame/fields.ts';
import { FrameError, FrameReader, type FrameRule } from '../../src/frame/frame.ts';

const rules: readonly FrameRule[] = [
  { type: 0x10, name: 'SMALL', smallest: 0, largest: 8 },
  { type: 0x11, name: 'WIDE', smallest: 0, largest: 5000 },
  { type: 0x12, name: 'SOME', smallest: 2, largest: 64 },
];

const frame = fc.constantFrom(...rules).chain((rule) =>
  fc.record({
    type: fc.constant(rule.type),
    payload: fc.uint8Array({ minLength: rule.smallest, maxLength: Math.min(rule.largest, 300) }),
  }),
);
type TestFrame = typeof frame extends fc.Arbitrary<infer T> ? T : never;

function encode(frames: readonly TestFrame[]): Buffer {
  const writer = new FrameWriter(16);
  for (const { type, payload } of frames) writer.frame(type, (fields) => fields.bytes(payload));
  return writer.take();
}

/** Cuts the bytes at the given places (taken modulo the length). */
function chunks(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  return places.slice(1).map((end, i) => bytes.subarray(places[i], end));
}

/** Payloads are copied at once because they are valid only until the next `feed`. */
function readAll(pieces: readonly Buffer[]) {
  const reader = new FrameReader(rules);
  const frames: TestFrame[] = [];
  try {
    for (const piece of pieces) {
      for (const { type, payload } of reader.feed(piece)) frames.push({ type, payload: Uint8Array.from(payload) });
    }
  } catch (error) {
    if (!(error instanceof FrameError)) throw error;
    return { frames, error: error.offset };
  }
  return { frames, pending: reader.pending };
}

describe('FrameReader', () => {
  it('FrameReader gives back what FrameWriter wrote, in any chunking', () => {
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 12 }), fc.array(fc.nat(), { maxLength: 20 }), (frames, cuts) => {
        expect(readAll(chunks(encode(frames), cuts))).toEqual({ frames, pending: 0 });
      }),
    );
  });

  it('FrameReader answers arbitrary bytes with frames and at most one FrameError, the same in any chunking', () => {
    const bytes = fc
      .array(
        fc.oneof(
          fc.uint8Array({ maxLength: 12 }),
          frame.map((one) => encode([one])),
        ),
        { maxLength: 8 },
      )
      .map((pieces) => Buffer.concat(pieces));
    fc.assert(
      fc.property(bytes, fc.array(fc.nat(), { maxLength: 20 }), (data, cuts) => {
        expect(readAll(chunks(data, cuts))).toEqual(readAll([data]));
      }),
      { numRuns: 500 },
    );
  });

  it('FrameReader finds one changed byte of the frame itself, or gives a frame that differs', () => {
    fc.assert(
      fc.property(
        fc.array(frame, { minLength: 1, maxLength: 5 }),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (frames, at, flip) => {
          const bytes = encode(frames);
          const place = at % bytes.length;
          bytes.writeUInt8(bytes.readUInt8(place) ^ flip, place);
          expect(readAll([bytes])).not.toEqual({ frames, pending: 0 });
        },
      ),
    );
  });

  it('FrameReader stays broken after an error', () => {
    const reader = new FrameReader(rules);
    expect(() => [...reader.feed(Buffer.from([0x00]))]).toThrow(FrameError);
    expect(() => [...reader.feed(encode([{ type: 0x10, payload: new Uint8Array() }]))]).toThrow('at byte 0');
  });

  it('FrameReader names the frame, the limits and the length when a payload is too long', () => {
    const reader = new FrameReader(rules);
    expect(() => [...reader.feed(Buffer.from([2, 0x10, 9, 0, 0, 0]))]).toThrow(
      'SMALL must have 0 to 8 bytes, got 9 (at byte 2)',
    );
  });
});

describe('FieldReader', () => {
  const field = fc.oneof(
    fc.record({ kind: fc.constant('u8' as const), value: fc.nat(0xff) }),
    fc.record({ kind: fc.constant('u16' as const), value: fc.nat(0xffff) }),
    fc.record({ kind: fc.constant('u32' as const), value: fc.integer({ min: 0, max: 0xffff_ffff }) }),
    fc.record({ kind: fc.constant('i32' as const), value: fc.integer() }),
    fc.record({ kind: fc.constant('u64' as const), value: fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }) }),
    fc.record({ kind: fc.constant('i64' as const), value: fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }) }),
    fc.record({
      kind: fc.constant('text' as const),
      value: fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0')),
    }),
    fc.record({ kind: fc.constant('list' as const), value: fc.array(fc.integer({ min: 0, max: 0xffff_ffff })) }),
    fc.record({ kind: fc.constant('frame' as const), value: fc.uint8Array({ maxLength: 20 }) }),
  );
  type Field = typeof field extends fc.Arbitrary<infer T> ? T : never;

  function put(writer: FrameWriter, one: Field): void {
    switch (one.kind) {
      case 'u8':
      case 'u16':
      case 'u32':
      case 'i32':
        return void writer[one.kind](one.value);
      case 'u64':
      case 'i64':
        return void writer[one.kind](one.value);
      case 'text':
        return void writer.text(one.value);
      case 'list':
        return void writer.list(one.value, (to, value) => to.u32(value));
      case 'frame':
        return void writer.frame(0x20, (to) => to.bytes(one.value));
      default:
        one satisfies never;
    }
  }

  function get(reader: FieldReader, kind: Field['kind']): unknown {
    if (kind === 'list') return reader.list(() => reader.u32());
    if (kind === 'frame') return Uint8Array.from(reader.frame()?.payload ?? []);
    return reader[kind]();
  }

  const payloadOf = (fields: readonly Field[]): Buffer => {
    const writer = new FrameWriter(8);
    for (const one of fields) put(writer, one);
    return writer.take();
  };

  it('FieldReader gives back each field that FrameWriter wrote', () => {
    fc.assert(
      fc.property(fc.array(field), (fields) => {
        const reader = new FieldReader(payloadOf(fields));
        for (const one of fields) expect(get(reader, one.kind)).toEqual(one.value);
        reader.end();
      }),
    );
  });

  it('FieldReader refuses a payload that lacks bytes or has some left over', () => {
    fc.assert(
      fc.property(fc.array(field, { minLength: 1 }), fc.integer({ min: 1, max: 4 }), (fields, change) => {
        const bytes = payloadOf(fields);
        const read = (data: Buffer) => {
          const reader = new FieldReader(data);
          for (const one of fields) get(reader, one.kind);
          reader.end();
        };
        expect(() => read(bytes.subarray(0, Math.max(0, bytes.length - change)))).toThrow(FrameError);
        expect(() => read(Buffer.concat([bytes, Buffer.alloc(change)]))).toThrow(FrameError);
      }),
    );
  });

  it('FieldReader throws nothing but FrameError on arbitrary bytes', () => {
    const kinds = ['u8', 'u16', 'u32', 'i32', 'u64', 'i64', 'text', 'list', 'frame'] as const;
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.array(fc.constantFrom(...kinds)), (bytes, wanted) => {
        const reader = new FieldReader(Buffer.from(bytes));
        try {
          for (const kind of wanted) get(reader, kind);
          reader.end();
        } catch (error) {
          expect(error).toBeInstanceOf(FrameError);
        }
      }),
    );
  });

  it('FieldReader.text() refuses a NUL inside and a missing NUL at the end', () => {
    expect(() => new FieldReader(Buffer.from('02000000610000', 'hex')).text()).toThrow(FrameError);
    expect(() => new FieldReader(Buffer.from('02000000616263', 'hex')).text()).toThrow(FrameError);
    expect(new FieldReader(Buffer.from('02000000616200', 'hex')).text()).toBe('ab');
  });

  it('FieldReader.list() refuses a count that cannot fit before it allocates anything', () => {
    const reader = new FieldReader(Buffer.from('ffffffff00', 'hex'));
    expect(() => reader.list(() => reader.u8())).toThrow('a list of 4294967295 cannot fit');
  });
});

describe('FrameWriter', () => {
  it('FrameWriter.text() refuses a NUL', () => {
    expect(() => new FrameWriter().text('a\0b')).toThrow(RangeError);
  });

  it('FrameWriter.take() gives a copy that later writing does not change', () => {
    const writer = new FrameWriter(4);
    const first = writer.u32(1).take();
    writer.u32(2);
    expect(first).toEqual(Buffer.from([1, 0, 0, 0]));
  });
});
