/**
 * The frame between reeve's own processes: `STX type length payload ETX` (docs/protocol.md, section 1), and the table of a channel.
 *
 * The reader is strict: what is not exactly a permitted frame is a `FrameError` with the offset of the wrong byte since the channel was opened,
 * and nothing is read after it.
 */

export const STX = 0x02;
export const ETX = 0x03;
export const headerSize = 6;
export const overhead = 7;

/** What a channel permits: type number to name, smallest and largest payload in bytes. */
export interface FrameRule {
  readonly type: number;
  readonly name: string;
  readonly smallest: number;
  readonly largest: number;
}

export interface Frame {
  readonly type: number;
  /** Valid only until the next `feed`: copy what must live longer. */
  readonly payload: Buffer;
}

export class FrameError extends Error {
  override readonly name = 'FrameError';
  readonly code = 'REEVE_FRAME';
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(`${message} (at byte ${offset})`);
    this.offset = offset;
  }
}

export class FrameReader {
  readonly #rules: ReadonlyMap<number, FrameRule>;
  #rest: Buffer = Buffer.alloc(0);
  #consumed = 0;
  #broken: FrameError | undefined;

  constructor(rules: readonly FrameRule[]) {
    this.#rules = new Map(rules.map((rule) => [rule.type, rule]));
  }

  /** Bytes of an unfinished frame. */
  get pending(): number {
    return this.#rest.length;
  }

  /**
   * Yields each complete frame in what has come so far.
   * @throws {FrameError} at the first wrong byte, and again at every later call.
   */
  *feed(chunk: Buffer): Generator<Frame> {
    if (this.#broken) throw this.#broken;
    let data = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    for (;;) {
      const size = this.#check(data);
      if (size === undefined) break;
      const frame = { type: data.readUInt8(1), payload: data.subarray(headerSize, size - 1) };
      data = data.subarray(size);
      this.#consumed += size;
      this.#rest = data;
      yield frame;
    }
    this.#rest = Buffer.from(data);
  }

  /** Size of the frame at the start of `data`, or undefined while it is incomplete. */
  #check(data: Buffer): number | undefined {
    const [stx, type] = data;
    if (stx === undefined) return undefined;
    if (stx !== STX) this.#fail(`expected STX, got ${stx}`, 0);
    if (type === undefined) return undefined;
    const rule = this.#rules.get(type);
    if (!rule) return this.#fail(`unknown frame type 0x${type.toString(16)}`, 1);
    if (data.length < headerSize) return undefined;
    const length = data.readUInt32LE(2);
    if (length < rule.smallest || length > rule.largest) {
      this.#fail(`${rule.name} must have ${rule.smallest} to ${rule.largest} bytes, got ${length}`, 2);
    }
    const size = length + overhead;
    if (data.length < size) return undefined;
    if (data[size - 1] !== ETX) this.#fail(`expected ETX, got ${data[size - 1]}`, size - 1);
    return size;
  }

  #fail(message: string, at: number): never {
    this.#broken = new FrameError(message, this.#consumed + at);
    throw this.#broken;
  }
}
