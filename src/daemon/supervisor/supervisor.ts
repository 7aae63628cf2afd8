/**
 * The service manager: the engine, the launcher and the plans behind the one interface that all protocols use.
 */
import type { ServiceEvent, ServiceStatus, ServiceSummary } from '../../api/service-status.ts';
import type { LoadFailure } from '../../service/description.ts';
import type { ShutdownType } from '../../dinit/words.ts';
import type { DinitManager, EnvironmentChange, ServiceFacts } from '../dinit/dinit-manager.ts';
import type { ServiceEventFacts } from '../engine/action.ts';
import type { LiveProcess } from '../engine/event.ts';
import { findService, loadedServices, servicesNamed, type StatusFacts, statusOf } from '../engine/status.ts';
import type { LauncherConnection } from '../launcher/process-launcher.ts';
import type { DaemonLog } from '../logging/daemon-log.ts';
import type { LogReader } from '../logs/log-reader.ts';
import { type ServiceId, serviceId } from '../model/ids.ts';
import type { Role } from '../model/service.ts';
import type { Narrator } from '../narration/narrator.ts';
import type {
  Caller,
  ChangeOutcome,
  CommandOptions,
  CommandReply,
  Inquiries,
  LoadOutcome,
  LogOptions,
  LogPiece,
  RuntimeDependencyKind,
  Verb,
} from '../service-manager.ts';
import { programName } from '../access/program-name.ts';
import { Chronicle } from '../history/chronicle.ts';
import type { Origin } from '../history/step-record.ts';
import { Journal } from '../journal/journal.ts';
import { NoJournal, type StateJournal } from '../journal/state-journal.ts';
import { changeOutcome, commandReply, notLoaded, refused } from './answers.ts';
import { Catalogue } from './catalogue.ts';
import type { Clocks } from './clocks.ts';
import { Compilations, type CompiledPlan } from './compilations.ts';
import { Environment } from './environment.ts';
import { EngineHost, type NewRequest } from './engine-host.ts';
import { Holds } from './holds.ts';
import { SupervisorInquiries } from './inquiries.ts';
import { originOf } from './origin.ts';
import { PlanLoading, type ReloadOutcome } from './plan-loading.ts';
import { blockerLines, statusView, summaryView } from './service-views.ts';

export interface SupervisorParts {
  readonly launcher: LauncherConnection;
  readonly logs: LogReader;
  readonly log: DaemonLog;
  readonly narrator: Narrator;
  readonly clocks: Clocks;
  /** Descriptor of the journal; none where no other daemon will ever go on from here. */
  readonly journal: number | undefined;
  /** Nothing is active any more. */
  readonly onAllStopped: (isAsked: boolean) => void;
}

export class Supervisor implements DinitManager {
  readonly host: EngineHost;
  readonly compilations: Compilations;
  readonly daemonEnvironment: Environment;
  readonly chronicle: Chronicle;
  readonly inquiries: Inquiries;
  readonly #catalogue = new Catalogue();
  readonly #journal: StateJournal;
  readonly #loading: PlanLoading;
  readonly #parts: SupervisorParts;
  readonly #listeners = new Set<(event: ServiceEvent) => void>();
  readonly #watchers = new Set<(event: ServiceEventFacts) => void>();
  readonly #holds = new Holds();
  #shutdownType: ShutdownType = 'halt';

  constructor(parts: SupervisorParts) {
    this.#parts = parts;
    this.compilations = new Compilations((request, names) => parts.launcher.compile(request, names));
    this.daemonEnvironment = new Environment(parts.launcher);
    this.chronicle = new Chronicle((id, failure) => this.#catalogue.describeFailure(id, failure));
    this.inquiries = new SupervisorInquiries({
      state: () => this.host.state,
      chronicle: this.chronicle,
      clocks: parts.clocks,
      describe: (name) => this.#loading.describe(name),
    });
    this.#journal =
      parts.journal === undefined
        ? new NoJournal()
        : new Journal(parts.journal, (id) => this.#catalogue.get(id).generation, this.chronicle);
    const { launcher, clocks } = parts;
    const hostParts = {
      launcher,
      catalogue: this.#catalogue,
      clocks,
      journal: this.#journal,
      chronicle: this.chronicle,
    };
    this.host = new EngineHost(hostParts, {
      event: (event, facts) => {
        for (const watcher of this.#watchers) watcher(facts);
        parts.narrator.event(event);
        for (const listener of this.#listeners) listener(event);
      },
      notice: ({ id, notice }) => {
        parts.narrator.notice(
          this.#catalogue.get(id).service,
          notice,
          this.host.state.services[id]?.state === 'started',
        );
      },
      chain: (from, name) => void this.#chain(from, name),
      consoleHeld: (isHeld) => parts.narrator.consoleHeld(isHeld),
      allStopped: parts.onAllStopped,
    });
    this.#loading = new PlanLoading({
      host: this.host,
      catalogue: this.#catalogue,
      journal: this.#journal,
      compilations: this.compilations,
      launcher,
      log: parts.log,
      isHeld: (name) => this.#holds.has(name),
    });
  }

  // Plans

  /** Takes what is new in a plan; the failures say why what was asked for is not there. */
  adopt(plan: CompiledPlan): readonly LoadFailure[] {
    return this.#loading.adopt(plan);
  }

  /** Goes on where a former daemon was; true if there was a journal to go by. */
  recover(plans: readonly CompiledPlan[], processes: readonly LiveProcess[], formerDaemon: string): boolean {
    return this.#loading.recover(plans, processes, formerDaemon);
  }

  load(name: string): Promise<LoadOutcome> {
    return this.#loading.load(name);
  }

  reload(name: string): Promise<ReloadOutcome> {
    return this.#loading.reload(name);
  }

  unload(name: string): ChangeOutcome {
    return this.#loading.unload(name);
  }

  hold(name: string): Disposable {
    return this.#holds.hold(name);
  }

  // Commands

  command(verb: Verb, name: string, options: CommandOptions, caller: Caller): CommandReply {
    const id = findService(this.host.state, name);
    if (id === undefined) return refused(notLoaded);
    const { pin = false, force = false } = options;
    return commandReply(this.host.request({ kind: 'command', verb, id, pin, force }, this.#origin(verb, caller)));
  }

  unpin(name: string, caller: Caller): ChangeOutcome {
    return this.#change('unpin', name, caller, (id) => ({ kind: 'unpin', id }));
  }

  setTrigger(name: string, isSet: boolean, caller: Caller): ChangeOutcome {
    return this.#change(isSet ? 'trigger' : 'untrigger', name, caller, (id) => ({ kind: 'trigger', id, isSet }));
  }

  async signal(name: string, signal: number, caller: Caller): Promise<ChangeOutcome> {
    const id = findService(this.host.state, name);
    if (id === undefined) return refused(notLoaded);
    const process = processOf(statusOf(this.host.state, id));
    if (!process) return refused({ kind: 'no-process' });
    // To kill(2) it only asks whether there is a process, and that was answered; the launcher takes it for nonsense and ends whoever says it.
    if (signal === 0) return { kind: 'done' };
    const { uid, pid } = caller;
    this.chronicle.history.noteSignal(id, { verb: 'signal', uid, pid, program: programName(pid) });
    this.#parts.launcher.signal(id, process.role, signal, 'process');
    return { kind: 'done' };
  }

  addDependency(from: string, kind: RuntimeDependencyKind, to: string, caller: Caller): ChangeOutcome {
    return this.#changeLink('add-dep', from, to, caller, (ids) => ({
      kind: 'add-dependency',
      dependency: kind,
      ...ids,
    }));
  }

  removeDependency(from: string, kind: RuntimeDependencyKind, to: string, caller: Caller): ChangeOutcome {
    return this.#changeLink('rm-dep', from, to, caller, (ids) => ({
      kind: 'remove-dependency',
      dependency: kind,
      ...ids,
    }));
  }

  enable(
    from: string,
    to: string,
    caller: Caller,
    kind: RuntimeDependencyKind = 'waits-for',
  ): CommandReply | { readonly kind: 'done' } {
    const fromId = findService(this.host.state, from);
    const toId = findService(this.host.state, to);
    if (fromId === undefined || toId === undefined) return refused(notLoaded);
    if (kind !== 'waits-for') return this.#enableHard(from, to, caller, kind);
    const answer = this.host.request({ kind: 'enable', from: fromId, to: toId }, this.#origin('enable', caller));
    return answer.reply.kind === 'done' ? { kind: 'done' } : commandReply(answer);
  }

  disable(from: string, to: string, caller: Caller): ChangeOutcome {
    return this.#changeLink('disable', from, to, caller, (ids) => ({ kind: 'disable', ...ids }));
  }

  shutdown(caller: Caller): ChangeOutcome {
    return this.shutdownAs('halt', caller);
  }

  shutdownAs(type: ShutdownType, caller: Caller): ChangeOutcome {
    this.#shutdownType = type;
    const answer = this.host.request({ kind: 'shutdown' }, this.#origin('shutdown', caller));
    return changeOutcome(answer.reply);
  }

  /** The last type of shutdown that was asked for. */
  get shutdownType(): ShutdownType {
    return this.#shutdownType;
  }

  /** Kills every process of every service, now. */
  killEverything(): void {
    for (const id of loadedServices(this.host.state)) {
      const status = statusOf(this.host.state, id);
      if (status.pid !== undefined) this.#parts.launcher.signal(id, 'main', 9, 'everything');
      if (status.stopPid !== undefined) this.#parts.launcher.signal(id, 'stop', 9, 'everything');
    }
  }

  // What is shown

  list(names?: ReadonlySet<string>): readonly ServiceSummary[] {
    const { state } = this.host;
    const ids = names ? servicesNamed(state, names) : loadedServices(state);
    return ids.map((id) => summaryView(this.host.state, id, this.#parts.clocks));
  }

  status(name: string): ServiceStatus | undefined {
    const id = findService(this.host.state, name);
    if (id === undefined) return undefined;
    return statusView(this.host.state, id, this.#catalogue.get(id).service, this.#parts.clocks);
  }

  facts(name: string): ServiceFacts | undefined {
    const id = findService(this.host.state, name);
    if (id === undefined) return undefined;
    const { directory, modified, type, log } = this.#catalogue.get(id).service;
    const status = statusOf(this.host.state, id);
    const process = processOf(status);
    return {
      ...status,
      ...(process && { pid: process.pid }),
      directory,
      modified: BigInt(modified),
      type,
      logType: log.type,
    };
  }

  blockers(): readonly string[] {
    return blockerLines(this.host.state);
  }

  environment(): ReadonlyMap<string, string> {
    return this.daemonEnvironment.variables;
  }

  async setEnvironment(name: string, value: string | undefined): Promise<ChangeOutcome> {
    return this.daemonEnvironment.change(name, value);
  }

  async *readLog(name: string, options: LogOptions): AsyncGenerator<LogPiece> {
    const id = findService(this.host.state, name);
    if (id !== undefined) yield* this.#parts.logs.read(id, options);
  }

  clearLog(name: string): ChangeOutcome {
    const id = findService(this.host.state, name);
    if (id === undefined) return refused(notLoaded);
    this.#parts.launcher.clearLog(id);
    return { kind: 'done' };
  }

  subscribe(listener: (event: ServiceEvent) => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  watch(listener: (event: ServiceEventFacts) => void): Disposable {
    this.#watchers.add(listener);
    return { [Symbol.dispose]: () => void this.#watchers.delete(listener) };
  }

  watchEnvironment(listener: (change: EnvironmentChange) => void): Disposable {
    return this.daemonEnvironment.watch(listener);
  }

  /** The name of the service in a slot, for messages. */
  nameOf(slot: number): string {
    return this.#catalogue.find(serviceId(slot))?.service.name ?? `slot ${slot}`;
  }

  #change(verb: string, name: string, caller: Caller, request: (id: ServiceId) => NewRequest): ChangeOutcome {
    const id = findService(this.host.state, name);
    if (id === undefined) return refused(notLoaded);
    return changeOutcome(this.host.request(request(id), this.#origin(verb, caller)).reply);
  }

  #changeLink(
    verb: string,
    from: string,
    to: string,
    caller: Caller,
    request: (ids: { readonly from: ServiceId; readonly to: ServiceId }) => NewRequest,
  ): ChangeOutcome {
    const fromId = findService(this.host.state, from);
    const toId = findService(this.host.state, to);
    if (fromId === undefined || toId === undefined) return refused(notLoaded);
    const answer = this.host.request(request({ from: fromId, to: toId }), this.#origin(verb, caller));
    return changeOutcome(answer.reply);
  }

  /** The new link makes `to` wanted by a dependent that is up: to wake it attaches it. */
  #enableHard(
    from: string,
    to: string,
    caller: Caller,
    kind: RuntimeDependencyKind,
  ): CommandReply | { readonly kind: 'done' } {
    const added = this.addDependency(from, kind, to, caller);
    if (added.kind === 'refused') return added;
    const woken = this.command('wake', to, {}, caller);
    return woken.kind === 'accepted' ? woken : { kind: 'done' };
  }

  /** chain-to: load and start as if a client had asked. */
  async #chain(from: string, name: string): Promise<void> {
    const nobody: Caller = {
      uid: process.getuid?.() ?? 0,
      gid: process.getgid?.() ?? 0,
      pid: process.pid,
      occasion: { kind: 'chain', from },
    };
    const loaded = await this.load(name);
    if (loaded.kind === 'failed') {
      this.#parts.narrator.chainFailed(from, name, loaded.failures);
      return;
    }
    this.command('start', name, {}, nobody);
  }

  #origin(verb: string, caller: Caller): Origin {
    return originOf(verb, caller, this.host.state);
  }
}

/** The process that a service is known by: the stop command of a scripted service is as good as its start command. */
function processOf({ type, pid, stopPid }: StatusFacts): { readonly role: Role; readonly pid: number } | undefined {
  if (pid !== undefined) return { role: 'main', pid };
  return type === 'scripted' && stopPid !== undefined ? { role: 'stop', pid: stopPid } : undefined;
}
