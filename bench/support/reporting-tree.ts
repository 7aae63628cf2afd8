/**
 * Many services of a process, under whichever supervisor: each process says its service's name and its pid into a FIFO as its first act, so that what is
 * measured is when it was executed, not when somebody says so.
 */
import { execFileSync } from 'node:child_process';
import { constants, mkdtempSync, openSync, rmSync } from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileProgram } from './c-program.ts';

export interface Reported {
  readonly name: string;
  readonly pid: number;
  /** `process.hrtime.bigint()` of when it was read. */
  readonly when: bigint;
}

export class ReportingTree implements Disposable {
  readonly directory: string;
  readonly names: readonly string[];
  readonly #program: string;
  readonly #fifo: string;
  readonly #stream: Socket;
  readonly #latest = new Map<string, Reported>();
  #rest = '';
  #listener: () => void = () => {};

  constructor(services: number) {
    this.directory = mkdtempSync(join(tmpdir(), 'reeve-bench-'));
    this.names = Array.from({ length: services }, (_, index) => `s${index}`);
    this.#program = compileProgram('report', this.directory);
    this.#fifo = join(this.directory, 'fifo');
    execFileSync('mkfifo', [this.#fifo]);
    // Open for writing too, so that it never ends; as a socket, because a file is read by a thread that is stuck until there is something.
    const descriptor = openSync(this.#fifo, constants.O_RDWR | constants.O_NONBLOCK);
    this.#stream = new Socket({ fd: descriptor, readable: true, writable: false });
    this.#stream.setEncoding('latin1').on('data', (chunk) => this.#take(String(chunk)));
  }

  /** What to execute for a service. */
  command(name: string): readonly string[] {
    return [this.#program, this.#fifo, name];
  }

  pidOf(name: string): number {
    return this.#latest.get(name)?.pid ?? 0;
  }

  /** Everything reported so far is forgotten. */
  forget(): void {
    this.#latest.clear();
  }

  /** @returns when the last service reported. */
  async untilAll(patience: number): Promise<bigint> {
    await this.#until(
      () => this.#latest.size === this.names.length,
      patience,
      () => {
        return `${this.#latest.size} of ${this.names.length} services were executed`;
      },
    );
    return [...this.#latest.values()].reduce((last, { when }) => (when > last ? when : last), 0n);
  }

  /** @returns when a process other than this one reported for the service. */
  async untilReplaced(name: string, pid: number, patience: number): Promise<bigint> {
    await this.#until(
      () => this.pidOf(name) !== pid,
      patience,
      () => `${name} was not replaced`,
    );
    return this.#latest.get(name)?.when ?? 0n;
  }

  [Symbol.dispose](): void {
    this.#stream.destroy();
    rmSync(this.directory, { recursive: true, force: true });
  }

  async #until(isSo: () => boolean, patience: number, failure: () => string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const limit = setTimeout(() => reject(new Error(`${failure()} within ${patience / 1000} s`)), patience);
    this.#listener = () => isSo() && resolve();
    this.#listener();
    try {
      await promise;
    } finally {
      clearTimeout(limit);
      this.#listener = () => {};
    }
  }

  #take(text: string): void {
    const when = process.hrtime.bigint();
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      const [name = '', pid] = line.split(' ');
      this.#latest.set(name, { name, pid: Number(pid), when });
    }
    this.#listener();
  }
}
