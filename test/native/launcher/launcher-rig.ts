/**
 * A real reeve-launcher in a directory of its own, with a real logger, a plan that the test writes and a daemon that the test plays. Waiting is always
 * for something; at the end every process that was seen is ended by its number.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type Server, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { encodePlan, encodeService } from '../../../src/plan/encode-plan.ts';
import { encodeSettings } from '../../../src/plan/encode-settings.ts';
import type { Op, Plan, ServicePlan } from '../../../src/plan/plan.ts';
import type { Settings } from '../../../src/plan/settings.ts';
import { FakeDaemon, beginOf } from './fake-daemon.ts';

const native = resolve(import.meta.dirname, '../../../native');
const built = resolve(import.meta.dirname, '../../../build/native');
const patience = 20_000;
const own = { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 };

export type Build = 'plain' | 'asan' | 'fault';
export const digest = new Uint8Array(32).fill(7);

export interface RigOptions {
  readonly build?: Build;
  /** The boot plan; paths are in the rig's directory. */
  readonly services?: readonly ServicePlan[] | ((path: (name: string) => string) => readonly ServicePlan[]);
  /** Instead of the plan of `services`. */
  readonly plan?: Uint8Array;
  readonly settings?: Partial<Settings> | ((path: (name: string) => string) => Partial<Settings>);
  /** Done in the directory before the launcher starts. */
  readonly prepare?: (path: (name: string) => string) => void | Promise<void>;
  /** The launcher's own. */
  readonly environment?: (path: (name: string) => string) => Readonly<Record<string, string>>;
  /** Put before the launcher's own command line; input is then what the test writes. */
  readonly wrapper?: readonly string[];
}

export const program = (build: Build, name: string): string => join(built, build === 'plain' ? '' : build, name);

/** Makes programs of the C part, if they are not there or old. */
export const make = (...targets: readonly string[]): void => {
  execFileSync('make', ['-C', native, '--no-print-directory', ...targets], { stdio: ['ignore', 'ignore', 'inherit'] });
};

export const testProgram = (name: string): string => join(built, 'test', name);

/** A service that executes a command line, after the ops given. */
export const service = (
  name: string,
  argv: readonly string[],
  { before = [], ...rest }: Partial<ServicePlan> & { readonly before?: readonly Op[] } = {},
): ServicePlan => ({
  name,
  flags: 0,
  programs: [
    {
      role: 'main',
      ops: [{ kind: 'setsid' }, ...before, { kind: 'exec', candidates: argv.slice(0, 1), argv }],
    },
  ],
  ...rest,
});

/** A service that runs a shell script. */
export const script = (name: string, text: string, rest: Parameters<typeof service>[2] = {}): ServicePlan =>
  service(name, ['/bin/sh', '-c', text], rest);

export const planOf = (services: readonly ServicePlan[], rest: Partial<Plan> = {}): Buffer =>
  encodePlan({
    generation: 1,
    digest,
    identities: [],
    descriptions: JSON.stringify({ services: services.map(({ name }) => name) }),
    ...rest,
    services: services.map(encodeService),
  });

export class LauncherRig implements AsyncDisposable {
  readonly directory: string;
  readonly exited: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  errors = '';
  output = '';
  readonly launcher: ChildProcess;
  readonly #relays: Server;
  readonly #daemons: FakeDaemon[] = [];
  #awaited = 0;
  #wake = () => {};

  static async start(options: RigOptions = {}): Promise<LauncherRig> {
    const build = options.build ?? 'plain';
    make(program(build, 'reeve-launcher'), program('plain', 'reeve-logger'), testProgram('relay'));
    const directory = mkdtempSync(join(tmpdir(), 'reeve-launcher-'));
    const relays = createServer();
    relays.listen(join(directory, 'relay'));
    await once(relays, 'listening');
    await options.prepare?.((name) => join(directory, name));
    return new LauncherRig(directory, relays, options);
  }

  /** Started, with a daemon that is synced and has the boot plan. */
  static async boot(
    options: RigOptions = {},
  ): Promise<{ readonly rig: LauncherRig; readonly daemon: FakeDaemon } & AsyncDisposable> {
    const rig = await LauncherRig.start(options);
    try {
      const daemon = await rig.daemon();
      await daemon.hello();
      await daemon.until('plan');
      return { rig, daemon, [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose]() };
    } catch (error) {
      await rig[Symbol.asyncDispose]();
      throw new Error(`the launcher does not come up: ${rig.errors}`, { cause: error });
    }
  }

  private constructor(directory: string, relays: Server, options: RigOptions) {
    this.directory = directory;
    this.#relays = relays;
    relays.on('connection', (socket) => {
      socket.once('data', (chunk: Buffer) => {
        this.#daemons.push(new FakeDaemon(socket, chunk.readInt32LE(0), chunk.subarray(4)));
        this.#wake();
      });
    });
    const { services = [], settings = {} } = options;
    const path = (name: string) => this.path(name);
    this.writePlan(options.plan ?? planOf(typeof services === 'function' ? services(path) : services));
    const bytes = encodeSettings(this.settings(typeof settings === 'function' ? settings(path) : settings));
    writeFileSync(path('settings'), bytes, { mode: 0o600 });
    const command = [
      ...(options.wrapper ?? []),
      program(options.build ?? 'plain', 'reeve-launcher'),
      this.path('settings'),
    ];
    this.launcher = spawn(command[0] ?? '', command.slice(1), {
      stdio: [options.wrapper ? 'pipe' : 'ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'], ...options.environment?.(path) },
    });
    this.launcher.stdout?.on('data', (chunk) => (this.output += String(chunk)));
    this.launcher.stderr?.on('data', (chunk) => {
      this.errors += String(chunk);
      this.#wake();
    });
    this.exited = new Promise((done) => {
      this.launcher.once('exit', (code, signal) => {
        done({ code, signal });
        this.#wake();
      });
    });
  }

  /** The launcher's number; 0, which would mean our own group, never. */
  get pid(): number {
    if (!this.launcher.pid) throw new Error('the launcher was not started');
    return this.launcher.pid;
  }

  get hasEnded(): boolean {
    return this.launcher.exitCode !== null || this.launcher.signalCode !== null;
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  read(name: string): string {
    return readFileSync(this.path(name), 'utf8');
  }

  writePlan(bytes: Uint8Array): void {
    writeFileSync(this.path('plan'), bytes);
  }

  settings(changes: Partial<Settings> = {}): Settings {
    return {
      mode: 'user',
      digest,
      runDirectory: this.path('run'),
      planCache: '',
      daemon: { ...own, argv: [testProgram('relay'), this.path('relay')] },
      logger: { ...own, argv: [program('plain', 'reeve-logger'), String(own.uid)] },
      compiler: { ...own, argv: ['/bin/sh', '-c', 'cat "$0" >&3', this.path('plan')] },
      controls: [],
      environment: ['PATH=/usr/bin:/bin'],
      setenvAllow: [],
      limits: { acknowledge: 10_000, compile: 10_000, restartFirst: 10, restartLargest: 1000 },
      names: ['boot'],
      serviceDirectories: [],
      compilerOptions: [],
      isForeground: true,
      ...changes,
    };
  }

  /** Whether there is a daemon that nobody has asked for yet. */
  get hasDaemon(): boolean {
    return this.#daemons.length > this.#awaited;
  }

  /** The next daemon that the launcher started. */
  async daemon(): Promise<FakeDaemon> {
    await this.until(() => this.hasDaemon, 'a daemon');
    const daemon = this.#daemons[this.#awaited++];
    if (!daemon) throw new Error('no daemon');
    return daemon;
  }

  /** Waits until something holds; it is looked at whenever the launcher says something, and every few milliseconds. */
  async until(holds: () => boolean, what: string): Promise<void> {
    const end = Date.now() + patience;
    while (!holds()) {
      if (this.hasEnded && Date.now() > end - patience + 1000)
        throw new Error(`the launcher has ended: ${this.errors}`);
      if (Date.now() > end) throw new Error(`${what} does not come; the launcher said: ${this.errors}`);
      await new Promise<void>((done) => {
        this.#wake = done;
        setTimeout(done, 10);
      });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Its children are not reaped while it is stopped, so their numbers are still their own.
    if (!this.hasEnded) this.launcher.kill('SIGSTOP');
    for (const [pid, begin] of this.#daemons.flatMap(({ processes }) => [...processes])) {
      if (begin !== '' && beginOf(pid) === begin) endProcess(pid);
    }
    if (!this.hasEnded) {
      this.launcher.kill('SIGKILL');
      await this.exited;
    }
    for (const daemon of this.#daemons) daemon.close();
    this.#relays.close();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Signals one process; never a group, as the numbers 0 and below would. */
export function signalProcess(pid: number, signal: NodeJS.Signals | 0): void {
  if (!(pid > 1)) throw new RangeError(`cannot signal process ${pid}`);
  process.kill(pid, signal);
}

/** A process and the group it leads. */
function endProcess(pid: number): void {
  if (!(pid > 1)) return;
  for (const target of [-pid, pid]) {
    try {
      process.kill(target, 'SIGKILL');
    } catch {
      // it is gone
    }
  }
}
