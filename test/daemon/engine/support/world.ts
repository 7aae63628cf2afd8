/**
 * A service manager without a machine: the engine, a virtual launcher with programs, a virtual clock, and a record of everything that came out.
 *
 * Requests are carried out and everything that happens without time passing is let happen before they return.
 */
import type { Action, Notice, Outcome, Reply } from '../../../../src/daemon/engine/action.ts';
import { reduce } from '../../../../src/daemon/engine/engine.ts';
import type { EngineEvent, PidFileResult, Request } from '../../../../src/daemon/engine/event.ts';
import {
  findService,
  nextDeadline,
  statusOf,
  type StatusFacts,
  waitingFor,
} from '../../../../src/daemon/engine/status.ts';
import type { EngineTurn } from '../../../../src/daemon/history/history.ts';
import type { Origin } from '../../../../src/daemon/history/step-record.ts';
import { type CommandId, type Run, type ServiceId, commandId, serviceId } from '../../../../src/daemon/model/ids.ts';
import type { Role, Service } from '../../../../src/daemon/model/service.ts';
import { createState, type EngineState } from '../../../../src/daemon/model/state.ts';
import type { SupervisedDescription } from '../../../../src/daemon/model/supervised-description.ts';
import type { RuntimeDependencyKind, Verb } from '../../../../src/daemon/service-manager.ts';
import { type Program, runs } from './program.ts';
import { Timeline } from './timeline.ts';
import { VirtualLauncher } from './virtual-launcher.ts';
import type { VirtualProcess } from './virtual-process.ts';

type DistributedOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
export type NewRequest = DistributedOmit<Request, 'command'>;

/** The answer to a request, and what became of it so far. */
export interface Asked {
  readonly command: CommandId;
  readonly reply: Reply;
  /** The outcome came with the reply. */
  readonly isImmediate: boolean;
  /** In a word: how it ended, the reason of the refusal, or `waits`. */
  readonly result: string;
  readonly outcome: Outcome | undefined;
}

export interface CommandOptions {
  readonly pin?: boolean;
  readonly force?: boolean;
}

/** Main program by service name, stop command by `NAME stop`; a list is used one by one, the last one for ever. */
export type Programs = Readonly<Record<string, Program | readonly Program[]>>;

/** More happenings at one moment than any sensible story has: something goes round in circles. */
const tooMany = 20_000;

export class World {
  state: EngineState = createState();
  readonly time = new Timeline(1_000_000);
  readonly launcher: VirtualLauncher;
  /** Every action of the engine. */
  readonly actions: Action[] = [];
  /** `launch a`, `launch a stop`, `signal a 15`… in order. */
  readonly orders: string[] = [];
  readonly noticed: { readonly name: string; readonly notice: Notice }[] = [];
  programs: Programs;
  /** Shown every turn of the engine. */
  onTurn: (turn: EngineTurn) => void = () => undefined;
  /** Of the requests that follow. */
  origin: Origin | undefined;
  readonly #launches = new Map<string, number>();
  readonly #replies = new Map<CommandId, Reply>();
  readonly #outcomes = new Map<CommandId, Outcome>();
  #lastCommand = 0;
  #lastId = 0;

  constructor(descriptions: readonly SupervisedDescription[] = [], programs: Programs = {}) {
    this.programs = programs;
    this.launcher = new VirtualLauncher({
      nameOf: (id) => this.serviceAt(id).description.name,
      hasReadiness: (id) => this.serviceAt(id).description.readiness !== undefined,
      report: (report) => this.time.after(0, () => this.send(report)),
      onLaunch: (process) => this.#begin(process),
      readPidFile: (id, run) => this.pidFileOf(id, run),
    });
    if (descriptions.length > 0) this.load(descriptions);
  }

  // Requests

  send(event: EngineEvent): Action[] {
    const { now } = this.time;
    const actions = reduce(this.state, event, now);
    this.onTurn({ state: this.state, event, origin: this.origin, now, actions });
    for (const action of actions) this.#perform(action);
    return actions;
  }

  ask(request: NewRequest): Asked {
    this.#lastCommand += 1;
    const command = commandId(this.#lastCommand);
    this.send({ ...request, command });
    const reply = this.#replies.get(command);
    if (!reply) throw new Error(`no reply to '${request.kind}'`);
    const outcomeOf = (): Outcome | undefined => this.#outcomes.get(command);
    const isImmediate = outcomeOf() !== undefined;
    this.settle();
    return {
      command,
      reply,
      isImmediate,
      get result(): string {
        if (reply.kind === 'refused') return reply.refusal.kind;
        return reply.kind === 'accepted' ? (outcomeOf()?.kind ?? 'waits') : reply.kind;
      },
      get outcome(): Outcome | undefined {
        return outcomeOf();
      },
    };
  }

  load(descriptions: readonly SupervisedDescription[]): Asked {
    const services = descriptions.map((description) => {
      this.#lastId += 1;
      return { id: serviceId(this.#lastId), description };
    });
    return this.ask({ kind: 'load', services });
  }

  reload(description: SupervisedDescription): Asked {
    return this.ask({ kind: 'reload', id: this.id(description.name), description });
  }

  unload(name: string): Asked {
    return this.ask({ kind: 'unload', id: this.id(name) });
  }

  command(verb: Verb, name: string, { pin = false, force = false }: CommandOptions = {}): Asked {
    return this.ask({ kind: 'command', verb, id: this.id(name), pin, force });
  }

  start(name: string, options?: CommandOptions): Asked {
    return this.command('start', name, options);
  }

  stop(name: string, options?: CommandOptions): Asked {
    return this.command('stop', name, options);
  }

  restart(name: string, options?: CommandOptions): Asked {
    return this.command('restart', name, options);
  }

  release(name: string, options?: CommandOptions): Asked {
    return this.command('release', name, options);
  }

  wake(name: string, options?: CommandOptions): Asked {
    return this.command('wake', name, options);
  }

  unpin(name: string): Asked {
    return this.ask({ kind: 'unpin', id: this.id(name) });
  }

  trigger(name: string, isSet = true): Asked {
    return this.ask({ kind: 'trigger', id: this.id(name), isSet });
  }

  addDependency(from: string, dependency: RuntimeDependencyKind, to: string): Asked {
    return this.ask({ kind: 'add-dependency', from: this.id(from), dependency, to: this.id(to) });
  }

  removeDependency(from: string, dependency: RuntimeDependencyKind, to: string): Asked {
    return this.ask({ kind: 'remove-dependency', from: this.id(from), dependency, to: this.id(to) });
  }

  enable(from: string, to: string): Asked {
    return this.ask({ kind: 'enable', from: this.id(from), to: this.id(to) });
  }

  disable(from: string, to: string): Asked {
    return this.ask({ kind: 'disable', from: this.id(from), to: this.id(to) });
  }

  shutdown(): Asked {
    return this.ask({ kind: 'shutdown' });
  }

  // Time

  /** Lets happen what happens without time passing. */
  settle(): void {
    for (let count = 0; count < tooMany; count += 1) {
      if (this.time.happenNext()) continue;
      const deadline = nextDeadline(this.state);
      if (deadline === undefined || deadline > this.time.now) return;
      this.send({ kind: 'timer' });
    }
    throw new Error('the story does not come to rest: something goes round in circles');
  }

  /** When something will happen by itself. */
  get next(): number | undefined {
    const times = [this.time.next, nextDeadline(this.state)].filter((due) => due !== undefined);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  advance(milliseconds: number): void {
    const end = this.time.now + milliseconds;
    this.settle();
    for (let { next } = this; next !== undefined && next <= end; next = this.next) {
      this.time.moveTo(next);
      this.settle();
    }
    this.time.moveTo(end);
  }

  // What there is

  id(name: string): ServiceId {
    const id = findService(this.state, name);
    if (id === undefined) throw new Error(`no service '${name}' is loaded`);
    return id;
  }

  serviceAt(id: ServiceId): Service {
    const found = this.state.services[id];
    if (!found) throw new Error(`no service has the number ${id}`);
    return found;
  }

  record(name: string): Service {
    return this.serviceAt(this.id(name));
  }

  status(name: string): StatusFacts {
    return statusOf(this.state, this.id(name));
  }

  waitingFor(name: string): string[] {
    return waitingFor(this.state, this.id(name));
  }

  /** `started`, `stopping`…; `starting>stopped` when the target is not the natural one; `null` when it is not loaded. */
  stateOf(name: string): string | null {
    if (findService(this.state, name) === undefined) return null;
    const { state, target } = this.status(name);
    const natural = state === 'starting' || state === 'started' ? 'started' : 'stopped';
    return target === natural ? state : `${state}>${target}`;
  }

  states(...names: readonly string[]): (string | null)[] {
    return names.map((name) => this.stateOf(name));
  }

  /** The live process of a service. */
  process(name: string, role: Role = 'main'): VirtualProcess {
    const process = this.launcher.find(this.id(name), role);
    if (!process) throw new Error(`${name} has no process in role ${role}`);
    return process;
  }

  hasProcess(name: string, role: Role = 'main'): boolean {
    return this.launcher.find(this.id(name), role) !== undefined;
  }

  /** Ends a process and lets happen what follows. */
  exit(name: string, status = 0, role: Role = 'main'): void {
    this.process(name, role).exit(status);
    this.settle();
  }

  kill(name: string, signal = 9, role: Role = 'main'): void {
    this.process(name, role).signal(signal);
    this.settle();
  }

  /** Service events so far, `web started`; with what they carry by `describeEvent`. */
  get events(): string[] {
    return this.actions.flatMap((action) =>
      action.kind === 'event' ? [`${action.event.name} ${action.event.event}`] : [],
    );
  }

  eventsOf(name: string): string[] {
    return this.events.flatMap((event) => (event.startsWith(`${name} `) ? [event.slice(name.length + 1)] : []));
  }

  notices(name: string): string[] {
    return this.noticed.flatMap((noticed) => (noticed.name === name ? [noticed.notice.kind] : []));
  }

  launches(name: string, role: Role = 'main'): number {
    return this.#launches.get(`${name} ${role}`) ?? 0;
  }

  /** What a process does that was just launched. */
  protected begin(process: VirtualProcess): void {
    const { execution, run } = this.#programOf(process.facts.name, process.facts.role);
    process.onExecute(() => run?.(process, this.time));
    if (execution === 'manual') return;
    this.time.after(0, () => {
      if (typeof execution === 'number') process.failToExecute(execution);
      else process.execute();
    });
  }

  /** What the pid file of a service names after its launched process has ended. */
  protected pidFileOf(id: ServiceId, run: Run): VirtualProcess | Exclude<PidFileResult, 'supervised'> {
    const { pidFile = runs } = this.#programOf(this.serviceAt(id).description.name, 'main');
    if (typeof pidFile === 'string') return pidFile;
    const process = this.launcher.forkApart(id, run);
    pidFile.run?.(process, this.time);
    return process;
  }

  protected chain(_from: ServiceId, name: string): void {
    if (findService(this.state, name) !== undefined) this.start(name);
  }

  #perform(action: Action): void {
    this.actions.push(action);
    if (action.kind === 'reply') this.#replies.set(action.command, action.reply);
    if (action.kind === 'notice') {
      this.noticed.push({ name: this.serviceAt(action.id).description.name, notice: action.notice });
    }
    if (action.kind === 'outcome') this.#outcomes.set(action.command, action.outcome);
    if (action.kind === 'launch') this.#order('launch', action.id, action.role === 'stop' ? ' stop' : '');
    if (action.kind === 'signal') {
      this.#order('signal', action.id, `${action.role === 'stop' ? ' stop' : ''} ${action.signal}`);
    }
    if (action.kind === 'kill-all') {
      this.#order('kill-all', action.id, '');
      this.time.after(1000, () => this.send({ kind: 'killed-all', id: action.id }));
    }
    if (action.kind === 'chain') this.time.after(0, () => this.chain(action.from, action.name));
    this.launcher.perform(action);
  }

  #order(what: string, id: ServiceId, more: string): void {
    this.orders.push(`${what} ${this.serviceAt(id).description.name}${more}`);
  }

  #begin(process: VirtualProcess): void {
    const { name, role } = process.facts;
    this.#launches.set(`${name} ${role}`, this.launches(name, role) + 1);
    this.begin(process);
  }

  /** The program of the latest launch. */
  #programOf(name: string, role: Role): Program {
    const programs = this.programs[role === 'main' ? name : `${name} stop`];
    const number = this.launches(name, role);
    if (programs === undefined)
      return role === 'main' ? this.#defaultProgram(name) : { run: (process) => process.exit(0) };
    return 'length' in programs ? (programs[Math.min(number, programs.length) - 1] ?? runs) : programs;
  }

  /** Commands of scripted services and launchers of bgprocesses end well at once, other processes run. */
  #defaultProgram(name: string): Program {
    const { type } = this.record(name).description;
    return type === 'process' ? runs : { run: (process) => process.exit(0) };
  }
}
