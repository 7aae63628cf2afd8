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

const nothing = Buffer.alloc(0);

export class FrameReader {
  readonly #rules: ReadonlyMap<number, FrameRule>;
  #rest: Buffer = nothing;
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
    const data = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    try {
      for (let size = this.#sizeAt(data, at); size !== undefined; size = this.#sizeAt(data, at)) {
        const begin = at;
        at += size;
        yield { type: data[begin + 1] ?? 0, payload: data.subarray(begin + headerSize, at - 1) };
      }
    } finally {
      // Also when whoever reads stops in the middle.
      this.#rest = at === data.length ? nothing : Buffer.from(data.subarray(at));
      this.#consumed += at;
    }
  }

  /** Size of the frame that begins at `at`, or undefined while it is incomplete. */
  #sizeAt(data: Buffer, at: number): number | undefined {
    const stx = data[at];
    const type = data[at + 1];
    if (stx === undefined) return undefined;
    if (stx !== STX) this.#fail(`expected STX, got ${stx}`, at);
    if (type === undefined) return undefined;
    const rule = this.#rules.get(type);
    if (!rule) return this.#fail(`unknown frame type 0x${type.toString(16)}`, at + 1);
    if (data.length - at < headerSize) return undefined;
    const length = data.readUInt32LE(at + 2);
    if (length < rule.smallest || length > rule.largest) {
      this.#fail(`${rule.name} must have ${rule.smallest} to ${rule.largest} bytes, got ${length}`, at + 2);
    }
    const size = length + overhead;
    if (data.length - at < size) return undefined;
    if (data[at + size - 1] !== ETX) this.#fail(`expected ETX, got ${data[at + size - 1]}`, at + size - 1);
    return size;
  }

  #fail(message: string, at: number): never {
    this.#broken = new FrameError(message, this.#consumed + at);
    throw this.#broken;
  }
}
