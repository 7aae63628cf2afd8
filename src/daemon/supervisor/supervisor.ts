/**
 * The service manager: the engine, the launcher and the plans behind the one interface that all protocols use.
 *
 * A service is loaded by compiling its name: the plan that comes back holds it and all it needs. What of it is new goes into the engine, all or nothing,
 * and its slots are put to use; what was loaded before stays as it is. Reload compiles the name too, and gives the engine the new description;
 * only when the engine takes it does the launcher run by it.
 */
import type { ServiceEvent, ServiceStatus, ServiceSummary } from '../../api/service-status.ts';
import type { LoadFailure } from '../../service/description.ts';
import type { Reply } from '../engine/action.ts';
import type { LiveProcess } from '../engine/event.ts';
import { dependenciesOf, dependentsOf, findService, loadedServices, statusOf, waitingFor } from '../engine/status.ts';
import type { LauncherConnection } from '../launcher/process-launcher.ts';
import type { DaemonLog } from '../logging/daemon-log.ts';
import type { LogClient } from '../logs/log-client.ts';
import { type ServiceId, serviceId } from '../model/ids.ts';
import type {
  Caller,
  ChangeOutcome,
  CommandOptions,
  CommandReply,
  LoadOutcome,
  LogOptions,
  LogPiece,
  Refusal,
  RuntimeDependencyKind,
  ServiceManager,
  Verb,
} from '../service-manager.ts';
import { Journal } from '../journal/journal.ts';
import { Catalogue, type CatalogueEntry } from './catalogue.ts';
import type { Clocks } from './clocks.ts';
import { type CompilationResult, Compilations, type CompiledPlan } from './compilations.ts';
import { Environment } from './environment.ts';
import { type Answer, EngineHost, type NewRequest } from './engine-host.ts';
import { launchFailure } from './launch-failure.ts';
import { noticeText } from './notice-text.ts';
import { planTroubles } from './plan-troubles.ts';

const notLoaded: Refusal = { kind: 'not-loaded' };
const refused = (refusal: Refusal): { readonly kind: 'refused'; readonly refusal: Refusal } => ({
  kind: 'refused',
  refusal,
});

type ReloadOutcome = Awaited<ReturnType<ServiceManager['reload']>>;

export interface SupervisorParts {
  readonly launcher: LauncherConnection;
  readonly logs: LogClient;
  readonly log: DaemonLog;
  readonly clocks: Clocks;
  /** Descriptor of the journal. */
  readonly journal: number;
  /** Nothing is active any more. */
  readonly onAllStopped: (isAsked: boolean) => void;
}

export class Supervisor implements ServiceManager {
  readonly host: EngineHost;
  readonly compilations: Compilations;
  readonly daemonEnvironment: Environment;
  readonly #catalogue = new Catalogue();
  readonly #journal: Journal;
  readonly #parts: SupervisorParts;
  readonly #listeners = new Set<(event: ServiceEvent) => void>();

  constructor(parts: SupervisorParts) {
    this.#parts = parts;
    this.compilations = new Compilations((request, names) => parts.launcher.compile(request, names));
    this.daemonEnvironment = new Environment(parts.launcher);
    this.#journal = new Journal(parts.journal, (id) => this.#catalogue.get(id).generation);
    this.host = new EngineHost(parts.launcher, this.#catalogue, parts.clocks, this.#journal, {
      event: (event) => {
        parts.log.event(event);
        for (const listener of this.#listeners) listener(event);
      },
      notice: ({ id, notice }) => {
        const { service } = this.#catalogue.get(id);
        // When the service goes down with its process, its event says so.
        if (notice.kind === 'process-ended' && statusOf(this.host.state, id).state !== 'started') return;
        const words = noticeText(service, notice);
        if (words) parts.log.write(words.level, words.text, { service: service.name });
      },
      chain: (from, name) => void this.#chain(from, name),
      allStopped: parts.onAllStopped,
    });
  }

  // Plans

  /** Takes what is new in a plan; the failures say why what was asked for is not there. */
  adopt(plan: CompiledPlan): readonly LoadFailure[] {
    const failures = this.#takeNew(plan);
    this.#parts.launcher.discard(plan.generation);
    return failures;
  }

  #takeNew(plan: CompiledPlan): readonly LoadFailure[] {
    const { descriptions, generation, slots } = plan;
    const fresh = descriptions.services.flatMap((service, index) => {
      const slot = slots[index];
      if (slot === undefined) throw new Error(`plan ${generation} has no slot for ${service.name}`);
      return findService(this.host.state, service.name) === undefined ? [{ id: serviceId(slot), service }] : [];
    });
    for (const { id, service } of fresh) this.#catalogue.put({ id, generation, service });
    const { reply } = this.host.request({
      kind: 'load',
      services: fresh.map(({ id, service }) => ({ id, description: service })),
    });
    if (reply.kind === 'not-loaded' || reply.kind === 'refused') {
      for (const { id } of fresh) this.#catalogue.remove(id);
      return reply.kind === 'not-loaded' ? [...reply.failures, ...descriptions.failures] : descriptions.failures;
    }
    this.#parts.launcher.use(
      generation,
      fresh.map(({ id }) => id),
    );
    return descriptions.failures;
  }

  /** Says what is wrong in a plan. */
  logTroubles(plan: CompiledPlan): void {
    const { errors, warnings } = planTroubles(plan.descriptions);
    for (const text of warnings) this.#parts.log.write('warn', text);
    for (const text of errors) this.#parts.log.write('error', text);
  }

  async load(name: string, caller: Caller): Promise<LoadOutcome> {
    if (findService(this.host.state, name) !== undefined) return { kind: 'loaded', isNew: false };
    const result = await this.compilations.request([name]);
    const plan = this.#planFor(name, result);
    if ('failures' in plan) return { kind: 'failed', failures: plan.failures };
    const failures = this.adopt(plan);
    if (findService(this.host.state, name) === undefined) return { kind: 'failed', failures: about(name, failures) };
    this.#audit('load', name, caller);
    return { kind: 'loaded', isNew: true };
  }

  async reload(name: string, caller: Caller): Promise<ReloadOutcome> {
    if (findService(this.host.state, name) === undefined) return this.load(name, caller);
    const plan = this.#planFor(name, await this.compilations.request([name]));
    if ('failures' in plan) return { kind: 'failed', failures: plan.failures };
    const outcome = this.#takeReloaded(name, plan);
    this.#parts.launcher.discard(plan.generation);
    if (outcome.kind === 'loaded') this.#audit('reload', name, caller);
    return outcome;
  }

  #takeReloaded(name: string, plan: CompiledPlan): ReloadOutcome {
    const service = plan.descriptions.services.find((each) => each.name === name);
    const id = findService(this.host.state, name);
    if (!service || id === undefined) return { kind: 'failed', failures: about(name, plan.descriptions.failures) };
    const failures = this.#takeNew(plan);
    const { reply } = this.host.request({ kind: 'reload', id, description: service });
    if (reply.kind === 'refused') return reply;
    if (reply.kind === 'not-loaded') return { kind: 'failed', failures: [...reply.failures, ...failures] };
    this.#catalogue.put({ id, generation: plan.generation, service });
    this.host.saveWhole();
    this.#parts.launcher.use(plan.generation, [id]);
    return { kind: 'loaded', isNew: false };
  }

  unload(name: string, caller: Caller): ChangeOutcome {
    const id = findService(this.host.state, name);
    if (id === undefined) return refused(notLoaded);
    const { reply } = this.host.request({ kind: 'unload', id });
    if (reply.kind === 'refused') return reply;
    this.#catalogue.remove(id);
    this.host.saveWhole();
    this.#parts.launcher.forget(id);
    this.#audit('unload', name, caller);
    return { kind: 'done' };
  }

  /**
   * Goes on where a former daemon was: `plans` are those that the launcher still has, `processes` its table. True if there was a journal to go by;
   * otherwise everything in the plans is loaded, and what runs is taken as started.
   */
  recover(plans: readonly CompiledPlan[], processes: readonly LiveProcess[], formerDaemon: string): boolean {
    const entries = new Map(
      plans.flatMap(({ generation, descriptions, slots }) =>
        descriptions.services.map((service, index): [string, CatalogueEntry] => {
          const id = serviceId(slots[index] ?? 0);
          return [`${generation} ${id}`, { id, generation, service }];
        }),
      ),
    );
    const legacy = this.#journal.read((id, generation) => entries.get(`${generation} ${id}`)?.service);
    if (!('state' in legacy) || !legacy.isAsleep) {
      this.#parts.log.write('warn', `reeve: this daemon replaces one that ended: ${formerDaemon}`);
    }
    if (legacy.damage !== undefined) {
      this.#parts.log.write('error', `reeve: the journal is damaged: ${legacy.damage}; going by what runs`);
    }
    const hasJournal = 'state' in legacy;
    if (hasJournal) {
      for (const [id, generation] of legacy.generations) {
        const entry = entries.get(`${generation} ${id}`);
        if (entry) this.#catalogue.put(entry);
      }
      this.host.replay(legacy);
    } else {
      // The newest plan that has a service is the best guess.
      for (const plan of plans.toSorted((a, b) => b.generation - a.generation)) this.#takeNew(plan);
    }
    this.host.report({ kind: 'recovered', processes });
    this.host.saveWhole();
    for (const id of loadedServices(this.host.state)) {
      this.#parts.launcher.use(this.#catalogue.get(id).generation, [id]);
    }
    return hasJournal;
  }

  // Commands

  command(verb: Verb, name: string, options: CommandOptions, caller: Caller): CommandReply {
    const id = findService(this.host.state, name);
    if (id === undefined) return refused(notLoaded);
    this.#audit(verb, name, caller);
    const { pin = false, force = false } = options;
    return commandReply(this.host.request({ kind: 'command', verb, id, pin, force }));
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
    if (statusOf(this.host.state, id).pid === undefined) return refused({ kind: 'no-process' });
    this.#audit(`signal ${signal}`, name, caller);
    this.#parts.launcher.signal(id, 'main', signal, 'process');
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

  enable(from: string, to: string, caller: Caller): CommandReply | { readonly kind: 'done' } {
    const fromId = findService(this.host.state, from);
    const toId = findService(this.host.state, to);
    if (fromId === undefined || toId === undefined) return refused(notLoaded);
    this.#audit('enable', `${to} from ${from}`, caller);
    const answer = this.host.request({ kind: 'enable', from: fromId, to: toId });
    return answer.reply.kind === 'done' ? { kind: 'done' } : commandReply(answer);
  }

  disable(from: string, to: string, caller: Caller): ChangeOutcome {
    return this.#changeLink('disable', from, to, caller, (ids) => ({ kind: 'disable', ...ids }));
  }

  shutdown(caller: Caller): ChangeOutcome {
    this.#audit('shutdown', 'everything', caller);
    const answer = this.host.request({ kind: 'shutdown' });
    return changeOutcome(answer.reply);
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

  list(): readonly ServiceSummary[] {
    return loadedServices(this.host.state).map((id) => this.#summary(id));
  }

  status(name: string): ServiceStatus | undefined {
    const id = findService(this.host.state, name);
    if (id === undefined) return undefined;
    const { state } = this.host;
    const { service } = this.#catalogue.get(id);
    const { launchFailure: failure, since, ...facts } = statusOf(state, id);
    return {
      ...facts,
      since: this.#parts.clocks.toWall(since),
      ...(failure && { launchFailure: launchFailure(service, failure) }),
      waitingFor: waitingFor(state, id),
      dependencies: dependenciesOf(state, id),
      dependents: dependentsOf(state, id),
      logType: service.log.type,
      ...(service.log.file !== undefined && { logFile: service.log.file }),
      file: service.file,
      fileModified: service.modified,
    };
  }

  blockers(): readonly string[] {
    const { state } = this.host;
    return loadedServices(state).flatMap((id) => {
      const { name, state: serviceState, pid } = statusOf(state, id);
      if (serviceState === 'stopped') return [];
      const reasons = waitingFor(state, id).join(', ');
      const process = pid === undefined ? '' : ` (process ${pid})`;
      return [`${name}: ${serviceState}${process}${reasons === '' ? '' : `, waits for ${reasons}`}`];
    });
  }

  environment(): ReadonlyMap<string, string> {
    return this.daemonEnvironment.variables;
  }

  async setEnvironment(name: string, value: string | undefined, caller: Caller): Promise<ChangeOutcome> {
    this.#audit(value === undefined ? 'unsetenv' : 'setenv', name, caller);
    return this.daemonEnvironment.change(name, value);
  }

  async *readLog(name: string, options: LogOptions): AsyncGenerator<LogPiece> {
    const id = findService(this.host.state, name);
    if (id !== undefined) yield* this.#parts.logs.read(id, options);
  }

  clearLog(name: string, caller: Caller): ChangeOutcome {
    const id = findService(this.host.state, name);
    if (id === undefined) return refused(notLoaded);
    this.#audit('clear log', name, caller);
    this.#parts.launcher.clearLog(id);
    return { kind: 'done' };
  }

  subscribe(listener: (event: ServiceEvent) => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  /** The name of the service in a slot, for messages. */
  nameOf(slot: number): string {
    return this.#catalogue.find(serviceId(slot))?.service.name ?? `slot ${slot}`;
  }

  #summary(id: ServiceId): ServiceSummary {
    const {
      name,
      type,
      state,
      target,
      isExplicit,
      isFailed,
      isSkipped,
      isPinnedStarted,
      isPinnedStopped,
      console,
      stopReason,
      exit,
      pid,
      since,
    } = statusOf(this.host.state, id);
    return {
      name,
      type,
      state,
      target,
      isExplicit,
      isFailed,
      isSkipped,
      isPinnedStarted,
      isPinnedStopped,
      console,
      stopReason,
      ...(exit && { exit }),
      ...(pid !== undefined && { pid }),
      since: this.#parts.clocks.toWall(since),
    };
  }

  #change(verb: string, name: string, caller: Caller, request: (id: ServiceId) => NewRequest): ChangeOutcome {
    const id = findService(this.host.state, name);
    if (id === undefined) return refused(notLoaded);
    this.#audit(verb, name, caller);
    return changeOutcome(this.host.request(request(id)).reply);
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
    this.#audit(verb, `${from} ${to}`, caller);
    return changeOutcome(this.host.request(request({ from: fromId, to: toId })).reply);
  }

  /** The compiled plan, or why there is none. */
  #planFor(name: string, result: CompilationResult): CompiledPlan | { readonly failures: readonly LoadFailure[] } {
    if (result.kind === 'compiled') return result.plan;
    const problem = { message: `cannot compile the service files: ${result.text}` };
    return { failures: [{ name, class: 'load', problems: [problem] }] };
  }

  /** chain-to: load and start as if a client had asked. */
  async #chain(from: string, name: string): Promise<void> {
    const nobody = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0, pid: process.pid };
    const loaded = await this.load(name, nobody);
    if (loaded.kind === 'failed') {
      this.#parts.log.write('error', `${from}: cannot chain to ${name}: it cannot be loaded`, { service: from });
      for (const { problems } of loaded.failures) {
        for (const { message } of problems) this.#parts.log.write('error', `${name}: ${message}`, { service: name });
      }
      return;
    }
    this.command('start', name, {}, nobody);
  }

  #audit(verb: string, what: string, { uid, gid, pid }: Caller): void {
    this.#parts.log.write('debug', `request: ${verb} ${what} (uid ${uid}, process ${pid})`, {
      verb,
      what,
      uid,
      gid,
      pid,
    });
  }
}

/** The failures to show for one name: its own first. */
function about(name: string, failures: readonly LoadFailure[]): readonly LoadFailure[] {
  return failures.toSorted((a, b) => Number(b.name === name) - Number(a.name === name));
}

function commandReply({ reply, outcome }: Answer): CommandReply {
  switch (reply.kind) {
    case 'accepted':
      return { kind: 'accepted', outcome };
    case 'already':
    case 'refused':
      return reply;
    case 'done':
      return { kind: 'already' };
    case 'not-loaded':
      return refused(notLoaded);
    default:
      return reply satisfies never;
  }
}

function changeOutcome(reply: Reply): ChangeOutcome {
  switch (reply.kind) {
    case 'refused':
      return reply;
    case 'not-loaded':
      return refused(notLoaded);
    case 'done':
    case 'already':
    case 'accepted':
      return { kind: 'done' };
    default:
      return reply satisfies never;
  }
}
