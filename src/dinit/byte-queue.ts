/** Bytes that arrive in pieces and are consumed in packets. Appending costs what is appended, however long the packet that is still incomplete. */
export class ByteQueue {
  #storage: Buffer = Buffer.alloc(0);
  #start = 0;
  #end = 0;

  get length(): number {
    return this.#end - this.#start;
  }

  /** All that waits; valid until the next call of `append`. */
  get bytes(): Buffer {
    return this.#storage.subarray(this.#start, this.#end);
  }

  append(chunk: Buffer): void {
    if (this.length === 0) {
      this.#storage = chunk;
      this.#start = 0;
      this.#end = chunk.length;
      return;
    }
    if (this.#end + chunk.length > this.#storage.length) this.#grow(this.length + chunk.length);
    this.#end += chunk.copy(this.#storage, this.#end);
  }

  consume(size: number): void {
    this.#start += size;
    if (this.#start >= this.#end) {
      this.#storage = Buffer.alloc(0);
      this.#start = 0;
      this.#end = 0;
    }
  }

  #grow(needed: number): void {
    const storage = Buffer.allocUnsafe(2 * needed);
    this.#end = this.bytes.copy(storage);
    this.#start = 0;
    this.#storage = storage;
  }
}
