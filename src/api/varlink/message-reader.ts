/**
 * The framing of Varlink: each message ends with one NUL. Takes pieces as they come from the stream and gives whole messages; a message is never
 * searched twice, however small the pieces are.
 */
import { MessageError } from './message-error.ts';

export class MessageReader {
  readonly #limit: number;
  /** Pieces of a message that has not ended yet. */
  #pieces: Buffer[] = [];
  #pending = 0;

  /** @param limit Largest message in bytes, without its NUL. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Bytes of an unfinished message. */
  get pending(): number {
    return this.#pending;
  }

  /** @throws {MessageError} when a message is longer than the limit; the reader is of no use afterwards. */
  push(chunk: Buffer): Buffer[] {
    const messages: Buffer[] = [];
    let begin = 0;
    for (;;) {
      const end = chunk.indexOf(0, begin);
      const piece = chunk.subarray(begin, end === -1 ? chunk.length : end);
      if (this.#pending + piece.length > this.#limit) {
        throw new MessageError(`a message is longer than ${this.#limit} bytes`, this.#limit);
      }
      if (end === -1) {
        this.#keep(piece);
        return messages;
      }
      messages.push(this.#pieces.length === 0 ? piece : Buffer.concat([...this.#pieces, piece]));
      this.#pieces = [];
      this.#pending = 0;
      begin = end + 1;
    }
  }

  #keep(piece: Buffer): void {
    if (piece.length === 0) return;
    // Thousands of one-byte pieces would each hold the whole buffer they were read into.
    if (this.#pieces.length >= 64) this.#pieces = [Buffer.concat(this.#pieces)];
    this.#pieces.push(Buffer.from(piece));
    this.#pending += piece.length;
  }
}
