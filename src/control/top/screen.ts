/** The terminal while `top` has it: another screen without a cursor. However it ends, the terminal is as before. */
import type { Output } from '../output/output.ts';

const enter = '\x1b[?1049h\x1b[?25l';
const leave = '\x1b[?25h\x1b[?1049l';
const home = '\x1b[H';
const clearLine = '\x1b[K';
const clearBelow = '\x1b[J';

export class Screen implements Disposable {
  readonly #output: Output;
  #last = '';

  constructor(output: Output) {
    this.#output = output;
    output.write(enter);
  }

  /** Draws all lines anew; nothing is written when nothing has changed. */
  draw(lines: readonly string[]): void {
    const text = `${home}${lines.map((line) => line + clearLine).join('\r\n')}${clearBelow}`;
    if (text === this.#last) return;
    this.#last = text;
    this.#output.write(text);
  }

  /** The next draw writes everything. */
  forget(): void {
    this.#last = '';
  }

  [Symbol.dispose](): void {
    this.#output.write(leave);
  }
}
