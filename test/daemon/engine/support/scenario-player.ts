/**
 * Plays a recorded scenario with the engine: the client's commands become requests, helper programs become virtual processes, waiting is virtual
 * time. What is not the engine's business (what the stock client lists, the console, file modes) makes a scenario unplayable rather than half played.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Action } from '../../../../src/daemon/engine/action.ts';
import { findService } from '../../../../src/daemon/engine/status.ts';
import type { RuntimeDependencyKind, Verb } from '../../../../src/daemon/service-manager.ts';
import { isStateMessage, recordedEvent, recordedStatus, signalNumber, stateMessage } from './dinit-words.ts';
import { NotPlayable, type RecordedStatus, type Scenario, type Step } from './scenario.ts';
import { type Ended, commandEnd, done, refusedSilently } from './scenario-client.ts';
import { ScenarioWorld } from './scenario-world.ts';
import { here } from './scratch-place.ts';

/** How long the recording waited for something, and how long for nothing to happen: virtual milliseconds. */
const patience = 8000;
const settleTime = 150;

const verbs: ReadonlySet<string> = new Set(['start', 'stop', 'restart', 'wake', 'release']);
const isVerb = (word: string): word is Verb => verbs.has(word);
const kinds: Readonly<Record<string, RuntimeDependencyKind>> = {
  need: 'depends-on',
  regular: 'depends-on',
  'depends-on': 'depends-on',
  ms: 'depends-ms',
  milestone: 'depends-ms',
  'depends-ms': 'depends-ms',
  'waits-for': 'waits-for',
};

/** A command of the client: undefined as long as it has not ended. */
type Job = () => Ended | undefined;

export class ScenarioPlayer {
  readonly #scenario: Scenario;
  readonly #world: ScenarioWorld;
  readonly #jobs = new Map<string, { readonly job: Job; readonly step: Step }>();
  readonly #pids = new Map<string, number | undefined>();
  #watched: ReadonlySet<string> = new Set();
  #seenActions = 0;
  #events: string[] = [];
  /** Things compared. */
  checks = 0;

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
    this.#world = new ScenarioWorld(scenario);
  }

  play(): void {
    const isMended = this.#scenario.stock_defect === true;
    const steps = isMended ? this.#scenario.instead?.steps : this.#scenario.steps;
    if (!steps) throw new NotPlayable('has no steps for what is right');
    this.#boot();
    for (const [index, step] of steps.entries()) {
      try {
        this.#step(step);
      } catch (error) {
        if (error instanceof NotPlayable || !(error instanceof Error)) throw error;
        throw new Error(`step ${index}, ${JSON.stringify(step)}: ${error.message}`, { cause: error });
      }
    }
    if (!isMended) this.#end();
  }

  get #hasEnded(): boolean {
    return this.#world.state.active === 0;
  }

  #boot(): void {
    const names: string[] = [];
    const words = this.#scenario.daemon?.arguments ?? ['-q', '-l', '{DIR}/main.log'];
    for (let at = 0; at < words.length; at += 1) {
      const word = words[at] ?? '';
      if (word === '-q') continue;
      if (word === '-l') at += 1;
      else if (word === '-t') names.push(words[(at += 1)] ?? '');
      else if (word.startsWith('-')) throw new NotPlayable(`needs a daemon with ${word}`);
      else names.push(word);
    }
    if (this.#scenario.daemon?.service_directories?.length === 0)
      throw new NotPlayable('needs the default directories');
    for (const name of names.length > 0 ? names : ['boot']) if (this.#world.loadNamed(name)) this.#world.start(name);
  }

  #step(step: Step): void {
    const world = this.#world;
    if (step.ctl) return this.#control(step, step.ctl);
    if (step.join !== undefined) return this.#join(step.join, step);
    if (step.still_waiting !== undefined) {
      world.advance(settleTime);
      return this.#compare('still waits', this.#jobs.get(step.still_waiting)?.job(), undefined);
    }
    if (step.states) return this.#awaitStates(step.states);
    if (step.order) return this.#await('order', () => world.place.log, step.order.map(here));
    if (step.order_any) {
      return this.#await('order', () => world.place.log.toSorted(), step.order_any.map(here).toSorted());
    }
    if (step.wait_order !== undefined) {
      const line = here(step.wait_order);
      const count = step.count ?? 1;
      const soFar = (): number => world.place.log.filter((found) => found === line).length;
      return this.#await(`${count} times '${line}'`, () => Math.min(soFar(), count), count);
    }
    if (step.touch !== undefined) return this.#change(() => world.place.write(step.touch ?? '', ''));
    if (step.write !== undefined) return this.#change(() => world.place.write(step.write ?? '', here(step.text ?? '')));
    if (step.remove !== undefined && step.remove !== 'sock') return world.place.remove(step.remove);
    if (step.wait_file !== undefined && step.wait_file !== 'sock') {
      return this.#await('file', () => world.place.has(step.wait_file ?? ''), true);
    }
    if (step.file !== undefined && step.exists === false) return undefined;
    if (step.kill !== undefined) return this.#kill(step.kill, step.signal ?? 'TERM');
    if (step.kill_pid_in !== undefined) return this.#killPidIn(step.kill_pid_in, step.signal ?? 'TERM');
    if (step.note_pid !== undefined) return void this.#pids.set(step.note_pid, this.#pidOf(step.note_pid));
    if (step.same_pid_as_noted !== undefined) {
      const name = step.same_pid_as_noted;
      return this.#await('same process', () => this.#pidOf(name) === this.#pids.get(name), step.result === true);
    }
    if (step.watch) {
      this.#watched = new Set(step.watch);
      this.#seenActions = world.actions.length;
      return undefined;
    }
    if (step.events) return this.#awaitEvents(step.events);
    if (step.pause !== undefined) return world.advance(step.pause * 1000);
    if (step.signal_daemon === 'TERM' || step.signal_daemon === 'INT') return void world.shutdown();
    if (step.shutdown_request !== undefined && step.shutdown_request !== 4) return void world.shutdown();
    if (step.daemon_exit === 0) return this.#await('end of the daemon', () => this.#hasEnded, true);
    const [kind = 'nothing'] = Object.keys(step);
    // The client's own way to show things is compared by its tests; everything shown is in the states that are compared here.
    if (kind === 'list' || kind === 'note') return undefined;
    throw new NotPlayable(`has a step '${kind}'`);
  }

  // The client

  #control(step: Step, words: readonly string[]): void {
    const job = this.#issue(words);
    if (step.background !== undefined) {
      this.#jobs.set(step.background, { job, step });
      return;
    }
    this.#finish(job, step, words.join(' '));
  }

  #join(name: string, step: Step): void {
    const found = this.#jobs.get(name);
    if (!found) throw new Error(`no command '${name}' is under way`);
    this.#jobs.delete(name);
    const expected = { ...found.step, ...step };
    this.#finish(found.job, expected, (found.step.ctl ?? []).join(' '));
  }

  #finish(job: Job, { exit, out, err }: Step, what: string): void {
    if (exit === undefined) return;
    if (typeof exit === 'string') throw new NotPlayable('has a command that never ends');
    this.#passTimeUntil(() => job() !== undefined);
    const ended = job();
    this.#compare(`exit of '${what}'`, ended?.exit, exit);
    if (out && ended && !isOwnWords(out)) this.#compare(`output of '${what}'`, ended.out, out.map(here));
    if (err && ended?.err) this.#compare(`errors of '${what}'`, ended.err, err.map(here));
  }

  #issue(words: readonly string[]): Job {
    const options = new Set(words.filter((word) => word.startsWith('-')));
    const [verb = '', ...operands] = words.filter((word) => !word.startsWith('-'));
    const now =
      (ended: Ended): Job =>
      () =>
        ended;
    if (this.#hasEnded) return now(refusedSilently);
    const [name = '', other = '', third = ''] = operands;
    if (isVerb(verb)) return this.#command(verb, name, options);
    const isLoaded = findService(this.#world.state, name) !== undefined;
    switch (verb) {
      case 'unpin':
        return this.#loading(name, () => this.#world.unpin(name).reply.kind === 'done', `Service '${name}' unpinned.`);
      case 'trigger':
      case 'untrigger':
        return this.#loading(name, () => this.#world.trigger(name, verb === 'trigger').reply.kind === 'done');
      case 'reload':
        return now(this.#world.reloadNamed(name) ? done(`Service '${name}' reloaded.`) : refusedSilently);
      case 'unload':
        if (!isLoaded || this.#world.unload(name).reply.kind !== 'done') return now(refusedSilently);
        return now(done(`Service '${name}' unloaded.`));
      case 'add-dep':
      case 'rm-dep':
        return now(this.#changeDependency(verb, name, other, third));
      case 'enable':
      case 'disable':
        return now(this.#setEnabled(verb, options.has('--from') ? [name, other] : [undefined, name]));
      case 'is-started':
      case 'is-failed':
        return now(this.#test(verb, name));
      case 'status':
        return now(isLoaded ? done() : refusedSilently);
      case 'setenv': {
        const [variable = '', ...value] = name.split('=');
        this.#world.environment.set(variable, here(value.join('=')));
        return now(done());
      }
      case 'unsetenv':
        this.#world.environment.delete(name);
        return now(done());
      case 'signal': {
        const process = findService(this.#world.state, other) === undefined ? undefined : this.#world.processOf(other);
        if (!process) return now(refusedSilently);
        this.#change(() => process.signal(signalNumber(name)));
        return now(done());
      }
      case 'shutdown':
        this.#world.shutdown();
        return () => (this.#hasEnded ? done('Shutting down dinit...', 'Connection closed.') : undefined);
      default:
        throw new NotPlayable(`needs the client's ${verb}`);
    }
  }

  #command(verb: Verb, name: string, options: ReadonlySet<string>): Job {
    const world = this.#world;
    if (!world.loadNamed(name)) {
      const isFine = options.has('--ignore-unstarted');
      return () => (isFine ? done() : refusedSilently);
    }
    const asked = world.command(verb, name, { pin: options.has('--pin'), force: options.has('--force') });
    const issued = verb === 'stop' || verb === 'release' ? 'stop' : 'start';
    const isDone = asked.isImmediate && (asked.result === 'started' || asked.result === 'stopped');
    const isLeftAlone = options.has('--no-wait') && asked.reply.kind === 'accepted' && !isDone;
    return () => {
      if (isLeftAlone) return done(`Issued ${issued} command successfully for service '${name}'.`);
      const ended = commandEnd(verb, name, asked, asked.isImmediate);
      return ended ?? (this.#hasEnded ? refusedSilently : undefined);
    };
  }

  #loading(name: string, change: () => boolean, ...out: readonly string[]): Job {
    const ended = this.#world.loadNamed(name) && change() ? done(...out) : refusedSilently;
    return () => ended;
  }

  #changeDependency(verb: 'add-dep' | 'rm-dep', word: string, from: string, to: string): Ended {
    const kind = kinds[word];
    if (!kind) throw new Error(`no dependency kind is called '${word}'`);
    if (!this.#world.loadNamed(from) || !this.#world.loadNamed(to)) return refusedSilently;
    const { reply } =
      verb === 'add-dep' ? this.#world.addDependency(from, kind, to) : this.#world.removeDependency(from, kind, to);
    if (reply.kind === 'refused') return refusedSilently;
    return done(`Service '${from}': dependency '${to}' ${verb === 'add-dep' ? 'added' : 'removed'}`);
  }

  /** The link in the `waits-for.d` directory is the client's work, the dependency is the engine's. */
  #setEnabled(verb: 'enable' | 'disable', [given, name]: readonly [string | undefined, string]): Ended {
    const world = this.#world;
    if (!world.loadNamed(name)) return refusedSilently;
    const from = given ?? world.description(name)?.enableVia ?? 'boot';
    const [directory] = world.loadNamed(from) ? (world.description(from)?.waitsForDirectories ?? []) : [];
    if (directory === undefined) return refusedSilently;
    const link = `${directory}/${name}`;
    if (world.place.has(link) === (verb === 'enable')) return refusedSilently;
    if (verb === 'disable') {
      world.place.remove(link);
      return world.disable(from, name).reply.kind === 'done'
        ? done(`Service '${name}' has been disabled.`)
        : refusedSilently;
    }
    world.place.write(link, '');
    const asked = world.enable(from, name);
    this.#passTimeUntil(() => asked.result !== 'waits');
    const started = asked.outcome?.kind === 'started' && !asked.isImmediate ? [`Service '${name}' started.`] : [];
    return asked.reply.kind === 'refused' ? refusedSilently : done(`Service '${name}' has been enabled.`, ...started);
  }

  #test(verb: 'is-started' | 'is-failed', name: string): Ended {
    if (findService(this.#world.state, name) === undefined) return refusedSilently;
    const { state, isFailed } = this.#world.status(name);
    const holds = verb === 'is-started' ? state === 'started' : state === 'stopped' && isFailed;
    return { exit: holds ? 0 : 1, out: [state.toUpperCase()] };
  }

  // Waiting and comparing

  #awaitStates(wanted: Readonly<Record<string, RecordedStatus | null>>): void {
    const found = (): object =>
      Object.fromEntries(
        Object.entries(wanted).map(([name, status]) => {
          if (this.#hasEnded || findService(this.#world.state, name) === undefined) return [name, null];
          const all = recordedStatus(this.#world.status(name));
          if (status?.at_least !== true) return [name, all];
          return [
            name,
            { at_least: true, ...Object.fromEntries(Object.entries(all).filter(([key]) => key in status)) },
          ];
        }),
      );
    this.#await('states', found, wanted);
  }

  #awaitEvents(wanted: readonly string[]): void {
    const found = (): readonly string[] => {
      const fresh = this.#world.actions.slice(this.#seenActions);
      this.#seenActions = this.#world.actions.length;
      const isWatched = (action: Action): action is Extract<Action, { kind: 'event' }> =>
        action.kind === 'event' && this.#watched.has(action.event.name);
      this.#events.push(...fresh.filter(isWatched).map(({ event }) => recordedEvent(event)));
      return this.#events;
    };
    this.#await('events', found, wanted);
    this.#events = [];
  }

  #await<T>(what: string, found: () => T, wanted: T): void {
    const isThere = (): boolean => isDeepStrictEqual(found(), wanted);
    this.#passTimeUntil(isThere);
    this.#compare(what, found(), wanted);
  }

  #passTimeUntil(isEnough: () => boolean): void {
    const world = this.#world;
    const end = world.time.now + patience;
    world.settle();
    while (!isEnough()) {
      const { next } = world;
      if (next === undefined || next > end) return;
      world.advance(next - world.time.now);
    }
  }

  #change(happen: () => void): void {
    happen();
    this.#world.settle();
  }

  #compare(what: string, found: unknown, wanted: unknown): void {
    this.checks += 1;
    if (isDeepStrictEqual(found, wanted)) return;
    throw new Error(`${what}: expected ${JSON.stringify(wanted)}, got ${JSON.stringify(found)}`);
  }

  // Processes

  #pidOf(name: string): number | undefined {
    return this.#world.status(name).pid;
  }

  #kill(name: string, signal: string): void {
    this.#passTimeUntil(() => this.#world.processOf(name) !== undefined);
    this.#change(() => this.#world.process(name).signal(signalNumber(signal)));
  }

  #killPidIn(path: string, signal: string): void {
    this.#passTimeUntil(() => this.#world.place.has(path));
    this.#change(() => this.#world.signalPid(Number(this.#world.place.read(path)), signalNumber(signal)));
  }

  #end(): void {
    const { end, release_at_end: releases = [] } = this.#scenario;
    if (end.shutdown !== false && !this.#hasEnded) {
      for (const path of releases) this.#change(() => this.#world.place.write(path, ''));
      this.#world.shutdown();
      this.#passTimeUntil(() => this.#hasEnded);
      this.#compare('the daemon ends', this.#hasEnded, end.exit === 0);
    }
    const { log } = this.#world.place;
    if (end.order) this.#compare('order at the end', log, end.order.map(here));
    if (end.order_any) this.#compare('order at the end', log.toSorted(), end.order_any.map(here).toSorted());
    const messages = this.#messages();
    const recorded = end.messages ?? end.messages_any;
    if (recorded) {
      const wanted = recorded.filter(isStateMessage).toSorted();
      this.#compare('messages at the end', messages.toSorted(), wanted);
    }
  }

  #messages(): readonly string[] {
    return this.#world.noticed.flatMap(({ name, notice }) => stateMessage(name, notice));
  }
}

/** Output whose words are only the stock client's own. */
function isOwnWords(out: readonly string[]): boolean {
  return out.some((line) => /^(Service: |\[)/.test(line));
}
