/**
 * A real reeve-logger in a directory of its own, and a launcher that does what the test says (native/test/logger-driver.c). Waiting is always for
 * something the logger did: an event, bytes in a file, its end.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { LogReader } from './log-reader.ts';

const native = resolve(import.meta.dirname, '../../../native');
const built = resolve(import.meta.dirname, '../../../build/native');
const patience = 20_000;
const lookAgain = 10;
const probe = 9999;

export type LogType = 'file' | 'buffer';
export interface SlotOptions {
  readonly type: LogType;
  readonly buffer?: number;
  readonly timestamps?: boolean;
  readonly rotate?: number;
}

export interface LoggerOptions {
  /** Which build: the real one, with sanitizers, or with fault injection. */
  readonly build?: 'plain' | 'asan' | 'fault';
  readonly environment?: (directory: string) => Readonly<Record<string, string>>;
  /** The largest file the logger may write, in bytes. */
  readonly largestFile?: number;
  readonly descriptors?: number;
  readonly daemonUid?: number;
  /** Where the logs are; default a temporary directory. `{}` in the command is the driver. */
  readonly wrapper?: { readonly command: (directory: string, driver: string) => readonly string[] };
}

export const what = { lost: 1, diskFull: 2, diskBack: 3, rotated: 4, rotationFailed: 5 } as const;

/** Makes a program of the C part, if it is not there or old. */
export const make = (...targets: readonly string[]): void => {
  execFileSync('make', ['-C', native, '--no-print-directory', ...targets], { stdio: ['ignore', 'ignore', 'inherit'] });
};

export const loggerProgram = (build: 'plain' | 'asan' | 'fault' = 'plain'): string =>
  join(built, build === 'plain' ? '' : build, 'reeve-logger');

/** Writes numbered lines: `flood LINES SIZE`. */
export const floodProgram = join(built, 'test', 'flood');

export class DrivenLogger implements AsyncDisposable {
  readonly directory = mkdtempSync(join(tmpdir(), 'reeve-logger-'));
  readonly #driver: ChildProcess;
  readonly #options: LoggerOptions;
  readonly #awaited = new Map<string, () => void>();
  readonly #answers: ((value: number) => void)[] = [];
  readonly #ended: Promise<void>;
  /** What the logger did, in order: `event 1 2 0 28`, `rotate 1`, `exited status 0`, `wrote 1 status 0`. */
  readonly happened: string[] = [];
  /** Where what the present logger did begins. */
  #begin = 0;
  errors = '';
  pid = 0;

  static async start(options: LoggerOptions = {}): Promise<DrivenLogger> {
    const build = options.build ?? 'plain';
    make(loggerProgram(build), join(built, 'test', 'logger-driver'), floodProgram);
    const logger = new DrivenLogger(options);
    await logger.restart();
    return logger;
  }

  private constructor(options: LoggerOptions) {
    this.#options = options;
    const program = join(built, 'test', 'logger-driver');
    const [command = program, ...args] = options.wrapper?.command(this.directory, program) ?? [program];
    this.#driver = spawn(command, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'], ...options.environment?.(this.directory) },
    });
    const { stdout, stderr } = this.#driver;
    if (!stdout || !stderr) throw new Error('the driver has no output');
    createInterface({ input: stdout }).on('line', (line) => this.#heard(line));
    stderr.on('data', (chunk) => (this.errors += String(chunk)));
    this.#ended = new Promise((resolve) => this.#driver.once('close', () => resolve()));
  }

  #heard(line: string): void {
    if (line.startsWith('= ')) this.#answers.shift()?.(Number(line.slice(2)));
    else this.happened.push(line);
    this.#awaited.get(line)?.();
  }

  get socket(): string {
    return join(this.directory, 'logger.sock');
  }

  get driverPid(): number {
    return this.#driver.pid ?? 0;
  }

  /** Gives the driver one command and waits for its answer. */
  tell(...words: readonly (string | number)[]): Promise<number> {
    return new Promise((resolve) => {
      this.#answers.push(resolve);
      this.#driver.stdin?.write(`${words.join(' ')}\n`);
    });
  }

  /** Starts a logger: the first, or another after the end of the one before. */
  async restart(): Promise<void> {
    const { largestFile = 0, descriptors = 0, daemonUid = process.geteuid?.() ?? 0, build = 'plain' } = this.#options;
    this.#begin = this.happened.length;
    this.pid = await this.tell('start', loggerProgram(build), daemonUid, this.socket, largestFile, descriptors);
  }

  path(slot: number): string {
    return join(this.directory, `${slot}.log`);
  }

  async open(slot: number, options: SlotOptions): Promise<void> {
    const { type, buffer = 4096, timestamps = false, rotate = 0 } = options;
    const file = type === 'file' ? this.path(slot) : '-';
    await this.tell('open', slot, type === 'file' ? 1 : 2, buffer, timestamps ? 1 : 0, rotate, file);
  }

  /** Puts text into the pipe of the slot. */
  async write(slot: number, text: string): Promise<void> {
    await this.tell('write', slot, Buffer.from(text).toString('hex'));
  }

  /** A process of its own writes numbered lines of `size` bytes; its end is told as `wrote SLOT status 0`. */
  async flood(slot: number, lines: number, size: number): Promise<void> {
    await this.tell('flood', slot, floodProgram, lines, size);
  }

  /** What is in the file of the slot, after its rotated predecessors in the order of time. */
  logged(slot: number): string {
    return this.files(slot).join('');
  }

  files(slot: number): string[] {
    const name = `${slot}.log`;
    const old = readdirSync(this.directory).filter((entry) => entry.startsWith(`${name}.`)).length;
    const names = Array.from({ length: old }, (_, index) => `${name}.${index + 1}`);
    // Between renaming and opening anew there is no file of the name itself.
    const read = (path: string): string => (existsSync(path) ? readFileSync(path, 'latin1') : '');
    return [...names, name].map((entry) => read(join(this.directory, entry)));
  }

  events(slot: number, kind: keyof typeof what): readonly { readonly amount: number; readonly errno: number }[] {
    return this.happened
      .map((line) => line.split(' '))
      .filter(([word, number, event]) => word === 'event' && Number(number) === slot && Number(event) === what[kind])
      .map(([, , , amount, errno]) => ({ amount: Number(amount), errno: Number(errno) }));
  }

  async untilEvent(slot: number, kind: keyof typeof what, count = 1): Promise<void> {
    await this.until(() => this.events(slot, kind).length >= count, `event ${kind} of ${slot}`);
  }

  async untilLogged(slot: number, text: string): Promise<void> {
    await this.until(() => this.logged(slot).endsWith(text), `'${text}' at the end of the log of ${slot}`);
  }

  async untilHappened(line: string, count = 1): Promise<void> {
    await this.until(() => this.happened.filter((entry) => entry === line).length >= count, `'${line}'`);
  }

  async until(condition: () => boolean | Promise<boolean>, sought: string): Promise<void> {
    const limit = Date.now() + patience;
    while (!(await condition())) {
      if (Date.now() > limit) {
        throw new Error(
          `waited in vain for ${sought}; happened: ${this.happened.slice(-20).join('; ')} ${this.errors}`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, lookAgain));
    }
  }

  /** Waits until the logger has handled all that the launcher sent: a slot of its own answers. */
  async untilHandled(): Promise<void> {
    const count = this.events(probe, 'rotationFailed').length;
    if (count === 0) await this.open(probe, { type: 'file' });
    await this.tell('failed', probe, 5);
    await this.untilEvent(probe, 'rotationFailed', count + 1);
  }

  /** Resolves as soon as the line is heard: for measurements, that must not look only now and then. */
  heard(line: string): Promise<void> {
    return new Promise((resolve) => this.#awaited.set(line, resolve));
  }

  /** Asks the logger to end, and gives how it did, for example `status 0`. */
  async finish(): Promise<string> {
    await this.tell('finish');
    return this.exit();
  }

  async exit(): Promise<string> {
    const exited = () => this.happened.slice(this.#begin).find((line) => line.startsWith('exited '));
    await this.until(() => exited() !== undefined, 'the end of the logger');
    return exited()?.slice('exited '.length) ?? '';
  }

  /** A reader's connection. */
  connect(): Promise<LogReader> {
    return LogReader.connect(this.socket);
  }

  /** All that readers can see of the slot now. */
  async shown(slot: number): Promise<string> {
    using reader = await this.connect();
    return (await reader.read(slot)).text;
  }

  async untilShown(slot: number, text: string): Promise<void> {
    await this.until(async () => (await this.shown(slot)).endsWith(text), `'${text}' at the end of what is shown`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#driver.stdin?.end();
    await this.#ended;
    rmSync(this.directory, { recursive: true, force: true });
  }
}
