/**
 * The output of one service: from its pipe into the ring, to the file if it has one, and to whoever follows.
 *
 * `#written` is the position of the next byte that the file needs. What lies between it and the end of the ring waits for the disk; what the ring turns over
 * before it is written is lost, and counted. A full disk holds up nobody.
 */
import type { PlanLog } from '../../../plan/plan.ts';
import type { LogTrouble } from '../../launcher/launcher-event.ts';
import type { LogOptions, LogPiece } from '../../service-manager.ts';
import { LogQueue } from '../log-queue.ts';
import { FileSink } from './file-sink.ts';
import { LineStamper } from './line-stamper.ts';
import { LogPipe } from './log-pipe.ts';
import { Ring } from './ring.ts';

const firstRetry = 100;
const largestRetry = 5_000;
const newline = 0x0a;
const restartNote = Buffer.from('(reeve: note: service restarted)\n');

export interface LogClocks {
  /** Milliseconds, with fractions. */
  readonly monotonic: () => number;
  /** Since 1970. */
  readonly wall: () => number;
}

export type TroubleReport = (what: LogTrouble, amount: number, errno: number) => void;

export class ServiceLog implements Disposable {
  readonly #clocks: LogClocks;
  readonly #report: TroubleReport;
  readonly #stamper: LineStamper;
  readonly #ring: Ring;
  readonly #followers = new Set<LogQueue>();
  #rules: PlanLog;
  #pipe: LogPipe | undefined;
  #sink: FileSink | undefined;
  #isMidLine = false;
  /** Readers see nothing before it. */
  #cleared = 0;
  #written = 0;
  #lost = 0;
  #untoldLost = 0;
  #isFull = false;
  #retryDelay = firstRetry;
  #retry: NodeJS.Timeout | undefined;

  constructor(rules: PlanLog, clocks: LogClocks, report: TroubleReport) {
    this.#rules = rules;
    this.#clocks = clocks;
    this.#report = report;
    this.#stamper = new LineStamper(clocks.wall);
    this.#ring = new Ring(rules.bufferSize);
  }

  /** A process is going to write: takes its rules, and opens its file anew. @throws {Error} with `errno` when the file cannot be used. */
  prepare(rules: PlanLog): void {
    this.#pipe?.drain();
    const sink = rules.type === 'file' ? this.#openSink(rules) : undefined;
    this.#sink?.[Symbol.dispose]();
    this.#sink = sink;
    this.#ring.resize(rules.bufferSize);
    if (this.#rules.type !== 'file') this.#written = this.#ring.end;
    this.#rules = rules;
    this.#loseBefore(this.#ring.begin);
    this.#flush();
  }

  /** Takes the read end of the service's pipe, in place of a former one. */
  attach(descriptor: number): void {
    this.detach();
    this.#pipe = new LogPipe(descriptor, (data) => this.#take(data));
  }

  detach(): void {
    this.#pipe?.drain();
    this.#pipe?.[Symbol.dispose]();
    this.#pipe = undefined;
  }

  /** A new process writes from now on: after whole lines, and in memory after a note. */
  started(): void {
    this.#pipe?.drain();
    const isBuffer = this.#rules.type === 'buffer';
    const isEmpty = isBuffer && this.#ring.end === this.#oldest;
    if (this.#isMidLine && !isEmpty) this.#take(Buffer.from('\n'));
    if (isBuffer && !isEmpty) this.#take(restartNote);
    this.#isMidLine = false;
  }

  clear(): void {
    this.#pipe?.drain();
    this.#cleared = this.#ring.end;
  }

  async *read({ lastBytes, follow, signal }: LogOptions): AsyncGenerator<LogPiece> {
    if (signal?.aborted) return;
    this.#pipe?.drain();
    const queue = new LogQueue();
    const from = lastBytes === 0 ? this.#oldest : Math.max(this.#oldest, this.#ring.end - lastBytes);
    const held = this.#ring.from(from);
    if (held.length > 0) queue.push(BigInt(this.#ring.end - held.length), held);
    const abort = (): void => queue.end(0);
    if (follow) this.#followers.add(queue);
    else queue.end(this.#lost);
    signal?.addEventListener('abort', abort);
    try {
      yield* queue.pieces();
    } finally {
      signal?.removeEventListener('abort', abort);
      this.#followers.delete(queue);
    }
  }

  /** Takes what is left, writes what goes, and ends its readers. */
  [Symbol.dispose](): void {
    this.detach();
    if (this.#rules.type === 'file' && !this.#flush()) this.#loseBefore(this.#ring.end);
    clearTimeout(this.#retry);
    this.#tellLost();
    this.#sink?.[Symbol.dispose]();
    this.#sink = undefined;
    for (const queue of this.#followers) queue.end(0);
    this.#followers.clear();
  }

  get #oldest(): number {
    return Math.max(this.#ring.begin, this.#cleared);
  }

  #openSink(rules: PlanLog): FileSink {
    const report = {
      rotated: (size: number) => this.#report('rotated', size, 0),
      rotationFailed: (errno: number) => this.#report('rotation-failed', 0, errno),
    };
    return new FileSink(rules, report, this.#clocks.monotonic);
  }

  #take(data: Buffer): void {
    const bytes = this.#rules.timestamps ? this.#stamper.stamp(data, this.#isMidLine) : data;
    this.#isMidLine = data[data.length - 1] !== newline;
    const position = BigInt(this.#ring.end);
    if (this.#sink && this.#flush()) this.#write(bytes);
    this.#ring.append(bytes);
    if (this.#rules.type === 'file') this.#loseBefore(this.#ring.begin);
    for (const queue of this.#followers) queue.push(position, bytes);
  }

  /** Writes what waits in the ring; true if nothing waits any more. */
  #flush(): boolean {
    if (this.#rules.type !== 'file' || !this.#sink) return false;
    if (this.#written >= this.#ring.end) return true;
    this.#write(this.#ring.from(this.#written));
    return this.#written >= this.#ring.end;
  }

  #write(bytes: Buffer): void {
    if (!this.#sink) return;
    const { written, errno } = this.#sink.write(bytes);
    this.#written += written;
    if (written > 0) this.#retryDelay = firstRetry;
    if (errno !== 0) this.#waitForDisk(errno);
    else this.#diskIsBack();
  }

  #waitForDisk(errno: number): void {
    if (!this.#isFull) this.#report('disk-full', 0, errno);
    this.#isFull = true;
    this.#retry ??= setTimeout(() => {
      this.#retry = undefined;
      this.#flush();
    }, this.#retryDelay);
    this.#retryDelay = Math.min(this.#retryDelay * 2, largestRetry);
  }

  #diskIsBack(): void {
    if (!this.#isFull) return;
    this.#isFull = false;
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#report('disk-back', 0, 0);
    this.#tellLost();
  }

  /** What the file needs before this position cannot be written any more. While the disk is full it is only counted. */
  #loseBefore(position: number): void {
    const count = Math.max(0, position - this.#written);
    if (count === 0 || this.#rules.type !== 'file') return;
    this.#written += count;
    this.#lost += count;
    this.#untoldLost += count;
    if (!this.#isFull) this.#tellLost();
  }

  #tellLost(): void {
    if (this.#untoldLost === 0) return;
    this.#report('lost', this.#untoldLost, 0);
    this.#untoldLost = 0;
  }
}
