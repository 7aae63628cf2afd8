/**
 * A small service manager without processes: services start at the next turn of the event loop, fail, or stay in a state until the test says so. Enough
 * truth for protocol and command-line tests; what services really do is decided by the engine and tested there.
 */
import { EventEmitter } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { StepCause } from '../../src/api/history.ts';
import type {
  LaunchFailure,
  ServiceEvent,
  ServiceEventKind,
  ServiceState,
  ServiceStatus,
  ServiceSummary,
  StopReason,
} from '../../src/api/service-status.ts';
import type {
  ChangeOutcome,
  CommandOptions,
  CommandOutcome,
  CommandReply,
  LoadOutcome,
  LogOptions,
  LogPiece,
  Refusal,
  RuntimeDependencyKind,
  ServiceManager,
  Verb,
} from '../../src/daemon/service-manager.ts';
import type { LoadFailure } from '../../src/service/description.ts';
import { MemoryInquiries } from './memory-inquiries.ts';

export interface MemoryService {
  /** What a start does: succeed (default), end with status 3, fail to execute, or wait until `finish` or `fail`. */
  readonly start?: 'succeeds' | 'fails' | 'cannot-execute' | 'waits';
  /** stop waits until `finish`. */
  readonly stop?: 'succeeds' | 'waits';
  readonly dependsOn?: readonly string[];
  readonly type?: string;
  readonly logType?: string;
  readonly log?: string;
  readonly problem?: LoadFailure;
  readonly waitingFor?: readonly string[];
  readonly file?: string;
}

interface Loaded {
  readonly name: string;
  readonly service: MemoryService;
  state: ServiceState;
  target: 'started' | 'stopped';
  isExplicit: boolean;
  isPinnedStarted: boolean;
  isPinnedStopped: boolean;
  stopReason: StopReason;
  exitStatus: number | undefined;
  launchFailure: LaunchFailure | undefined;
  pid: number | undefined;
  since: number;
  readonly soft: Set<string>;
}

const done = { kind: 'done' } as const;
const refused = (refusal: Refusal) => ({ kind: 'refused', refusal }) as const;
const firstMoment = Date.UTC(2026, 10, 1, 12, 0, 0);

export class MemoryManager implements ServiceManager {
  readonly descriptions: Map<string, MemoryService>;
  readonly loaded = new Map<string, Loaded>();
  readonly variables = new Map<string, string>();
  readonly signals: { name: string; signal: number }[] = [];
  readonly triggers = new Map<string, boolean>();
  readonly #events = new EventEmitter<{ event: [ServiceEvent]; finish: [string, boolean]; log: [string] }>();
  readonly inquiries = new MemoryInquiries((name) =>
    [...this.loaded.keys()]
      .filter((each) => name === undefined || each === name)
      .flatMap((each) => this.status(each) ?? []),
  );
  #sequence = 0;
  #pid = 100;
  #isShuttingDown = false;
  onShutdown = (): void => {};

  constructor(descriptions: Readonly<Record<string, MemoryService>>) {
    this.#events.setMaxListeners(0);
    this.descriptions = new Map(Object.entries(descriptions));
  }

  get listenerCount(): number {
    return this.#events.listenerCount('event');
  }

  /** Ends what a service waits for. */
  finish(name: string, isSuccess = true): void {
    this.#events.emit('finish', name, isSuccess);
  }

  list(names?: ReadonlySet<string>): readonly ServiceSummary[] {
    const all = [...this.loaded.values()].map((each) => this.#summary(each));
    return names ? all.filter(({ name }) => names.has(name)) : all;
  }

  status(name: string): ServiceStatus | undefined {
    const it = this.loaded.get(name);
    if (!it) return undefined;
    const link = (kind: string, other: string, holder: ServiceState) => ({
      kind,
      name: other,
      state: this.loaded.get(other)?.state ?? 'stopped',
      isHolding: holder !== 'stopped',
      isWaiting: false,
    });
    return {
      ...this.#summary(it),
      isForcedToStop: false,
      ...(it.launchFailure && { launchFailure: it.launchFailure }),
      restarts: 0,
      restartLimit: 3,
      restartInterval: 10_000,
      restartDelay: 200,
      sockets: [],
      waitingFor: it.state === 'starting' ? (it.service.waitingFor ?? ['readiness']) : [],
      dependencies: [
        ...(it.service.dependsOn ?? []).map((other) => link('depends-on', other, it.state)),
        ...[...it.soft].map((other) => link('waits-for', other, it.state)),
      ],
      dependents: [...this.loaded.values()]
        .filter((other) => other.service.dependsOn?.includes(name))
        .map((other) => link('depends-on', other.name, other.state)),
      logType: it.service.logType ?? 'buffer',
      file: it.service.file ?? `services.d/${name}`,
      fileModified: firstMoment,
    };
  }

  async load(name: string): Promise<LoadOutcome> {
    await nextTurn();
    if (this.loaded.has(name)) return { kind: 'loaded', isNew: false };
    const service = this.descriptions.get(name);
    if (!service) {
      const problems = [{ message: 'no service description found' }];
      return { kind: 'failed', failures: [{ name, class: 'not-found', problems }] };
    }
    if (service.problem) return { kind: 'failed', failures: [service.problem] };
    for (const dependency of service.dependsOn ?? []) {
      const outcome = await this.load(dependency);
      if (outcome.kind === 'failed') {
        const problems = [{ message: `dependency ${dependency} cannot be loaded` }];
        return { kind: 'failed', failures: [{ name, class: 'load', problems }, ...outcome.failures] };
      }
    }
    this.loaded.set(name, {
      name,
      service,
      state: 'stopped',
      target: 'stopped',
      isExplicit: false,
      isPinnedStarted: false,
      isPinnedStopped: false,
      stopReason: 'normal',
      exitStatus: undefined,
      launchFailure: undefined,
      pid: undefined,
      since: firstMoment,
      soft: new Set(),
    });
    return { kind: 'loaded', isNew: true };
  }

  async reload(name: string): ReturnType<ServiceManager['reload']> {
    const it = this.loaded.get(name);
    if (it?.state === 'starting') {
      return refused({ kind: 'wrong-state', text: 'cannot be reloaded while it is starting' });
    }
    this.loaded.delete(name);
    const outcome = await this.load(name);
    if (it && outcome.kind === 'failed') this.loaded.set(name, it);
    return outcome.kind === 'loaded' ? { kind: 'loaded', isNew: it === undefined } : outcome;
  }

  unload(name: string): ChangeOutcome {
    const it = this.loaded.get(name);
    if (!it) return refused({ kind: 'not-loaded' });
    if (it.state !== 'stopped') return refused({ kind: 'wrong-state', text: 'cannot be unloaded: it is not stopped' });
    this.loaded.delete(name);
    return done;
  }

  command(verb: Verb, name: string, options: CommandOptions): CommandReply {
    const it = this.#get(name);
    switch (verb) {
      case 'start':
        return this.#start(it, options);
      case 'wake':
        return this.status(name)?.dependents.some(({ state }) => state === 'started')
          ? this.#start(it, options)
          : refused({ kind: 'no-active-dependents' });
      case 'stop':
      case 'release':
        return this.#stop(it, verb, options);
      case 'restart': {
        if (it.state !== 'started') return refused({ kind: 'not-started' });
        const reply = this.#stop(it, 'stop', options);
        if (reply.kind !== 'accepted') return reply;
        return { kind: 'accepted', outcome: reply.outcome.then(() => this.#startNow(it)) };
      }
      default:
        return verb satisfies never;
    }
  }

  unpin(name: string): ChangeOutcome {
    const it = this.loaded.get(name);
    if (!it) return refused({ kind: 'not-loaded' });
    it.isPinnedStarted = false;
    it.isPinnedStopped = false;
    return done;
  }

  setTrigger(name: string, isSet: boolean): ChangeOutcome {
    const it = this.loaded.get(name);
    if (!it) return refused({ kind: 'not-loaded' });
    if (it.service.type !== 'triggered') return refused({ kind: 'not-triggered' });
    this.triggers.set(name, isSet);
    return done;
  }

  async signal(name: string, signal: number): Promise<ChangeOutcome> {
    await nextTurn();
    if (this.loaded.get(name)?.pid === undefined) return refused({ kind: 'no-process' });
    this.signals.push({ name, signal });
    return done;
  }

  addDependency(from: string, kind: RuntimeDependencyKind, to: string): ChangeOutcome {
    if (this.#get(to).service.dependsOn?.includes(from)) return refused({ kind: 'cycle', path: [from, to, from] });
    if (kind === 'waits-for') this.#get(from).soft.add(to);
    return done;
  }

  removeDependency(from: string, _kind: RuntimeDependencyKind, to: string): ChangeOutcome {
    return this.loaded.get(from)?.soft.delete(to) ? done : refused({ kind: 'no-such-dependency' });
  }

  enable(from: string, to: string): CommandReply | { readonly kind: 'done' } {
    this.#get(from).soft.add(to);
    return this.#get(from).state === 'started' ? this.#start(this.#get(to), {}) : done;
  }

  disable(from: string, to: string): ChangeOutcome {
    return this.removeDependency(from, 'waits-for', to);
  }

  environment(): ReadonlyMap<string, string> {
    return this.variables;
  }

  async setEnvironment(name: string, value: string | undefined): Promise<ChangeOutcome> {
    await nextTurn();
    if (name.startsWith('LD_')) return refused({ kind: 'not-allowed', text: `${name} may not be set` });
    if (value === undefined) this.variables.delete(name);
    else this.variables.set(name, value);
    return done;
  }

  async *readLog(name: string, { lastBytes, follow, signal }: LogOptions): AsyncIterable<LogPiece> {
    const bytes = Buffer.from(this.loaded.get(name)?.service.log ?? '', 'latin1');
    const wanted = lastBytes === 0 ? bytes : bytes.subarray(-lastBytes);
    const before = bytes.length - wanted.length;
    let position = bytes.length;
    if (wanted.length > 0) yield { bytes: wanted, lost: before, position: before };
    while (follow && signal?.aborted === false) {
      const line = await this.#nextLine(signal);
      if (line === undefined) continue;
      yield { bytes: Buffer.from(line), lost: 0, position };
      position += Buffer.byteLength(line);
    }
  }

  writeLog(line: string): void {
    this.#events.emit('log', line);
  }

  clearLog(name: string): ChangeOutcome {
    return this.loaded.has(name) ? done : refused({ kind: 'not-loaded' });
  }

  shutdown(): ChangeOutcome {
    this.#isShuttingDown = true;
    this.onShutdown();
    return done;
  }

  blockers(): readonly string[] {
    return this.#isShuttingDown
      ? this.list()
          .filter(({ state }) => state !== 'stopped')
          .map(({ name, state }) => `${name}: ${state}`)
      : [];
  }

  subscribe(listener: (event: ServiceEvent) => void): Disposable {
    this.#events.on('event', listener);
    return { [Symbol.dispose]: () => this.#events.off('event', listener) };
  }

  /** Something happens to a service that nobody asked for. */
  emit(name: string, event: ServiceEventKind, because?: string): ServiceEvent {
    const it = this.#get(name);
    const told: ServiceEvent = {
      sequence: ++this.#sequence,
      time: firstMoment + this.#sequence,
      name,
      event,
      state: it.state,
      target: it.target,
      stopReason: it.stopReason,
      ...(it.exitStatus !== undefined && { exit: { kind: 'exited', status: it.exitStatus } }),
      ...(it.launchFailure && { launchFailure: it.launchFailure }),
      isSkipped: false,
      ...(because !== undefined && { because }),
    };
    this.inquiries.pastEvents.push(told);
    this.#events.emit('event', told);
    return told;
  }

  #get(name: string): Loaded {
    const it = this.loaded.get(name);
    if (!it) throw new Error(`${name} is not loaded`);
    return it;
  }

  #summary(it: Loaded): ServiceSummary {
    return {
      name: it.name,
      type: it.service.type ?? 'process',
      state: it.state,
      target: it.target,
      isExplicit: it.isExplicit,
      isFailed: it.state === 'stopped' && it.stopReason !== 'normal',
      isSkipped: false,
      isPinnedStarted: it.isPinnedStarted,
      isPinnedStopped: it.isPinnedStopped,
      console: 'none',
      stopReason: it.stopReason,
      ...(it.exitStatus !== undefined && { exit: { kind: 'exited', status: it.exitStatus } }),
      ...(it.pid !== undefined && { pid: it.pid }),
      since: it.since,
    };
  }

  #start(it: Loaded, { pin }: CommandOptions): CommandReply {
    if (this.#isShuttingDown) return refused({ kind: 'shutting-down' });
    if (it.isPinnedStopped) return refused({ kind: 'pinned-stopped' });
    if (pin) it.isPinnedStarted = true;
    it.isExplicit = true;
    if (it.state === 'started') return { kind: 'already' };
    return { kind: 'accepted', outcome: this.#startNow(it) };
  }

  async #startNow(it: Loaded, dependent?: string): Promise<CommandOutcome> {
    it.target = 'started';
    it.state = 'starting';
    const request = { verb: 'start', uid: 1000, pid: 99, program: 'reevectl' };
    this.inquiries.note(
      it.name,
      'starting',
      dependent === undefined ? { kind: 'request', request } : { kind: 'dependent', service: dependent },
    );
    for (const name of it.service.dependsOn ?? []) {
      const dependency = this.#get(name);
      if (dependency.state === 'started') continue;
      const outcome = await this.#startNow(dependency, it.name);
      if (outcome.kind !== 'started') return this.#failed(it, 'dependency-failed', name);
    }
    const how = it.service.start ?? 'succeeds';
    const isSuccess = how === 'waits' ? await this.#finished(it.name) : how === 'succeeds';
    await nextTurn();
    if (how === 'cannot-execute') {
      it.launchFailure = {
        step: 'execute /usr/bin/absent',
        errno: 2,
        errnoName: 'ENOENT',
        origin: `services.d/${it.name}:2`,
      };
      return this.#failed(it, 'exec-failed');
    }
    if (!isSuccess) {
      it.exitStatus = 3;
      return this.#failed(it, 'failed');
    }
    it.state = 'started';
    this.inquiries.note(it.name, 'started', { kind: 'executed' });
    it.exitStatus = undefined;
    it.pid = ++this.#pid;
    return { kind: 'started', event: this.emit(it.name, 'started') };
  }

  #failed(it: Loaded, reason: StopReason, because?: string): CommandOutcome {
    it.state = 'stopped';
    it.target = 'stopped';
    it.stopReason = reason;
    this.inquiries.note(it.name, 'stopped', failureCause(it, because));
    return { kind: 'failed', event: this.emit(it.name, 'start-failed', because) };
  }

  #stop(it: Loaded, verb: 'stop' | 'release', { pin, force }: CommandOptions): CommandReply {
    if (it.isPinnedStarted) return refused({ kind: 'pinned-started' });
    const names = (this.status(it.name)?.dependents ?? []).filter(({ isHolding }) => isHolding).map(({ name }) => name);
    if (verb === 'release' && names.length > 0) {
      it.isExplicit = false;
      return { kind: 'accepted', outcome: Promise.resolve({ kind: 'still-required', by: names }) };
    }
    if (names.length > 0 && force !== true) return refused({ kind: 'dependents', names });
    if (pin) it.isPinnedStopped = true;
    it.isExplicit = false;
    it.target = 'stopped';
    if (it.state === 'stopped') return { kind: 'already' };
    return { kind: 'accepted', outcome: this.#stopNow(it, names) };
  }

  async #stopNow(it: Loaded, dependents: readonly string[]): Promise<CommandOutcome> {
    for (const name of dependents) await this.#stopNow(this.#get(name), []);
    it.state = 'stopping';
    this.inquiries.note(it.name, 'stopping', {
      kind: 'request',
      request: { verb: 'stop', uid: 1000, pid: 99, program: 'reevectl' },
    });
    if (it.service.stop === 'waits') await this.#finished(it.name);
    await nextTurn();
    it.state = 'stopped';
    it.stopReason = 'normal';
    this.inquiries.note(it.name, 'stopped', { kind: 'done' });
    it.pid = undefined;
    return { kind: 'stopped', event: this.emit(it.name, 'stopped') };
  }

  #finished(name: string): Promise<boolean> {
    return new Promise((resolve) => {
      const listener = (finished: string, isSuccess: boolean): void => {
        if (finished !== name) return;
        this.#events.off('finish', listener);
        resolve(isSuccess);
      };
      this.#events.on('finish', listener);
    });
  }

  #nextLine(signal: AbortSignal): Promise<string | undefined> {
    return new Promise((resolve) => {
      const settle = (line?: string): void => {
        this.#events.off('log', settle);
        resolve(line);
      };
      this.#events.on('log', settle);
      signal.addEventListener('abort', () => settle(), { once: true });
    });
  }
}

function failureCause({ exitStatus, launchFailure }: Loaded, because: string | undefined): StepCause {
  if (because !== undefined) return { kind: 'dependency-failed', service: because };
  if (launchFailure) return { kind: 'exec-failed', launchFailure };
  return { kind: 'exited', exit: { kind: 'exited', status: exitStatus ?? 0 } };
}
