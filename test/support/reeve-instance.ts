/**
 * A real reeve on a private tree: the built programs, a temporary directory of its own, real processes.
 *
 * Waiting is always for something: a line of output, a state, a file. The only time limit is the one that turns a hang into a failure.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync, existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { type LauncherKind, launcherKind } from './launcher-kind.ts';
import type { ServiceStatus } from '../../src/api/service-status.ts';
import type { Somebody } from './call-as.ts';

const binaries = resolve(import.meta.dirname, '../../build/bin');
const executeAs = resolve(import.meta.dirname, 'programs/execute-as.ts');
const patience = 20_000;
const lookAgain = 15;

export interface CommandResult {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface InstanceOptions {
  /** Default `user`. */
  readonly mode?: 'user' | 'system';
  /** Default: as the test project says. */
  readonly launcher?: LauncherKind;
  /** Path below the instance's directory to text; `sd/NAME` are services, `bin/NAME` become executable. */
  readonly files: Readonly<Record<string, string>>;
  /** What to start; default `boot`. */
  readonly names?: readonly string[];
  readonly arguments?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Command line of `reeve`, without arguments; default: the one that was built. */
  readonly command?: readonly string[];
}

/** `{DIR}` in file texts stands for the instance's directory. */
export class ReeveInstance implements AsyncDisposable {
  readonly directory: string;
  readonly socket: string;
  readonly #child: ChildProcess;
  #output = '';
  readonly #exited: Promise<number | null>;

  static async boot(options: InstanceOptions): Promise<ReeveInstance> {
    const instance = new ReeveInstance(options);
    try {
      await instance.until(() => existsSync(instance.socket), 'the control socket');
      return instance;
    } catch (error) {
      await instance[Symbol.asyncDispose]();
      throw error;
    }
  }

  private constructor(options: InstanceOptions) {
    this.directory = mkdtempSync(join(tmpdir(), 'reeve-'));
    chmodSync(this.directory, 0o755);
    this.socket = join(this.directory, 'run/control');
    for (const [path, text] of Object.entries({ 'sd/.keep': '', ...options.files })) this.write(path, text);
    const [program = '', ...words] = options.command ?? [join(binaries, 'reeve')];
    this.#child = spawn(
      program,
      [
        ...words,
        `--${options.mode ?? 'user'}`,
        ...((options.launcher ?? launcherKind) === 'portable' ? ['--portable'] : []),
        '--foreground',
        '--services-dir',
        join(this.directory, 'sd'),
        '--run-dir',
        join(this.directory, 'run'),
        ...(options.arguments ?? []).map((text) => text.replaceAll('{DIR}', this.directory)),
        ...(options.names ?? []),
      ],
      {
        cwd: this.directory,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { PATH: process.env['PATH'], HOME: this.directory, LANG: 'C', ...options.environment },
      },
    );
    this.#child.stdout?.on('data', (chunk) => (this.#output += String(chunk)));
    this.#child.stderr?.on('data', (chunk) => (this.#output += String(chunk)));
    this.#exited = once(this.#child, 'close').then(([code]) => (typeof code === 'number' ? code : null));
  }

  /** Process id of the launcher. */
  get pid(): number {
    const { pid } = this.#child;
    if (pid === undefined) throw new Error('reeve was not started');
    return pid;
  }

  /** Everything reeve has printed. */
  get output(): string {
    return this.#output;
  }

  get hasExited(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  write(path: string, text: string): void {
    const full = this.path(path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, text.replaceAll('{DIR}', this.directory));
    if (path.startsWith('bin/')) chmodSync(full, 0o755);
  }

  read(path: string): string {
    return existsSync(this.path(path)) ? readFileSync(this.path(path), 'utf8') : '';
  }

  /** Runs reevectl against this instance. */
  async ctl(...args: readonly string[]): Promise<CommandResult> {
    return await this.#run(join(binaries, 'reevectl'), ['-p', this.socket, ...args]);
  }

  /** The same, by somebody else. */
  async ctlAs({ uid, gid = uid, groups = [] }: Somebody, ...args: readonly string[]): Promise<CommandResult> {
    const ids = [String(uid), String(gid), groups.join(',')];
    const words = [executeAs, ...ids, join(binaries, 'reevectl'), '-p', this.socket, ...args];
    return await this.#run(process.execPath, words);
  }

  /** Another run of `reeve`. */
  async reeve(...args: readonly string[]): Promise<CommandResult> {
    return await this.#run(join(binaries, 'reeve'), args);
  }

  async #run(program: string, args: readonly string[]): Promise<CommandResult> {
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'], HOME: this.directory, NO_COLOR: '1' },
    });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk) => (out += String(chunk)));
    child.stderr.on('data', (chunk) => (err += String(chunk)));
    const [code] = await once(child, 'close');
    return { code: typeof code === 'number' ? code : null, out, err };
  }

  /** reevectl with `--json`, parsed. */
  async json(...args: readonly string[]): Promise<unknown> {
    const result = await this.ctl(...args, '--json');
    if (result.out === '') throw new Error(`reevectl ${args.join(' ')} --json printed nothing: ${result.err}`);
    return JSON.parse(result.out);
  }

  async status(name: string): Promise<ServiceStatus> {
    return (await this.json('status', name)) as ServiceStatus;
  }

  /** Waits until the service's status is as `wanted` says. */
  async untilStatus(name: string, wanted: Partial<ServiceStatus>): Promise<ServiceStatus> {
    let last: ServiceStatus | undefined;
    await this.until(
      async () => {
        last = await this.status(name);
        const now = last;
        return Object.entries(wanted).every(([key, value]) => now[key as keyof ServiceStatus] === value);
      },
      () => `${name} to be ${JSON.stringify(wanted)}, it is ${JSON.stringify(last)}`,
    );
    if (!last) throw new Error('unreachable');
    return last;
  }

  async untilOutput(text: string | RegExp): Promise<void> {
    await this.until(
      () => (typeof text === 'string' ? this.#output.includes(text) : text.test(this.#output)),
      `${String(text)} in the output`,
    );
  }

  async until(condition: () => boolean | Promise<boolean>, what: string | (() => string)): Promise<void> {
    const limit = Date.now() + patience;
    while (!(await condition())) {
      const text = typeof what === 'string' ? what : what();
      if (this.hasExited && !(await condition())) {
        throw new Error(`reeve ended while waiting for ${text}\n${this.#output}`);
      }
      if (Date.now() > limit) throw new Error(`waited in vain for ${text}\n${this.#output}`);
      await new Promise((resolve) => setTimeout(resolve, lookAgain));
    }
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** The exit code of reeve, once it has ended. */
  async exit(): Promise<number | null> {
    return this.#exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.hasExited) {
      this.kill('SIGTERM');
      const timer = setTimeout(() => {
        for (let presses = 0; presses < 3; presses++) setTimeout(() => this.kill('SIGTERM'), presses * 200);
      }, 5000);
      await this.#exited;
      clearTimeout(timer);
    }
    rmSync(this.directory, { recursive: true, force: true });
  }
}
