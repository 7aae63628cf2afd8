/** A service manager over the real engine, real service files and real processes: everything behind the protocol but the native launcher. */
import { statSync } from 'node:fs';
import { ChildLauncher } from './child-launcher.ts';
import type { ServiceEvent, ServiceStatus, ServiceSummary } from '../../../src/api/service-status.ts';
import type { DinitManager, EnvironmentChange, ServiceFacts } from '../../../src/daemon/dinit/dinit-manager.ts';
import type { Action, Notice, Reply, ServiceEventFacts } from '../../../src/daemon/engine/action.ts';
import { reduce } from '../../../src/daemon/engine/engine.ts';
import type { EngineEvent, Request } from '../../../src/daemon/engine/event.ts';
import {
  dependenciesOf,
  dependentsOf,
  findService,
  loadedServices,
  nextDeadline,
  statusOf,
} from '../../../src/daemon/engine/status.ts';
import { commandId, type ServiceId, serviceId } from '../../../src/daemon/model/ids.ts';
import { createState } from '../../../src/daemon/model/state.ts';
import type {
  ChangeOutcome,
  CommandOptions,
  CommandOutcome,
  CommandReply,
  LoadOutcome,
  LogPiece,
  RuntimeDependencyKind,
  Verb,
} from '../../../src/daemon/service-manager.ts';
import type { ShutdownType } from '../../../src/dinit/words.ts';
import type { ServiceDescription } from '../../../src/service/description.ts';
import { DiskFiles } from '../../../src/service/disk-files.ts';
import { type LoadResult, loadServices } from '../../../src/service/load.ts';
import { memoryUsers } from '../../support/memory-users.ts';

interface Entry {
  readonly description: ServiceDescription;
  readonly modified: bigint;
}

type DistributedOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

const never = new Promise<CommandOutcome>(() => {});

export class EngineManager implements DinitManager, AsyncDisposable {
  readonly variables: Map<string, string>;
  readonly shutdownTypes: ShutdownType[] = [];
  onAllStopped: (isAsked: boolean) => void = () => {};
  onNotice: (service: ServiceDescription, notice: Notice) => void = () => {};
  readonly #directory: string;
  readonly #serviceDirectories: readonly string[];
  readonly #state = createState();
  readonly #launcher: ChildLauncher;
  readonly #entries = new Map<ServiceId, Entry>();
  readonly #slots = new Map<string, ServiceId>();
  readonly #holds = new Map<string, number>();
  readonly #logs = new Map<ServiceId, Buffer>();
  readonly #watchers = new Set<(event: ServiceEventFacts) => void>();
  readonly #environmentWatchers = new Set<(change: EnvironmentChange) => void>();
  #lastCommand = 0;
  #replies = new Map<number, Reply>();
  #timer: NodeJS.Timeout | undefined;
  #hasEnded = false;

  /** @param directory The daemon's working directory: what relative service directories count from. */
  constructor(directory: string, serviceDirectories: readonly string[], variables: ReadonlyMap<string, string>) {
    this.#directory = directory;
    this.#serviceDirectories = serviceDirectories;
    this.variables = new Map(variables);
    this.#launcher = new ChildLauncher({
      describe: (id) => this.#entry(id).description,
      environment: () => this.variables,
      report: (report) => this.#handle(report),
      output: (id, bytes) => this.#collect(id, bytes),
      directory,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#hasEnded = true;
    clearTimeout(this.#timer);
    await this.#launcher.end();
  }

  // Loading

  async load(name: string): Promise<LoadOutcome> {
    if (this.#find(name) !== undefined) return { kind: 'loaded', isNew: false };
    // Compilation is another process in the real daemon: the answer never comes within the call.
    await new Promise((resolve) => setImmediate(resolve));
    const result = this.#read(name);
    const failures = this.#adopt(name, result);
    return this.#find(name) === undefined ? { kind: 'failed', failures } : { kind: 'loaded', isNew: true };
  }

  async reload(name: string): ReturnType<DinitManager['reload']> {
    const id = this.#find(name);
    if (id === undefined) return await this.load(name);
    await new Promise((resolve) => setImmediate(resolve));
    if (this.#isHeld(name)) return { kind: 'refused', refusal: { kind: 'in-use', text: 'a client holds it' } };
    const result = this.#read(name);
    const description = result.descriptions.get(name);
    if (!description) return { kind: 'failed', failures: result.failures };
    const failures = this.#adopt(name, result);
    const before = this.#entry(id);
    this.#entries.set(id, entryOf(description, this.#directory));
    const reply = this.#request({ kind: 'reload', id, description });
    if (reply.kind === 'done') return { kind: 'loaded', isNew: false };
    this.#entries.set(id, before);
    return reply.kind === 'refused' ? reply : { kind: 'failed', failures };
  }

  unload(name: string): ChangeOutcome {
    if (this.#isHeld(name)) return { kind: 'refused', refusal: { kind: 'in-use', text: 'a client holds it' } };
    return this.#change(name, (id) => {
      const reply = this.#request({ kind: 'unload', id });
      if (reply.kind === 'done') this.#entries.delete(id);
      return reply;
    });
  }

  hold(name: string): Disposable {
    this.#holds.set(name, (this.#holds.get(name) ?? 0) + 1);
    let isHeld = true;
    return {
      [Symbol.dispose]: () => {
        if (isHeld) this.#holds.set(name, (this.#holds.get(name) ?? 1) - 1);
        isHeld = false;
      },
    };
  }

  get holds(): number {
    return [...this.#holds.values()].reduce((sum, count) => sum + count, 0);
  }

  // Commands

  command(verb: Verb, name: string, { pin = false, force = false }: CommandOptions): CommandReply {
    const id = this.#find(name);
    if (id === undefined) return { kind: 'refused', refusal: { kind: 'not-loaded' } };
    return commandReply(this.#request({ kind: 'command', verb, id, pin, force }));
  }

  unpin(name: string): ChangeOutcome {
    return this.#change(name, (id) => this.#request({ kind: 'unpin', id }));
  }

  setTrigger(name: string, isSet: boolean): ChangeOutcome {
    return this.#change(name, (id) => this.#request({ kind: 'trigger', id, isSet }));
  }

  async signal(name: string, signal: number): Promise<ChangeOutcome> {
    await new Promise((resolve) => setImmediate(resolve));
    return this.#change(name, (id) => {
      this.#launcher.signal(id, 'main', signal, false);
      return { kind: 'done' };
    });
  }

  addDependency(from: string, kind: RuntimeDependencyKind, to: string): ChangeOutcome {
    return this.#link(from, to, (ids) => this.#request({ kind: 'add-dependency', dependency: kind, ...ids }));
  }

  removeDependency(from: string, kind: RuntimeDependencyKind, to: string): ChangeOutcome {
    return this.#link(from, to, (ids) => this.#request({ kind: 'remove-dependency', dependency: kind, ...ids }));
  }

  enable(
    from: string,
    to: string,
    _caller?: unknown,
    kind: RuntimeDependencyKind = 'waits-for',
  ): CommandReply | { readonly kind: 'done' } {
    const [fromId, toId] = [this.#find(from), this.#find(to)];
    if (fromId === undefined || toId === undefined) return { kind: 'refused', refusal: { kind: 'not-loaded' } };
    if (kind !== 'waits-for') {
      const added = this.addDependency(from, kind, to);
      if (added.kind === 'refused') return added;
      // The new link makes `to` wanted by a dependent that is up: to wake it attaches it.
      const reply = this.#request({ kind: 'command', verb: 'wake', id: toId, pin: false, force: false });
      return reply.kind === 'accepted' ? commandReply(reply) : { kind: 'done' };
    }
    const reply = this.#request({ kind: 'enable', from: fromId, to: toId });
    return reply.kind === 'done' ? reply : commandReply(reply);
  }

  disable(from: string, to: string): ChangeOutcome {
    return this.#link(from, to, (ids) => this.#request({ kind: 'disable', ...ids }));
  }

  shutdown(): ChangeOutcome {
    return changeOutcome(this.#request({ kind: 'shutdown' }));
  }

  shutdownAs(type: ShutdownType): ChangeOutcome {
    this.shutdownTypes.push(type);
    return this.shutdown();
  }

  // What is shown

  facts(name: string): ServiceFacts | undefined {
    const id = this.#find(name);
    if (id === undefined) return undefined;
    const { description, modified } = this.#entry(id);
    const { type, log } = description;
    const directory = this.#configured(description.directory);
    return { ...statusOf(this.#state, id), directory, modified, type, logType: log.type };
  }

  list(): readonly ServiceSummary[] {
    return loadedServices(this.#state).map((id) => statusOf(this.#state, id) as ServiceSummary);
  }

  status(name: string): ServiceStatus | undefined {
    const id = this.#find(name);
    if (id === undefined) return undefined;
    const { launchFailure: _launchFailure, ...facts } = statusOf(this.#state, id);
    const { file, log } = this.#entry(id).description;
    return {
      ...facts,
      restartInterval: 0,
      restartDelay: 0,
      waitingFor: [],
      dependencies: dependenciesOf(this.#state, id),
      dependents: dependentsOf(this.#state, id),
      sockets: [],
      logType: log.type,
      file,
      fileModified: 0,
    };
  }

  environment(): ReadonlyMap<string, string> {
    return this.variables;
  }

  async setEnvironment(name: string, value: string | undefined): Promise<ChangeOutcome> {
    await new Promise((resolve) => setImmediate(resolve));
    const wasSet = this.variables.has(name);
    if (value === undefined) this.variables.delete(name);
    else this.variables.set(name, value);
    for (const watcher of this.#environmentWatchers) watcher({ name, value, wasSet });
    return { kind: 'done' };
  }

  async *readLog(name: string): AsyncGenerator<LogPiece> {
    await new Promise((resolve) => setImmediate(resolve));
    const id = this.#find(name);
    if (id !== undefined) yield { bytes: this.#logs.get(id) ?? Buffer.alloc(0), lost: 0, position: 0 };
  }

  clearLog(name: string): ChangeOutcome {
    return this.#change(name, (id) => {
      this.#logs.delete(id);
      return { kind: 'done' };
    });
  }

  blockers(): readonly string[] {
    return [];
  }

  watch(listener: (event: ServiceEventFacts) => void): Disposable {
    this.#watchers.add(listener);
    return { [Symbol.dispose]: () => void this.#watchers.delete(listener) };
  }

  watchEnvironment(listener: (change: EnvironmentChange) => void): Disposable {
    this.#environmentWatchers.add(listener);
    return { [Symbol.dispose]: () => void this.#environmentWatchers.delete(listener) };
  }

  subscribe(_listener: (event: ServiceEvent) => void): Disposable {
    return { [Symbol.dispose]: () => {} };
  }

  #find(name: string): ServiceId | undefined {
    return findService(this.#state, name);
  }

  #entry(id: ServiceId): Entry {
    const entry = this.#entries.get(id);
    if (!entry) throw new Error(`no description of service ${id}`);
    return entry;
  }

  #isHeld(name: string): boolean {
    return (this.#holds.get(name) ?? 0) > 0;
  }

  /** A service directory as it was given. */
  #configured(directory: string): string {
    const relative = directory.startsWith(`${this.#directory}/`) ? directory.slice(this.#directory.length + 1) : '';
    return this.#serviceDirectories.includes(relative) ? relative : directory;
  }

  #read(name: string): LoadResult {
    return loadServices([name], {
      files: new DiskFiles(),
      directories: this.#serviceDirectories.map((directory) =>
        directory.startsWith('/') ? directory : `${this.#directory}/${directory}`,
      ),
      users: memoryUsers,
      environment: this.variables,
      effectiveUid: 0,
    });
  }

  #adopt(name: string, { descriptions, failures }: LoadResult): LoadResult['failures'] {
    const fresh = dependentsFirst(name, descriptions).filter((each) => this.#find(each.name) === undefined);
    const services = fresh.map((description) => {
      const id = this.#slots.get(description.name) ?? serviceId(this.#slots.size);
      this.#slots.set(description.name, id);
      this.#entries.set(id, entryOf(description, this.#directory));
      return { id, description };
    });
    const reply = this.#request({ kind: 'load', services });
    return reply.kind === 'not-loaded' ? [...reply.failures, ...failures] : failures;
  }

  #change(name: string, change: (id: ServiceId) => Reply): ChangeOutcome {
    const id = this.#find(name);
    return id === undefined ? { kind: 'refused', refusal: { kind: 'not-loaded' } } : changeOutcome(change(id));
  }

  #link(
    from: string,
    to: string,
    change: (ids: { readonly from: ServiceId; readonly to: ServiceId }) => Reply,
  ): ChangeOutcome {
    const [fromId, toId] = [this.#find(from), this.#find(to)];
    if (fromId === undefined || toId === undefined) return { kind: 'refused', refusal: { kind: 'not-loaded' } };
    return changeOutcome(change({ from: fromId, to: toId }));
  }

  #noteRestart(id: ServiceId): void {
    const log = this.#logs.get(id);
    if (log === undefined || log.length === 0) return;
    const newline = 10;
    const gap = log.at(-1) === newline ? '' : '\n';
    this.#collect(id, Buffer.from(`${gap}(dinit: note: service restarted)\n`));
  }

  #collect(id: ServiceId, bytes: Buffer): void {
    const { log } = this.#entry(id).description;
    if (log.type !== 'buffer') return;
    this.#logs.set(id, Buffer.concat([this.#logs.get(id) ?? Buffer.alloc(0), bytes]).subarray(0, log.bufferSize));
  }

  #request(request: DistributedOmit<Request, 'command'>): Reply {
    this.#lastCommand += 1;
    const command = commandId(this.#lastCommand);
    this.#handle({ ...request, command });
    const reply = this.#replies.get(command);
    this.#replies.delete(command);
    if (!reply) throw new Error(`the engine did not reply to '${request.kind}'`);
    return reply;
  }

  #handle(event: EngineEvent): void {
    if (this.#hasEnded) return;
    for (const action of reduce(this.#state, event, performance.now())) this.#perform(action);
    clearTimeout(this.#timer);
    const due = nextDeadline(this.#state);
    if (due === undefined) return;
    this.#timer = setTimeout(() => this.#handle({ kind: 'timer' }), Math.max(0, Math.ceil(due - performance.now())));
  }

  #perform(action: Action): void {
    switch (action.kind) {
      case 'launch':
        this.#noteRestart(action.id);
        return this.#launcher.launch(action);
      case 'signal':
        return this.#launcher.signal(action.id, action.role, action.signal, action.scope === 'process-group');
      case 'read-pid-file':
        return this.#launcher.readPidFile(action.id, action.run);
      case 'event':
        for (const watcher of this.#watchers) watcher(action.event);
        return undefined;
      case 'reply':
        this.#replies.set(action.command, action.reply);
        return undefined;
      case 'notice':
        return this.onNotice(this.#entry(action.id).description, action.notice);
      case 'all-stopped':
        setImmediate(() => this.onAllStopped(action.isAsked));
        return undefined;
      default:
        return undefined;
    }
  }
}

/** The order of `list`: what was asked for, then what it needs. */
function dependentsFirst(name: string, descriptions: LoadResult['descriptions']): readonly ServiceDescription[] {
  const order = new Map<string, ServiceDescription>();
  const open = [name];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const description = descriptions.get(next);
    if (!description || order.has(next)) continue;
    order.set(next, description);
    open.push(...description.dependencies.map((dependency) => dependency.name).toReversed());
  }
  return [...order.values()];
}

function entryOf(description: ServiceDescription, directory: string): Entry {
  const { file } = description;
  const path = file.startsWith('/') ? file : `${directory}/${file}`;
  return { description, modified: statSync(path, { bigint: true }).mtimeNs };
}

function changeOutcome(reply: Reply): ChangeOutcome {
  return reply.kind === 'refused' ? reply : { kind: 'done' };
}

function commandReply(reply: Reply): CommandReply {
  if (reply.kind === 'refused' || reply.kind === 'already') return reply;
  return { kind: 'accepted', outcome: never };
}
