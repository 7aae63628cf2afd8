/** One line on the terminal that shows what a command waits for, from the second second on; nothing anywhere else. */
import type { CommandProgress } from '../../api/control-decoders.ts';
import type { Output } from './output.ts';
import { durationText } from './duration.ts';
import { cut, oneLine } from './text.ts';

/** Milliseconds before the line is shown, and between its changes. */
const interval = 1_000;
const clearLine = '\r\x1b[K';

export class ProgressLine implements Disposable {
  readonly #output: Output;
  readonly #now: () => number;
  readonly #begin: number;
  readonly #waiting = new Map<string, string>();
  #timer: NodeJS.Timeout | undefined;
  #isShown = false;

  constructor(output: Output, now: () => number) {
    this.#output = output;
    this.#now = now;
    this.#begin = now();
    if (output.isTerminal) this.#timer = setInterval(() => this.#show(), interval);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.clear();
  }

  set(name: string, text: string): void {
    this.#waiting.set(name, text);
  }

  remove(name: string): void {
    this.#waiting.delete(name);
  }

  /** Makes room for a line of something else. */
  clear(): void {
    if (this.#isShown) this.#output.write(clearLine);
    this.#isShown = false;
  }

  #show(): void {
    const [first, ...others] = this.#waiting;
    if (!first) return this.clear();
    const rest = others.length === 0 ? '' : ` and ${others.length} more`;
    const line = `${first[0]}: ${first[1]}${rest} (${durationText(this.#now() - this.#begin)})`;
    this.#output.write(`${clearLine}${cut(oneLine(line), (this.#output.columns ?? 80) - 1)}`);
    this.#isShown = true;
  }
}

/** `starting, waits for dependency db` */
export function progressText({ state, waitingFor }: Pick<CommandProgress, 'state' | 'waitingFor'>): string {
  return waitingFor.length === 0 ? state : `${state}, waits for ${waitingFor.join(', ')}`;
}
