/** Encodes and decodes packets by their layouts. The decoder never throws on bytes, whatever they are: it gives values, asks for more, or refuses. */
import type { Field, Layout } from './field.ts';
import { numberCodecs } from './number-codec.ts';

/** A field's value: what `Values` of the layout says. */
type Value = number | bigint | Buffer | readonly number[] | readonly Buffer[];

export type Decoding =
  | { readonly kind: 'decoded'; readonly values: Readonly<Record<string, Value>>; readonly size: number }
  /** More bytes must come. */
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'refused'; readonly reason: string };

const incomplete: Decoding = { kind: 'incomplete' };

/** Decodes the packet that begins at `start`; `size` counts from there. */
export function decodePacket(layout: Layout, source: Buffer, start: number): Decoding {
  const values: Record<string, Value> = {};
  const lengths = new Map<string, number>();
  let promised: number | undefined;
  let offset = start;
  for (const field of layout) {
    switch (field.kind) {
      case 'number':
      case 'fixed':
      case 'size':
      case 'count':
      case 'total': {
        const codec = numberCodecs[field.type];
        if (offset + codec.size > source.length) return incomplete;
        const value = codec.read(source, offset);
        offset += codec.size;
        if (field.kind === 'number') {
          values[field.name] = value;
        } else if (field.kind === 'fixed') {
          if (Number(value) !== field.value) return refused(`${value} where ${field.value} must be`);
        } else if (field.kind === 'total') {
          promised = Number(value);
        } else {
          const smallest = field.kind === 'size' ? field.smallest : 0;
          if (value < smallest || value > field.largest) {
            return refused(`${field.of} has ${value} ${field.kind === 'size' ? 'bytes' : 'elements'}`);
          }
          lengths.set(field.of, Number(value));
        }
        break;
      }
      case 'bytes': {
        const length = lengths.get(field.name) ?? 0;
        if (offset + length > source.length) return incomplete;
        values[field.name] = Buffer.from(source.subarray(offset, offset + length));
        offset += length;
        break;
      }
      case 'numbers': {
        const codec = numberCodecs[field.type];
        const count = lengths.get(field.name) ?? 0;
        if (offset + count * codec.size > source.length) return incomplete;
        const at = offset;
        values[field.name] = Array.from({ length: count }, (_, i) => Number(codec.read(source, at + i * codec.size)));
        offset += count * codec.size;
        break;
      }
      case 'texts': {
        const texts: Buffer[] = [];
        const codec = numberCodecs[field.type];
        for (let count = lengths.get(field.name) ?? 0; count > 0; count--) {
          if (offset + codec.size > source.length) return incomplete;
          const length = Number(codec.read(source, offset));
          if (length > field.largest) return refused(`${field.name} has ${length} bytes`);
          offset += codec.size;
          if (offset + length > source.length) return incomplete;
          texts.push(Buffer.from(source.subarray(offset, offset + length)));
          offset += length;
        }
        values[field.name] = texts;
        break;
      }
      default:
        return field satisfies never;
    }
  }
  const size = offset - start;
  if (promised !== undefined && promised !== size) return refused(`${size} bytes where ${promised} are announced`);
  return { kind: 'decoded', values, size };
}

function refused(reason: string): Decoding {
  return { kind: 'refused', reason };
}

/** @throws {RangeError} when a value does not fit: a defect of the caller. */
export function encodePacket(layout: Layout, values: Readonly<Record<string, unknown>>): Buffer {
  const sizes = layout.map((field) => sizeIn(field, values));
  const whole = sizes.reduce((sum, size) => sum + size, 0);
  const target = Buffer.allocUnsafe(whole);
  let offset = 0;
  for (const [index, field] of layout.entries()) {
    write(target, offset, field, values, whole);
    offset += sizes[index] ?? 0;
  }
  return target;
}

function sizeIn(field: Field, values: Readonly<Record<string, unknown>>): number {
  switch (field.kind) {
    case 'number':
    case 'fixed':
    case 'size':
    case 'count':
    case 'total':
      return numberCodecs[field.type].size;
    case 'bytes':
      return bufferIn(values, field.name).length;
    case 'numbers':
      return listIn(values, field.name).length * numberCodecs[field.type].size;
    case 'texts':
      return listIn(values, field.name).reduce(
        (sum: number, text) => sum + numberCodecs[field.type].size + (Buffer.isBuffer(text) ? text.length : 0),
        0,
      );
    default:
      return field satisfies never;
  }
}

function write(
  target: Buffer,
  start: number,
  field: Field,
  values: Readonly<Record<string, unknown>>,
  whole: number,
): void {
  if (field.kind === 'bytes') {
    bufferIn(values, field.name).copy(target, start);
    return;
  }
  const codec = numberCodecs[field.type];
  switch (field.kind) {
    case 'number':
      codec.write(target, numberIn(values[field.name], field.name), start);
      break;
    case 'fixed':
      codec.write(target, field.value, start);
      break;
    case 'size': {
      const { length } = bufferIn(values, field.of);
      if (length < field.smallest || length > field.largest) {
        throw new RangeError(`Cannot encode '${field.of}': must have ${field.smallest} to ${field.largest} bytes`);
      }
      codec.write(target, length, start);
      break;
    }
    case 'count':
      codec.write(target, listIn(values, field.of).length, start);
      break;
    case 'total':
      codec.write(target, whole, start);
      break;
    case 'numbers':
      for (const [index, value] of listIn(values, field.name).entries()) {
        codec.write(target, numberIn(value, field.name), start + index * codec.size);
      }
      break;
    case 'texts': {
      let offset = start;
      for (const text of listIn(values, field.name)) {
        if (!Buffer.isBuffer(text)) throw new TypeError(`Cannot encode '${field.name}': must be buffers`);
        codec.write(target, text.length, offset);
        text.copy(target, offset + codec.size);
        offset += codec.size + text.length;
      }
      break;
    }
    default:
      field satisfies never;
  }
}

function bufferIn(values: Readonly<Record<string, unknown>>, name: string): Buffer {
  const value = values[name];
  if (!Buffer.isBuffer(value)) throw new TypeError(`Cannot encode '${name}': must be a buffer`);
  return value;
}

function listIn(values: Readonly<Record<string, unknown>>, name: string): readonly unknown[] {
  const value = values[name];
  if (!Array.isArray(value)) throw new TypeError(`Cannot encode '${name}': must be a list`);
  return value;
}

function numberIn(value: unknown, name: string): number | bigint {
  if (typeof value === 'number' || typeof value === 'bigint') return value;
  throw new TypeError(`Cannot encode '${name}': must be a number`);
}
