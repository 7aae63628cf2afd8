/** Prints lines of one or several services: the time, the service in its colour, the text. */
import type { Context } from '../session/context.ts';
import { paint } from '../output/colours.ts';
import { momentText } from '../output/moment.ts';
import { paintName } from '../output/name-colours.ts';
import { terminalOutput } from '../output/text.ts';
import type { LogLine } from './log-line.ts';

/** Names are padded up to here. */
const widestName = 24;

export class LinePrinter {
  readonly #context: Context;
  readonly #isNamed: boolean;
  #nameWidth = 0;

  /** @param isNamed Whether the name of the service is printed before each line. */
  constructor(context: Context, isNamed: boolean) {
    this.#context = context;
    this.#isNamed = isNamed;
  }

  print(lines: readonly LogLine[]): void {
    if (lines.length === 0) return;
    if (this.#context.isJson) {
      for (const { service: name, time, text } of lines)
        this.#context.print({ name, ...(time !== undefined && { time }), text });
      return;
    }
    for (const { service } of lines) this.#nameWidth = Math.min(Math.max(this.#nameWidth, service.length), widestName);
    this.#context.progress.clear();
    this.#context.surroundings.out.write(lines.map((line) => `${this.#text(line)}\n`).join(''));
  }

  #text({ service, time, text }: LogLine): string {
    const { out, now } = this.#context.surroundings;
    const clock = time === undefined ? '' : `${paint(out, 'quiet', momentText(time, now()))} `;
    const name = this.#isNamed ? `${paintName(out, service, service.padEnd(this.#nameWidth))} | ` : '';
    return `${clock}${name}${out.isTerminal ? terminalOutput(text) : text}`;
  }
}
