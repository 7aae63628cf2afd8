/**
 * The daemon's log as dinit keeps it: short lines on the console, sentences in the main log, each with levels of its own.
 *
 * The console is one of many users of the terminal: while a service has it, lines are held back, and when it was away for long they are thrown away instead of
 * being written late. Neither log ever makes the daemon wait; what does not fit is dropped, and one line says so.
 */
import type { Notice, NoticeLevel } from '../engine/action.ts';
import type { LogText } from './log-text.ts';
import { type NoticedService, noticeLine } from './notice-text.ts';

export const dinitLevels = ['debug', 'info', 'warn', 'error', 'none'] as const;
export type DinitLevel = (typeof dinitLevels)[number];

export function isDinitLevel(text: string): text is DinitLevel {
  return (dinitLevels as readonly string[]).includes(text);
}

export interface DinitLogOptions {
  readonly consoleLevel: DinitLevel;
  /** Status lines go to the console at any level; after `--quiet` they follow it. */
  readonly alwaysShowsStatus: boolean;
  readonly mainLevel: DinitLevel;
}

/** Where lines go. Returns false when the line cannot be taken without waiting; then it is lost. */
export type LineSink = (line: string) => boolean;

const bufferSize = 4096;
const overflowText = '*** log message discarded due to full buffer ***';
/** Milliseconds after which lines that were held back are of no interest any more. */
const staleAfter = 1000;

export class DinitLog {
  readonly #options: DinitLogOptions;
  readonly #console: BoundedSink;
  readonly #main: BoundedSink;
  #heldSince: number | undefined;

  /** @param main Absent: there is no main log. */
  constructor(options: DinitLogOptions, console: LineSink, main?: LineSink) {
    this.#options = options;
    this.#console = new BoundedSink(console);
    this.#main = new BoundedSink(main ?? (() => true));
  }

  notice(service: NoticedService, notice: Notice): void {
    const line = noticeLine(service, notice);
    if (!line) return;
    if (line.kind === 'message') {
      this.message(line);
      return;
    }
    const { alwaysShowsStatus, consoleLevel, mainLevel } = this.#options;
    if (alwaysShowsStatus || isShown(line.level, consoleLevel)) this.#console.write(line.console);
    if (isShown(line.level, mainLevel)) this.#main.write(`dinit: ${line.main}`);
  }

  message({ level, text }: LogText): void {
    const line = `dinit: ${text}`;
    if (isShown(level, this.#options.consoleLevel)) this.#console.write(line);
    if (isShown(level, this.#options.mainLevel)) this.#main.write(line);
  }

  /** The console was given to a service, or is ours again. `now`: monotonic milliseconds. */
  setConsoleHeld(isHeld: boolean, now: number): void {
    if (isHeld) {
      this.#heldSince ??= now;
      this.#console.hold();
    } else {
      const isStale = this.#heldSince !== undefined && now - this.#heldSince >= staleAfter;
      this.#heldSince = undefined;
      this.#console.release(isStale);
    }
  }
}

function isShown(level: NoticeLevel, threshold: DinitLevel): boolean {
  return dinitLevels.indexOf(level) >= dinitLevels.indexOf(threshold);
}

class BoundedSink {
  readonly #sink: LineSink;
  #held: string[] | undefined;
  #heldSize = 0;
  #hasOverflowed = false;

  constructor(sink: LineSink) {
    this.#sink = sink;
  }

  write(text: string): void {
    const line = `${text}\n`;
    if (this.#held) {
      if (this.#heldSize + line.length > bufferSize) {
        this.#hasOverflowed = true;
      } else {
        this.#held.push(line);
        this.#heldSize += line.length;
      }
      return;
    }
    if (this.#hasOverflowed) this.#hasOverflowed = !this.#sink(`dinit: ${overflowText}\n`);
    if (this.#hasOverflowed || !this.#sink(line)) this.#hasOverflowed = true;
  }

  hold(): void {
    this.#held ??= [];
  }

  release(isStale: boolean): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    this.#heldSize = 0;
    if (isStale) {
      this.#hasOverflowed = false;
      return;
    }
    for (const line of held) if (!this.#sink(line)) this.#hasOverflowed = true;
  }
}
