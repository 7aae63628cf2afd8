/**
 * Pieces of one log on their way to one consumer. Bounded: when the consumer is too slow the oldest waiting bytes are dropped and counted as lost,
 * so that a reader that stands still costs a fixed amount of memory.
 */
import type { LogPiece } from '../service-manager.ts';

const largestBacklog = 1024 * 1024;

export class LogQueue {
  readonly #pieces: LogPiece[] = [];
  #size = 0;
  /** Lost before the next piece that is pushed, or before the end. */
  #lost = 0;
  #hasEnded = false;
  #wake: (() => void) | undefined;
  #position: bigint | undefined;

  /** `position` counts the bytes of the log; a jump means that bytes were lost before they came here. */
  push(position: bigint, bytes: Buffer): void {
    if (this.#position !== undefined && position > this.#position) this.#lost += Number(position - this.#position);
    this.#position = position + BigInt(bytes.length);
    this.#pieces.push({ bytes: Buffer.from(bytes), lost: this.#lost, position: Number(position) });
    this.#lost = 0;
    this.#size += bytes.length;
    while (this.#size > largestBacklog) {
      const oldest = this.#pieces.shift();
      if (!oldest) break;
      this.#size -= oldest.bytes.length;
      this.#addLost(oldest.lost + oldest.bytes.length);
    }
    this.#notify();
  }

  /** A new logger counts positions anew. */
  forgetPosition(): void {
    this.#position = undefined;
  }

  end(lost: number): void {
    this.#lost += lost;
    this.#hasEnded = true;
    this.#notify();
  }

  async *pieces(): AsyncGenerator<LogPiece> {
    for (;;) {
      const piece = this.#pieces.shift();
      if (piece) {
        this.#size -= piece.bytes.length;
        yield piece;
      } else if (this.#hasEnded) {
        const position = Number(this.#position ?? 0);
        if (this.#lost > 0) yield { bytes: Buffer.alloc(0), lost: this.#lost, position };
        return;
      } else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }

  /** To what comes next: the piece that is now the oldest, if there is one. */
  #addLost(count: number): void {
    const [next] = this.#pieces;
    if (next) this.#pieces[0] = { ...next, lost: next.lost + count };
    else this.#lost += count;
  }

  #notify(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}
