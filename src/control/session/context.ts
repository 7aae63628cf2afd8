/** One run of reevectl: its output, its options and its connection. */
import type { ReeveClient } from '../../api/client.ts';
import { findSocket, type Instance, type SocketPlace } from '../../api/default-paths.ts';
import { connectAnswered, type Patience } from './connect-answered.ts';
import type { Failure } from './failure.ts';
import { paint } from '../output/colours.ts';
import { ProgressLine } from '../output/progress-line.ts';
import { oneLine } from '../output/text.ts';
import type { Surroundings } from './surroundings.ts';

export interface GlobalOptions {
  readonly system?: true;
  readonly user?: true;
  readonly socketPath?: string;
  readonly json?: true;
  readonly quiet?: true;
}

export class Context implements Disposable {
  readonly surroundings: Surroundings;
  readonly isJson: boolean;
  readonly isQuiet: boolean;
  readonly progress: ProgressLine;
  readonly instance: Instance | undefined;
  /** As given by the option. */
  readonly socketPath: string | undefined;
  #client: ReeveClient | undefined;

  constructor(surroundings: Surroundings, options: GlobalOptions) {
    this.surroundings = surroundings;
    this.isJson = options.json ?? false;
    this.isQuiet = options.quiet ?? false;
    this.instance = options.system ? 'system' : options.user ? 'user' : undefined;
    this.socketPath = options.socketPath;
    const silent = { ...surroundings.err, isTerminal: false };
    this.progress = new ProgressLine(this.isJson || this.isQuiet ? silent : surroundings.err, surroundings.now);
  }

  [Symbol.dispose](): void {
    this.progress[Symbol.dispose]();
    this.#client?.[Symbol.dispose]();
  }

  get socket(): SocketPlace {
    const { environment, uid } = this.surroundings;
    return findSocket({ path: this.socketPath, instance: this.instance }, environment, uid);
  }

  /** @throws {ConnectionError | SocketPathError | ReevectlError} */
  async connect(): Promise<ReeveClient> {
    return this.#client ?? (await this.reconnect());
  }

  /** The next daemon's, when the connection has gone. */
  async reconnect(patience?: Patience): Promise<ReeveClient> {
    this.#client?.[Symbol.dispose]();
    const { path } = this.socket;
    this.progress.set('reevectl', 'waits for the daemon');
    this.#client = await connectAnswered(path, this.surroundings.now, patience);
    this.progress.remove('reevectl');
    return this.#client;
  }

  /** A line for people: not with `--json` or `--quiet`. */
  say(line: string): void {
    if (this.isJson || this.isQuiet) return;
    this.progress.clear();
    this.surroundings.out.write(`${oneLine(line)}\n`);
  }

  /** Lines for people that were asked for: also with `--quiet`. */
  show(lines: readonly string[]): void {
    if (this.isJson || lines.length === 0) return;
    this.progress.clear();
    this.surroundings.out.write(`${lines.join('\n')}\n`);
  }

  /** The answer for programs, with `--json` only. */
  print(document: unknown): void {
    if (this.isJson) this.surroundings.out.write(`${JSON.stringify(document)}\n`);
  }

  /** Something to know that is no failure. */
  note(text: string): void {
    if (this.isJson || this.isQuiet) return;
    this.progress.clear();
    this.surroundings.err.write(`${oneLine(text)}\n`);
  }

  /** A failure in words, also with `--quiet`; `more` are indented lines that explain it. */
  fail(failure: Failure, more: readonly string[] = []): void {
    if (this.isJson) return;
    const { err } = this.surroundings;
    this.progress.clear();
    const advice = failure.advice === undefined ? [] : [`    ${oneLine(failure.advice)}`];
    const story = failure.more?.map((line) => `    ${line}`) ?? [];
    const lines = [paint(err, 'bad', oneLine(failure.message)), ...story, ...more, ...advice];
    err.write(`${lines.join('\n')}\n`);
  }
}

/** A failure for programs. */
export function failureDocument({ kind, message, details, advice }: Failure): object {
  return { error: { ...details, kind, message, ...(advice !== undefined && { advice }) } };
}
