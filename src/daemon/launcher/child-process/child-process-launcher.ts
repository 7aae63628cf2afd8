/**
 * A launcher inside of the daemon's own process: portable mode.
 *
 * It keeps what the native launcher keeps: slots, plan generations, the environment, the pipes and the processes of services; and it tells the same events in the
 * same order. For one process that is: executed or start-failed, then ready or ready-closed, then exited.
 *
 * What is different follows from being one process with no special rights over others: services are children of this process and are on their own when it dies;
 * what a service leaves behind in the background is not reaped here; how long the event loop is busy delays everything. There is nothing to recover and
 * nobody to wake this process, so it never sleeps.
 */
import type { ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import type { ServicePlan } from '../../../plan/plan.ts';
import type { LocalLogs } from '../../logs/in-process/local-logs.ts';
import type { Role } from '../../model/service.ts';
import type { LauncherEvent } from '../launcher-event.ts';
import { toLauncher } from '../messages.ts';
import type { ConsoleGrant, LauncherConnection, SignalScope } from '../process-launcher.ts';
import { BackgroundWatch } from './background-watch.ts';
import type { Compile } from './compiler.ts';
import { EventQueue } from './event-queue.ts';
import { FifoSource } from './fifo.ts';
import { OutputPipes } from './output-pipes.ts';
import { judgePidFile } from './pid-file.ts';
import { ProcessEnvironment } from './process-environment.ts';
import { readProcessStat } from './process-stat.ts';
import { ReadinessPipe } from './readiness-pipe.ts';
import { BackgroundProcess, ChildProcessOfOurs, type ServiceProcess } from './service-process.ts';
import { type PendingSignal, type Slot, Slots } from './slot.ts';
import { startProcess } from './start.ts';

export interface ChildProcessLauncherOptions {
  readonly compile: Compile;
  /** What to compile first. */
  readonly names: readonly string[];
  /** Of all services: `NAME=value` each. */
  readonly environment: readonly string[];
  readonly logs: LocalLogs;
  /** Where nobody else can write. */
  readonly runDirectory: string;
  readonly now: () => number;
  /** Everything is stopped: the process is to end. */
  readonly end: (status: number) => void;
}

type MessageType = (typeof toLauncher)[keyof typeof toLauncher];

const roles: readonly Role[] = ['main', 'stop'];

export class ChildProcessLauncher implements LauncherConnection {
  readonly #options: ChildProcessLauncherOptions;
  readonly #events = new EventQueue();
  readonly #slots = new Slots();
  readonly #plans = new Map<number, ReadonlyMap<string, ServicePlan>>();
  readonly #environment: ProcessEnvironment;
  readonly #fifos: FifoSource;
  readonly #outputs: OutputPipes;
  readonly #background = new BackgroundWatch();
  #generation = 0;

  constructor(options: ChildProcessLauncherOptions) {
    this.#options = options;
    this.#environment = new ProcessEnvironment(options.environment);
    this.#fifos = new FifoSource(options.runDirectory);
    this.#outputs = new OutputPipes(options.logs, this.#fifos);
  }

  /** Something that did not come from a process: a signal to this one, trouble with a log. */
  report(event: LauncherEvent): void {
    this.#events.push(event);
  }

  open(listener: (event: LauncherEvent) => void, handled: () => void): void {
    const welcome = {
      launcherPid: process.pid,
      mode: 'user',
      daemonStarts: 1,
      bootGeneration: 0,
      isFormerProgram: false,
      formerDaemon: '',
    } as const;
    this.#events.push({ kind: 'welcome', ...welcome });
    for (const text of this.#environment.assignments) this.#events.push({ kind: 'environment', result: 'set', text });
    this.#events.push({ kind: 'synced' });
    this.#compile(0, this.#options.names);
    this.#events.open(listener, handled);
  }

  compile(request: number, names: readonly string[]): void {
    setImmediate(() => this.#compile(request, names));
  }

  use(generation: number, slots: readonly number[]): void {
    const plan = this.#plans.get(generation);
    for (const number of slots) {
      const slot = this.#slots.find(number);
      const service = slot && plan?.get(slot.name);
      if (!service) this.#refuse(toLauncher.use, number, constants.errno.ENOENT);
      else if (slot.plan && slot.generation > generation) this.#refuse(toLauncher.use, number, constants.errno.ESTALE);
      else Object.assign(slot, { plan: service, generation });
    }
  }

  discard(generation: number): void {
    this.#plans.delete(generation);
  }

  forget(number: number): void {
    const slot = this.#slots.find(number);
    if (!slot?.plan) return this.#refuse(toLauncher.forget, number, constants.errno.ENOENT);
    if (roles.some((role) => slot.processes[role])) {
      return this.#refuse(toLauncher.forget, number, constants.errno.EBUSY);
    }
    this.#outputs.close(slot);
    slot.plan = undefined;
    return undefined;
  }

  launch(number: number, role: Role, run: number, console: ConsoleGrant): void {
    const slot = this.#slots.find(number);
    const service = slot?.plan;
    const program = service?.programs.find((each) => each.role === role);
    if (!slot || !service || !program) return this.#refuse(toLauncher.start, number, constants.errno.ENOENT);
    if (slot.processes[role]) return this.#refuse(toLauncher.start, number, constants.errno.EBUSY);
    const signals: PendingSignal[] = [];
    slot.processes[role] = { kind: 'preparing', run, signals };
    const { variables: environment } = this.#environment;
    const producer = service.consumes === undefined ? undefined : this.#slots.named(service.consumes);
    const request = { slot, service, program, console, environment, producer };
    void startProcess(request, { outputs: this.#outputs, fifos: this.#fifos }).then((result) => {
      if (result.kind === 'failed') {
        delete slot.processes[role];
        this.#events.push({ kind: 'start-failed', slot: number, role, run, ...result.step });
        return;
      }
      this.#started(slot, role, run, result);
      for (const { signal, scope } of signals) this.signal(number, role, signal, scope);
    });
    return undefined;
  }

  signal(number: number, role: Role, signal: number, scope: SignalScope): void {
    const process = this.#slots.find(number)?.processes[role];
    if (process?.kind === 'preparing') {
      process.signals.push({ signal, scope });
      return;
    }
    const errno = process ? process.process.signal(signal, scope) : constants.errno.ESRCH;
    if (errno !== 0) this.#events.push({ kind: 'signal-failed', slot: number, role, signal, errno });
  }

  readPidFile(number: number, run: number): void {
    const slot = this.#slots.find(number);
    const spec = slot?.plan?.pidFile;
    if (!slot || !spec) return this.#refuse(toLauncher.readPidFile, number, constants.errno.ENOENT);
    if (slot.processes.main) return this.#refuse(toLauncher.readPidFile, number, constants.errno.EBUSY);
    const isOfAnotherService = (pid: number): boolean => this.#pids().includes(pid);
    const verdict = judgePidFile(spec, { begun: slot.begun, isOfAnotherService });
    if (verdict.result !== 'supervised') {
      this.#events.push({ kind: 'pid-file', slot: number, run, ...verdict });
      return undefined;
    }
    const { pid, started } = verdict.process;
    const found = new BackgroundProcess(pid, started);
    slot.processes.main = { kind: 'running', run, process: found };
    this.#events.push({ kind: 'pid-file', slot: number, run, result: 'supervised', errno: 0, pid });
    // Nobody but its parent is told how it ended.
    this.#background.add(found, () => this.#ended(slot, 'main', run, found, { kind: 'exited', status: -1 }));
    return undefined;
  }

  /** The socket was closed here as soon as the process had it. */
  closeSocket(): void {}

  setEnvironment(name: string, value: string | undefined): void {
    this.#environment.change(name, value);
    const change =
      value === undefined
        ? ({ result: 'unset', text: name } as const)
        : ({ result: 'set', text: `${name}=${value}` } as const);
    this.#events.push({ kind: 'environment', ...change });
  }

  clearLog(number: number): void {
    this.#options.logs.find(number)?.clear();
  }

  /** Nobody could wake this process, so it stays: `sent` is never called. */
  sleepUntil(): void {}

  /** There is nobody who would start another: `sent` is never called. */
  renew(): void {}

  exit(status: number): void {
    this.#options.end(status);
  }

  /** For an end that nobody planned: no service is left unwatched. */
  endServices(signal: number): void {
    for (const slot of this.#slots) {
      for (const role of roles) {
        const process = slot.processes[role];
        if (process?.kind === 'running') process.process.signal(signal, 'process-group');
      }
    }
  }

  [Symbol.dispose](): void {
    this.#background[Symbol.dispose]();
    this.#outputs[Symbol.dispose]();
    this.#options.logs[Symbol.dispose]();
  }

  #compile(request: number, names: readonly string[]): void {
    this.#generation += 1;
    const generation = this.#generation;
    try {
      const plan = this.#options.compile(generation, names, this.#environment.assignments);
      this.#plans.set(generation, new Map(plan.services.map((service) => [service.name, service])));
      const slots = plan.services.map(({ name }) => this.#slots.named(name).number);
      this.#events.push({ kind: 'plan', generation, request, json: plan.descriptions, slots, used: [] });
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      this.#events.push({ kind: 'plan-failed', request, text });
    }
  }

  #started(
    slot: Slot,
    role: Role,
    run: number,
    {
      child,
      pid,
      readiness,
    }: { readonly child: ChildProcess; readonly pid: number; readonly readiness: number | undefined },
  ): void {
    const process = new ChildProcessOfOurs(pid);
    slot.processes[role] = { kind: 'running', run, process };
    if (role === 'main' && slot.plan?.pidFile) slot.begun = readProcessStat(pid)?.started;
    this.#events.push({ kind: 'executed', slot: slot.number, role, run, pid, when: this.#options.now() });
    const pipe =
      readiness === undefined
        ? undefined
        : new ReadinessPipe(readiness, (kind) => this.#events.push({ kind, slot: slot.number, run }));
    child.once('exit', (code, signal) => {
      pipe?.ended();
      const status = signal === null ? (code ?? -1) : constants.signals[signal];
      this.#ended(slot, role, run, process, { kind: signal === null ? 'exited' : 'killed', status });
    });
  }

  #ended(
    slot: Slot,
    role: Role,
    run: number,
    { pid }: ServiceProcess,
    exit: { readonly kind: 'exited' | 'killed'; readonly status: number },
  ): void {
    delete slot.processes[role];
    this.#events.push({ kind: 'exited', slot: slot.number, role, run, pid, exit, when: this.#options.now() });
  }

  #pids(): readonly number[] {
    return [...this.#slots].flatMap(({ processes }) =>
      roles.flatMap((role) => {
        const process = processes[role];
        return process?.kind === 'running' ? [process.process.pid] : [];
      }),
    );
  }

  #refuse(messageType: MessageType, slot: number, errno: number): void {
    this.#events.push({ kind: 'refused', messageType, slot, errno });
  }
}
