/**
 * A log file that is written. It is finished by the line that brings it to the rotate size; a line is split only when it is itself as long as that.
 * Writing is synchronous: what was written when the next event is handled is in the file.
 */
import fs from 'node:fs';
import type { PlanLog } from '../../../plan/plan.ts';
import { errnoOf } from '../../errno-of.ts';
import { openLogFile, putAside } from './log-file.ts';

/** Milliseconds until a rotation that failed is tried again. */
const rotateAgain = 10_000;
const newline = 0x0a;

export interface SinkReport {
  rotated(size: number): void;
  rotationFailed(errno: number): void;
}

export class FileSink implements Disposable {
  readonly #log: PlanLog;
  readonly #report: SinkReport;
  readonly #now: () => number;
  #descriptor: number;
  #size: number;
  /** Of the unfinished last line. */
  #lineSize = 0;
  #rotateAfter = -Infinity;

  /** @throws {Error} with `errno` when the file cannot be used. */
  constructor(log: PlanLog, report: SinkReport, now: () => number) {
    this.#log = log;
    this.#report = report;
    this.#now = now;
    this.#descriptor = openLogFile(log);
    this.#size = fs.fstatSync(this.#descriptor).size;
  }

  /** Writes as much as goes: the number of bytes, and why it was not all. */
  write(data: Buffer): { readonly written: number; readonly errno: number } {
    for (let at = 0; at < data.length;) {
      try {
        const count = fs.writeSync(this.#descriptor, data, at, this.#pieceSize(data.subarray(at)));
        this.#count(data.subarray(at, at + count));
        at += count;
      } catch (error) {
        return { written: at, errno: errnoOf(error) };
      }
    }
    return { written: data.length, errno: 0 };
  }

  [Symbol.dispose](): void {
    fs.closeSync(this.#descriptor);
  }

  /** How much of it belongs into this file. */
  #pieceSize(data: Buffer): number {
    const { rotateSize } = this.#log;
    if (rotateSize === 0 || this.#now() < this.#rotateAfter) return data.length;
    const room = rotateSize - this.#size;
    if (room > 0) return Math.min(room, data.length);
    const end = data.indexOf(newline) + 1;
    return Math.min(end === 0 ? data.length : end, Math.max(rotateSize - this.#lineSize, 1));
  }

  #count(written: Buffer): void {
    const last = written.lastIndexOf(newline);
    this.#size += written.length;
    this.#lineSize = last < 0 ? this.#lineSize + written.length : written.length - last - 1;
    const { rotateSize } = this.#log;
    const isInLine = this.#lineSize > 0 && this.#lineSize < rotateSize;
    if (rotateSize > 0 && this.#size >= rotateSize && !isInLine && this.#now() >= this.#rotateAfter) this.#rotate();
  }

  #rotate(): void {
    try {
      putAside(this.#log);
      const next = openLogFile(this.#log);
      fs.closeSync(this.#descriptor);
      this.#descriptor = next;
    } catch (error) {
      this.#rotateAfter = this.#now() + rotateAgain;
      this.#report.rotationFailed(errnoOf(error));
      return;
    }
    this.#report.rotated(this.#size);
    this.#size = fs.fstatSync(this.#descriptor).size;
    this.#lineSize = 0;
  }
}
