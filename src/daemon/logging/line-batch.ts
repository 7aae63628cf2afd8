/** Lines for a person, written together at the end of the turn in which they came: a write for each costs more than everything else about them. */
import type { WriteStream } from 'node:tty';

export class LineBatch {
  readonly #output: Pick<WriteStream, 'write' | 'writableLength'>;
  readonly isTTY: boolean;
  #pending = '';

  constructor(output: Pick<WriteStream, 'write' | 'writableLength'> & { readonly isTTY?: boolean }) {
    this.#output = output;
    this.isTTY = output.isTTY === true;
    // The last words, too, are heard.
    process.once('exit', () => this.#flush());
  }

  get writableLength(): number {
    return this.#output.writableLength + this.#pending.length;
  }

  write(text: string): boolean {
    if (this.#pending === '') setImmediate(() => this.#flush());
    this.#pending += text;
    return true;
  }

  #flush(): void {
    const text = this.#pending;
    this.#pending = '';
    if (text !== '') this.#output.write(text);
  }
}
