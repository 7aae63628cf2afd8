/**
 * Pieces of one log on their way to one consumer. Bounded: when the consumer is too slow the oldest waiting bytes are dropped and counted as lost,
 * so that a reader that stands still costs a fixed amount of memory.
 */
import type { LogPiece } from '../service-manager.ts';

const largestBacklog = 1024 * 1024;

export class LogQueue {
  readonly #pieces: Buffer[] = [];
  #size = 0;
  #lost = 0;
  #hasEnded = false;
  #wake: (() => void) | undefined;
  #position: bigint | undefined;

  /** `position` counts the bytes of the log; a jump means that bytes were lost before they came here. */
  push(position: bigint, bytes: Buffer): void {
    if (this.#position !== undefined && position > this.#position) this.#lost += Number(position - this.#position);
    this.#position = position + BigInt(bytes.length);
    this.#pieces.push(Buffer.from(bytes));
    this.#size += bytes.length;
    while (this.#size > largestBacklog) {
      const oldest = this.#pieces.shift();
      if (!oldest) break;
      this.#size -= oldest.length;
      this.#lost += oldest.length;
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
      const bytes = this.#pieces.shift();
      if (bytes) {
        this.#size -= bytes.length;
        const lost = this.#lost;
        this.#lost = 0;
        yield { bytes, lost };
      } else if (this.#hasEnded) {
        if (this.#lost > 0) yield { bytes: Buffer.alloc(0), lost: this.#lost };
        return;
      } else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }

  #notify(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}
