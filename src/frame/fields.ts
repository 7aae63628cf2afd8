/**
 * The fields inside a payload: fixed-size little-endian numbers, strings with length and NUL, counted lists, nested frames.
 * A `FieldReader` must be read to its last byte: `end()` refuses what is left over.
 */
import { ETX, FrameError, type Frame, STX, headerSize, overhead } from './frame.ts';

export class FieldReader {
  readonly #data: Buffer;
  // This runs without a compiler, where Buffer's checked readers are many calls and this is one.
  readonly #view: DataView;
  #at = 0;

  constructor(payload: Buffer) {
    this.#data = payload;
    this.#view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  }

  u8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#advance(2), true);
  }

  u32(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }

  i32(): number {
    return this.#view.getInt32(this.#advance(4), true);
  }

  u64(): bigint {
    return this.#view.getBigUint64(this.#advance(8), true);
  }

  i64(): bigint {
    return this.#view.getBigInt64(this.#advance(8), true);
  }

  /** A u64 as a number: exact up to 2^53, which nanoseconds reach after a hundred days. */
  approximateU64(): number {
    const at = this.#advance(8);
    return this.#view.getUint32(at, true) + this.#view.getUint32(at + 4, true) * 0x1_0000_0000;
  }

  text(): string {
    const bytes = this.#take(this.u32());
    const terminator = this.u8();
    if (terminator !== 0 || bytes.includes(0)) throw new FrameError('a string must end with its only NUL', this.#at);
    return bytes.toString('utf8');
  }

  list<T>(element: () => T): T[] {
    const count = this.u32();
    if (count > this.#data.length - this.#at) throw new FrameError(`a list of ${count} cannot fit`, this.#at);
    return Array.from({ length: count }, element);
  }

  rest(): Buffer {
    return this.#take(this.#data.length - this.#at);
  }

  /** The next nested frame, or undefined at the end. */
  frame(): Frame | undefined {
    if (this.#at === this.#data.length) return undefined;
    const begin = this.#at;
    const header = this.#take(headerSize);
    const payload = this.#take(header.readUInt32LE(2));
    if (header[0] !== STX || this.u8() !== ETX) throw new FrameError('malformed nested frame', begin);
    return { type: header.readUInt8(1), payload };
  }

  end(): void {
    if (this.#at !== this.#data.length) {
      throw new FrameError(`${this.#data.length - this.#at} bytes are left over in the payload`, this.#at);
    }
  }

  #take(size: number): Buffer {
    const at = this.#advance(size);
    return this.#data.subarray(at, at + size);
  }

  #advance(size: number): number {
    const at = this.#at;
    if (this.#data.length - at < size) throw new FrameError('the payload is truncated', this.#data.length);
    this.#at = at + size;
    return at;
  }
}

/** Collects frames in one growing buffer, to be written at once. */
export class FrameWriter {
  #buffer: Buffer;
  #used = 0;

  constructor(capacity = 4096) {
    this.#buffer = Buffer.allocUnsafe(capacity);
  }

  get size(): number {
    return this.#used;
  }

  /** A copy of what was written since the last `take`. */
  take(): Buffer {
    const bytes = Buffer.from(this.#buffer.subarray(0, this.#used));
    this.#used = 0;
    return bytes;
  }

  frame(type: number, fields: (writer: this) => void = () => {}): this {
    const begin = this.#used;
    this.u8(STX).u8(type).u32(0);
    fields(this);
    const length = this.#used - begin - headerSize;
    if (length + overhead > 0xffff_ffff) throw new RangeError(`frame 0x${type.toString(16)} is too large`);
    this.#put32(length, begin + 2);
    return this.u8(ETX);
  }

  u8(value: number): this {
    this.#reserve(1);
    if (value !== (value & 0xff)) throw outOfRange(value, 1);
    this.#buffer[this.#used++] = value;
    return this;
  }

  u16(value: number): this {
    this.#reserve(2);
    this.#used = this.#buffer.writeUInt16LE(value, this.#used);
    return this;
  }

  u32(value: number): this {
    if (value !== value >>> 0) throw outOfRange(value, 4);
    return this.#number32(value);
  }

  i32(value: number): this {
    if (value !== (value | 0)) throw outOfRange(value, 4);
    return this.#number32(value);
  }

  u64(value: bigint): this {
    this.#reserve(8);
    this.#used = this.#buffer.writeBigUInt64LE(value, this.#used);
    return this;
  }

  i64(value: bigint): this {
    this.#reserve(8);
    this.#used = this.#buffer.writeBigInt64LE(value, this.#used);
    return this;
  }

  bytes(value: Uint8Array): this {
    this.#reserve(value.length);
    this.#buffer.set(value, this.#used);
    this.#used += value.length;
    return this;
  }

  /** @throws {RangeError} if the text has a NUL, which no C string could carry. */
  text(value: string): this {
    if (value.includes('\0')) throw new RangeError('a string in a frame cannot contain NUL');
    const size = Buffer.byteLength(value);
    this.u32(size).#reserve(size + 1);
    this.#used += this.#buffer.write(value, this.#used, 'utf8');
    return this.u8(0);
  }

  list<T>(values: readonly T[], element: (writer: this, value: T) => void): this {
    this.u32(values.length);
    for (const value of values) element(this, value);
    return this;
  }

  #number32(value: number): this {
    this.#reserve(4);
    this.#put32(value, this.#used);
    this.#used += 4;
    return this;
  }

  /** Byte by byte: in a process that has only just begun this costs a third of Buffer's own method. */
  #put32(value: number, at: number): void {
    const buffer = this.#buffer;
    buffer[at] = value;
    buffer[at + 1] = value >> 8;
    buffer[at + 2] = value >> 16;
    buffer[at + 3] = value >> 24;
  }

  #reserve(size: number): void {
    if (this.#buffer.length - this.#used >= size) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#used + size));
    larger.set(this.#buffer.subarray(0, this.#used));
    this.#buffer = larger;
  }
}

function outOfRange(value: number, size: number): RangeError {
  return new RangeError(`${value} does not fit into ${size} ${size === 1 ? 'byte' : 'bytes'}`);
}
