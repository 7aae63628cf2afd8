/** The newest bytes of a log. Every byte ever appended has a position, counted from 0; the ring holds those from `begin` up to `end`. */

export class Ring {
  #size: number;
  /** Made when the first byte comes: a silent service costs nothing. */
  #bytes: Buffer | undefined;
  #begin = 0;
  #end = 0;

  constructor(size: number) {
    this.#size = size;
  }

  get begin(): number {
    return this.#begin;
  }

  get end(): number {
    return this.#end;
  }

  append(data: Buffer): void {
    const kept = data.subarray(Math.max(0, data.length - this.#size));
    this.#end += data.length;
    this.#begin = Math.max(this.#begin, this.#end - this.#size);
    if (kept.length === 0) return;
    this.#bytes ??= Buffer.allocUnsafeSlow(this.#size);
    const at = (this.#end - kept.length) % this.#size;
    const first = kept.copy(this.#bytes, at);
    kept.copy(this.#bytes, 0, first);
  }

  /** A copy of what is held from `position` on, or from the oldest byte if that is later. */
  from(position: number): Buffer {
    const start = Math.max(position, this.#begin);
    if (start >= this.#end || !this.#bytes) return Buffer.alloc(0);
    const at = start % this.#size;
    const first = this.#bytes.subarray(at, Math.min(at + this.#end - start, this.#size));
    return Buffer.concat([first, this.#bytes.subarray(0, this.#end - start - first.length)]);
  }

  /** Keeps the newest bytes. */
  resize(size: number): void {
    if (size === this.#size) return;
    const held = this.from(this.#begin).subarray(-Math.max(size, 1));
    this.#size = size;
    this.#bytes = undefined;
    this.#end -= held.length;
    this.#begin = this.#end;
    if (held.length > 0) this.append(held);
  }
}
