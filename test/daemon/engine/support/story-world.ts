/** Plays a story with the engine and checks every statement about it after each event. */
import { isDeepStrictEqual } from 'node:util';
import type { Action } from '../../../../src/daemon/engine/action.ts';
import { reduce } from '../../../../src/daemon/engine/engine.ts';
import type { EngineEvent } from '../../../../src/daemon/engine/event.ts';
import {
  dependenciesOf,
  findService,
  nextDeadline,
  statusOf,
  waitingFor,
} from '../../../../src/daemon/engine/status.ts';
import { type ServiceId, serviceId } from '../../../../src/daemon/model/ids.ts';
import type { Service } from '../../../../src/daemon/model/service.ts';
import { createState, type EngineState } from '../../../../src/daemon/model/state.ts';
import type { SupervisedDescription } from '../../../../src/daemon/model/supervised-description.ts';
import { CommandLedger } from './command-ledger.ts';
import { checkAcyclic, checkInvariants } from './invariants.ts';
import { StepHistory } from './step-history.ts';
import { Broken, type Story, type StoryStep } from './story.ts';
import { StoryLauncher, type StoryProcess } from './story-launcher.ts';
import { describeService } from './story-words.ts';
import type { NewRequest } from './world.ts';

/** How long original and copy of a state are compared after a hand-over. */
const comparedEvents = 12;
/** Services may chain in a circle; when everything is to come to rest, they do so only as often as this. */
const chainsWhenCalming = 10;
/** Far more than any story needs to come to rest. */
const patience = 3000;

export class StoryWorld {
  state: EngineState = createState();
  now = 1_000_000;
  readonly launcher: StoryLauncher;
  readonly names: readonly string[];
  /** What was done, in words, once it was done. */
  readonly told: string[] = [];
  events = 0;
  #shadow: { readonly state: EngineState; left: number } | undefined;
  #lastId = 0;
  #lastSequence = 0;
  readonly #ledger = new CommandLedger();
  #chained: string[] = [];
  #chainsLeft = Infinity;
  #isShuttingDown = false;
  readonly #history = new StepHistory();
  #rests = 0;

  constructor({ names, descriptions }: Pick<Story, 'names' | 'descriptions'>) {
    this.names = names;
    this.launcher = new StoryLauncher((id) => this.state.services[id]?.description.readiness !== undefined);
    if (descriptions.length > 0) this.#load(descriptions);
  }

  // Steps

  /** False when the step made no sense. */
  take(step: StoryStep): boolean {
    // Said beforehand in other words, in case it does not come to its end.
    this.told.push(JSON.stringify(step, (key, value: unknown) => (key === 'description' ? undefined : value)));
    const words = this.#take(step);
    this.told.pop();
    if (words === undefined) return false;
    this.told.push(words);
    return true;
  }

  #take(step: StoryStep): string | undefined {
    const { launcher } = this;
    switch (step.kind) {
      case 'command':
        return this.#about(step.service, (id, name) => {
          const { verb, pin, force } = step;
          const reply = this.#ask({ kind: 'command', id, verb, pin, force });
          return `client: ${verb}${pin ? ' --pin' : ''}${force ? ' --force' : ''} ${name} (${reply})`;
        });
      case 'unpin':
      case 'unload':
        return this.#about(
          step.service,
          (id, name) => `client: ${step.kind} ${name} (${this.#ask({ kind: step.kind, id })})`,
        );
      case 'trigger':
        return this.#about(step.service, (id, name) => {
          const reply = this.#ask({ kind: 'trigger', id, isSet: step.isSet });
          return `client: ${step.isSet ? 'trigger' : 'untrigger'} ${name} (${reply})`;
        });
      case 'add-dependency':
      case 'remove-dependency':
        return this.#between(step, (from, to, words) => {
          const { kind, dependency } = step;
          return `client: ${kind} ${words} as ${dependency} (${this.#ask({ kind, from, dependency, to })})`;
        });
      case 'enable':
      case 'disable':
        return this.#between(
          step,
          (from, to, words) => `client: ${step.kind} ${words} (${this.#ask({ kind: step.kind, from, to })})`,
        );
      case 'load':
        if (this.find(step.description.name) !== undefined) return undefined;
        return `load ${describeService(step.description)} (${this.#load([step.description])})`;
      case 'reload': {
        const id = this.find(step.description.name);
        if (id === undefined) return undefined;
        const reply = this.#ask({ kind: 'reload', id, description: step.description });
        return `reload ${describeService(step.description)} (${reply})`;
      }
      case 'execute':
        return this.#with(launcher.launched(), step.pick, (process) => {
          launcher.execute(process);
          return `${this.#nameOf(process)} is executed`;
        });
      case 'fail-to-execute':
        return this.#with(launcher.launched(), step.pick, (process) => {
          launcher.failToExecute(process);
          return `${this.#nameOf(process)} cannot be executed`;
        });
      case 'ready':
      case 'close-readiness':
        return this.#with(launcher.unready(), step.pick, (process) => {
          launcher.closeReadiness(process, step.kind === 'ready' ? 'ready' : 'ready-closed');
          return `${this.#nameOf(process)} ${step.kind === 'ready' ? 'reports ready' : 'closes its readiness pipe'}`;
        });
      case 'exit':
        return this.#with(launcher.running(), step.pick, (process) => {
          launcher.exit(process, step.exit);
          return `${this.#nameOf(process)} ends: ${step.exit.kind} ${step.exit.status}`;
        });
      case 'pid-file':
        return this.#with(launcher.reads, step.pick, (read) => {
          launcher.answerPidFile(read, step.isGood);
          return `the pid file of ${this.#serviceName(read.id)} ${step.isGood ? 'names its process' : 'is no good'}`;
        });
      case 'deliver':
        return this.#deliver();
      case 'pass':
        this.now += step.milliseconds;
        return `${step.milliseconds} ms pass`;
      case 'timer':
        this.#send({ kind: 'timer' });
        return 'a timer event';
      case 'wait': {
        const due = nextDeadline(this.state);
        if (due === undefined) return undefined;
        this.now = Math.max(this.now, due);
        this.#send({ kind: 'timer' });
        return 'the next deadline';
      }
      case 'hand-over':
        this.#handOver();
        return 'the state is handed over';
      case 'calm':
        this.calm();
        this.#checkCalm();
        return 'everything calms down';
      default:
        return step satisfies never;
    }
  }

  find(name: string): ServiceId | undefined {
    return findService(this.state, name);
  }

  /** Shuts down; every process does as it is told, and in the end nothing may be left. */
  finish(): void {
    this.#isShuttingDown = true;
    this.told.push('shutdown');
    this.#ask({ kind: 'shutdown' });
    this.calm();
    const left = this.#services().filter(({ state }) => state !== 'stopped');
    if (left.length > 0) throw new Broken('a shutdown ends', left.map((service) => this.#story(service)).join('; '));
    if (this.#rests === 0) throw new Broken('the end of a shutdown is reported', 'it was not');
    this.#ledger.close();
    if (this.launcher.processes.length > 0) throw new Broken('no process outlives a shutdown', 'one did');
  }

  /** Every process does what is expected of it, deadlines come, until nothing moves any more. */
  calm(): void {
    this.#chainsLeft = chainsWhenCalming;
    for (let turns = 0; turns < patience; turns += 1) if (!this.#moveOn()) return void (this.#chainsLeft = Infinity);
    throw new Broken(
      'everything comes to rest',
      this.#services()
        .map((service) => this.#story(service))
        .join('; '),
    );
  }

  #moveOn(): boolean {
    const { launcher } = this;
    if (this.#deliver() !== undefined) return true;
    const [launched] = launcher.launched();
    if (launched) return (launcher.execute(launched), true);
    const [read] = launcher.reads;
    if (read) return (launcher.answerPidFile(read, true), true);
    const ending = launcher.running().find((process) => process.isToldToEnd || this.#isShort(process));
    if (ending) {
      const signal = ending.signals.at(-1);
      launcher.exit(ending, signal === undefined ? { kind: 'exited', status: 0 } : { kind: 'killed', status: signal });
      return true;
    }
    const [unready] = launcher.unready();
    if (unready) return (launcher.closeReadiness(unready, 'ready'), true);
    const due = nextDeadline(this.state);
    if (due === undefined) return false;
    this.now = Math.max(this.now, due);
    this.#send({ kind: 'timer' });
    return true;
  }

  /** Commands that end by themselves: start and stop commands, and what forks a bgprocess. */
  #isShort({ id, role }: StoryProcess): boolean {
    const service = this.state.services[id];
    if (!service || role === 'stop' || service.description.type === 'scripted') return true;
    return service.description.type === 'bgprocess' && service.activity === 'completion';
  }

  // Requests and reports

  #load(descriptions: readonly SupervisedDescription[]): string {
    const services = descriptions.map((description) => {
      this.#lastId += 1;
      return { id: serviceId(this.#lastId), description };
    });
    return this.#ask({ kind: 'load', services });
  }

  #ask(request: NewRequest): string {
    const command = this.#ledger.open();
    return this.#ledger.answer(command, this.#send({ ...request, command }));
  }

  #deliver(): string | undefined {
    const report = this.launcher.inFlight.shift();
    if (report) {
      this.#send(report);
      return `arrives: ${report.kind} of ${this.#serviceName(report.id)}${'role' in report && report.role === 'stop' ? ', stop command' : ''}`;
    }
    const chained = this.#chained.shift();
    if (chained === undefined) return undefined;
    this.#chainsLeft -= 1;
    if (this.#chainsLeft < 0) return `the chain to ${chained} breaks`;
    const id = this.find(chained);
    if (id === undefined) return `${chained} is chained to but not loaded`;
    return `chained: start ${chained} (${this.#ask({ kind: 'command', verb: 'start', id, pin: false, force: false })})`;
  }

  #send(event: EngineEvent): Action[] {
    const before = new Map(this.#services().map((service) => [service.id, { ...service.window }]));
    const isRequest = 'command' in event;
    const actions = reduce(this.state, event, this.now);
    this.events += 1;
    this.#followShadow(event, actions);
    for (const action of actions) this.#note(action, isRequest);
    this.#checkWindows(before);
    this.#history.compare(this.state);
    checkInvariants(this.state, this.launcher, this.#history.calledOff);
    if (isRequest && event.kind !== 'command') checkAcyclic(this.state);
    if (!isRequest) this.#ledger.settle(actions);
    this.#checkShown();
    return actions;
  }

  #note(action: Action, isRequest: boolean): void {
    this.launcher.perform(action);
    this.#history.note(this.state, action);
    if (action.kind === 'reply' && !isRequest) throw new Broken('only requests have replies', '');
    if (action.kind === 'chain') {
      if (this.#isShuttingDown) throw new Broken('nothing is chained in a shutdown', action.name);
      this.#chained.push(action.name);
    }
    if (action.kind === 'all-stopped') this.#rests += Number(action.isAsked);
    if (action.kind !== 'event') return;
    this.#lastSequence += 1;
    if (action.event.sequence !== this.#lastSequence) {
      throw new Broken('events are numbered', `${action.event.sequence} came, not ${this.#lastSequence}`);
    }
  }

  #handOver(): void {
    const original = this.state;
    const copy: EngineState = JSON.parse(JSON.stringify(original));
    if (!isDeepStrictEqual(copy, original)) throw new Broken('the state survives JSON', 'the copy differs');
    this.state = copy;
    this.#shadow = { state: original, left: comparedEvents };
  }

  #followShadow(event: EngineEvent, actions: readonly Action[]): void {
    const shadow = this.#shadow;
    if (!shadow) return;
    const others = reduce(shadow.state, event, this.now);
    const isSame = isDeepStrictEqual(others, actions) && isDeepStrictEqual(shadow.state, this.state);
    if (!isSame) throw new Broken('a state that went through JSON behaves the same', event.kind);
    shadow.left -= 1;
    if (shadow.left === 0) this.#shadow = undefined;
  }

  // Checks that need the past, or the end

  /** Within one window only as many restarts are counted as are allowed. */
  #checkWindows(before: ReadonlyMap<ServiceId, Service['window']>): void {
    for (const { id, window, description } of this.#services()) {
      const former = before.get(id);
      const { limitCount, limitInterval } = description.restart;
      if (!former || limitCount === 0 || limitInterval === 0) continue;
      const isCounted = window.begin === former.begin && window.restarts > former.restarts;
      if (isCounted && (window.restarts > limitCount || this.now >= window.begin + limitInterval)) {
        throw new Broken('the restart limit holds', `${description.name} ${JSON.stringify(window)}`);
      }
    }
  }

  /** What is shown can be shown in every state. */
  #checkShown(): void {
    for (const { id, state, description } of this.#services()) {
      statusOf(this.state, id);
      dependenciesOf(this.state, id);
      const isGoing = state === 'starting' || state === 'stopping';
      if (isGoing && waitingFor(this.state, id).length === 0) {
        throw new Broken('what is on its way says what it waits for', `${description.name} ${state}`);
      }
    }
  }

  /** After everything has calmed down only what waits for a trigger, or for what does, is still on its way. */
  #checkCalm(): void {
    const isExcused = (service: Service, seen: ReadonlySet<Service>): boolean => {
      if (seen.has(service)) return false;
      if (service.description.type === 'triggered' && !service.isWaiting) return true;
      if (service.console === 'waiting') return true;
      const links = service.dependencies
        .flatMap((id) => this.state.links[id] ?? [])
        .filter(({ isWaiting }) => isWaiting);
      return links.some(({ to }) => {
        const dependency = this.state.services[to];
        if (!dependency) return false;
        if (dependency.state === 'stopping') return this.#isBelowPin(dependency);
        return dependency.state === 'starting' && isExcused(dependency, new Set([...seen, service]));
      });
    };
    for (const service of this.#services()) {
      if (service.state === 'stopping' && !this.#isBelowPin(service))
        throw new Broken('every stop ends', this.#story(service));
      const isStuck = service.state === 'starting' && !isExcused(service, new Set());
      if (isStuck) throw new Broken('every start ends', this.#story(service));
      const isWaitedFor = service.commands.some(({ awaits }) => awaits !== 'start');
      if (isWaitedFor && service.state === 'started' && !service.isPinnedStarted && !service.isPinnedByDependent) {
        throw new Broken('every stop command ends', this.#story(service));
      }
    }
  }

  /** A dependent, perhaps through others, that came up by its pin when the service was going down already keeps it from that. */
  #isBelowPin(service: Service): boolean {
    return service.dependents.some((id) => {
      const dependent = this.state.services[this.state.links[id]?.from ?? -1];
      if (!dependent) return false;
      return dependent.state === 'started'
        ? dependent.isPinnedStarted || dependent.isPinnedByDependent
        : this.#isBelowPin(dependent);
    });
  }

  // Words

  #services(): Service[] {
    return this.state.services.filter((service) => service !== null);
  }

  #serviceName(id: ServiceId): string {
    return this.state.services[id]?.description.name ?? `service ${id}`;
  }

  #nameOf({ id, role }: StoryProcess): string {
    return role === 'main' ? `the process of ${this.#serviceName(id)}` : `the stop command of ${this.#serviceName(id)}`;
  }

  #story(service: Service): string {
    const { description, state, target, activity, main, stop } = service;
    const waits = waitingFor(this.state, service.id).join(', ');
    return `${description.name} is ${state} (target ${target}, ${activity}, process ${main.kind}, stop command ${stop.kind}) and waits for ${waits || 'nothing'}`;
  }

  #about(place: number, act: (id: ServiceId, name: string) => string): string | undefined {
    const name = this.names[place % this.names.length] ?? '';
    const id = this.find(name);
    return id === undefined ? undefined : act(id, name);
  }

  #between(
    step: { readonly from: number; readonly to: number },
    act: (from: ServiceId, to: ServiceId, words: string) => string,
  ): string | undefined {
    return this.#about(
      step.from,
      (from, fromName) => this.#about(step.to, (to, toName) => act(from, to, `${fromName} -> ${toName}`)) ?? '',
    );
  }

  #with<T>(choices: readonly T[], pick: number, act: (choice: T) => string): string | undefined {
    const choice = choices[pick % Math.max(choices.length, 1)];
    return choice === undefined ? undefined : act(choice);
  }
}
