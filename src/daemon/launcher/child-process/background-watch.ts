/** Watches processes that are no children of ours: nothing tells of their end, so they are looked at again and again, as long as there are any. */
import type { BackgroundProcess } from './service-process.ts';

/** Milliseconds between two looks. */
const lookAgain = 100;

export class BackgroundWatch implements Disposable {
  readonly #watched = new Map<BackgroundProcess, () => void>();
  #timer: NodeJS.Timeout | undefined;

  add(process: BackgroundProcess, ended: () => void): void {
    this.#watched.set(process, ended);
    this.#timer ??= setInterval(() => this.#look(), lookAgain);
  }

  [Symbol.dispose](): void {
    this.#watched.clear();
    this.#stop();
  }

  #look(): void {
    for (const [process, ended] of this.#watched) {
      if (process.isAlive) continue;
      this.#watched.delete(process);
      ended();
    }
    if (this.#watched.size === 0) this.#stop();
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
