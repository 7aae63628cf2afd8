/**
 * The daemon's log in words, for a person in front of it. Lines go out one by one and never wait: when the terminal does not take them they are dropped,
 * and the next line that fits says how many.
 */
import { styleText } from 'node:util';
import type { WriteStream } from 'node:tty';
import type { ServiceEvent, ServiceEventKind } from '../../api/service-status.ts';
import { type DaemonLog, type LogLevel, isShown } from './daemon-log.ts';
import { eventText } from '../../api/event-text.ts';

const largestBacklog = 256 * 1024;

type Output = Pick<WriteStream, 'write' | 'writableLength'> & { readonly isTTY?: boolean };
type Colour = 'green' | 'red' | 'yellow' | 'gray' | 'cyan';

const eventColours: Readonly<Record<ServiceEventKind, Colour>> = {
  started: 'green',
  stopped: 'gray',
  'start-failed': 'red',
  'start-cancelled': 'yellow',
  'stop-cancelled': 'yellow',
};

const levelColours: Readonly<Record<LogLevel, Colour>> = { debug: 'gray', info: 'cyan', warn: 'yellow', error: 'red' };

export class HumanLog implements DaemonLog {
  readonly #output: Output;
  readonly #threshold: LogLevel;
  readonly #begin: number;
  readonly #now: () => number;
  #dropped = 0;

  constructor(output: Output, threshold: LogLevel, now: () => number) {
    this.#output = output;
    this.#threshold = threshold;
    this.#now = now;
    this.#begin = now();
  }

  write(level: LogLevel, message: string): void {
    if (isShown(level, this.#threshold)) this.#line(levelColours[level], message);
  }

  event(event: ServiceEvent): void {
    const isFault = event.event === 'stopped' && event.stopReason !== 'normal';
    this.#line(isFault ? 'yellow' : eventColours[event.event], eventText(event));
  }

  #line(colour: Colour, text: string): void {
    if (this.#output.writableLength > largestBacklog) {
      this.#dropped += 1;
      return;
    }
    if (this.#dropped > 0) {
      const dropped = this.#dropped;
      this.#dropped = 0;
      this.#line('yellow', `reeve: ${dropped} lines were not shown: the output was too slow`);
    }
    const time = `${((this.#now() - this.#begin) / 1000).toFixed(3).padStart(8)}s`;
    const isPlain = this.#output.isTTY !== true || process.env['NO_COLOR'] !== undefined;
    this.#output.write(isPlain ? `${time}  ${text}\n` : `${styleText('gray', time)}  ${styleText(colour, text)}\n`);
  }
}
