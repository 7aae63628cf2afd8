/** A program on a terminal of its own, by means of script(1): what is typed goes through the terminal's line discipline, so Ctrl-C is a real one. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

const patience = 60_000;
const lookAgain = 20;

export interface TerminalOptions {
  readonly directory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Run it as this user and group, when root. */
  readonly uid?: number | undefined;
}

export class Terminal implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #exited: Promise<number | null>;
  #screen = '';

  constructor(command: string, { directory, environment, uid }: TerminalOptions) {
    this.#child = spawn('script', ['--quiet', '--flush', '--return', '--command', command, '/dev/null'], {
      cwd: directory,
      env: environment,
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(uid === undefined ? {} : { uid, gid: uid }),
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#screen += text;
      });
    }
    this.#exited = once(this.#child, 'close').then(([code]) => (typeof code === 'number' ? code : null));
  }

  /** Everything that was shown, with plain line ends. */
  get screen(): string {
    return this.#screen.replaceAll('\r\n', '\n');
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  type(keys: string): void {
    this.#child.stdin?.write(keys);
  }

  pressControlC(): void {
    this.type('\x03');
  }

  /** Waits until the screen shows the text, as often as asked for. */
  async untilShown(text: string, times = 1): Promise<void> {
    const limit = Date.now() + patience;
    while (this.screen.split(text).length - 1 < times) {
      if (this.hasEnded) throw new Error(`the program ended before it showed '${text}':\n${this.screen}`);
      if (Date.now() > limit) throw new Error(`waited in vain for '${text}':\n${this.screen}`);
      await new Promise((resolve) => setTimeout(resolve, lookAgain));
    }
  }

  /** The exit status of the program, once it has ended. */
  async exit(): Promise<number | null> {
    return this.#exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // The terminal goes away with script, and the hang-up ends what runs on it.
    this.#child.kill('SIGTERM');
    await this.#exited;
  }
}
