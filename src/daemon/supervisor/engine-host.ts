/**
 * The engine with its surroundings: feeds it events with the time, carries out what it wants, keeps its timer.
 *
 * One event is handled to its end before the next: observers must not ask for anything before they have returned.
 */
import type { ServiceEvent } from '../../api/service-status.ts';
import type { Action, Outcome, Reply, ServiceEventFacts } from '../engine/action.ts';
import { reduce } from '../engine/engine.ts';
import type { EngineEvent, Request } from '../engine/event.ts';
import { findService, nextDeadline } from '../engine/status.ts';
import type { Chronicle } from '../history/chronicle.ts';
import { serviceEvent } from '../history/service-event.ts';
import type { Origin } from '../history/step-record.ts';
import type { ProcessLauncher } from '../launcher/process-launcher.ts';
import type { Legacy } from '../journal/journal.ts';
import type { StateJournal } from '../journal/state-journal.ts';
import { type CommandId, type ServiceId, commandId } from '../model/ids.ts';
import { type EngineState, createState } from '../model/state.ts';
import type { CommandOutcome } from '../service-manager.ts';
import type { Catalogue } from './catalogue.ts';
import type { Clocks } from './clocks.ts';

/** What the engine's actions mean outside of launcher and clients. */
export interface EngineObserver {
  event(event: ServiceEvent, facts: ServiceEventFacts): void;
  notice(action: Extract<Action, { kind: 'notice' }>): void;
  chain(from: string, name: string): void;
  consoleHeld(isHeld: boolean): void;
  allStopped(isAsked: boolean): void;
}

type DistributedOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
/** A request without its command id, which the host gives. */
export type NewRequest = DistributedOmit<Request, 'command'>;

export interface Answer {
  readonly reply: Reply;
  /** Only for an accepted command. */
  readonly outcome: Promise<CommandOutcome>;
}

/** Node's timers count in 31 bits. */
const longestTimer = 2 ** 31 - 1;

export interface EngineHostParts {
  readonly launcher: ProcessLauncher;
  readonly catalogue: Catalogue;
  readonly clocks: Clocks;
  readonly journal: StateJournal;
  readonly chronicle: Chronicle;
}

export class EngineHost {
  readonly #launcher: ProcessLauncher;
  readonly #catalogue: Catalogue;
  readonly #clocks: Clocks;
  readonly #observer: EngineObserver;
  readonly #journal: StateJournal;
  readonly #chronicle: Chronicle;
  readonly #replies = new Map<CommandId, Reply>();
  readonly #outcomes = new Map<CommandId, (outcome: CommandOutcome) => void>();
  #state: EngineState = createState();
  #lastCommand = 0;
  /** The time of the event that is being handled, or was last. */
  #now = 0;
  #timer: NodeJS.Timeout | undefined;
  #timerDue: number | undefined;

  constructor({ launcher, catalogue, clocks, journal, chronicle }: EngineHostParts, observer: EngineObserver) {
    this.#journal = journal;
    this.#chronicle = chronicle;
    this.#launcher = launcher;
    this.#catalogue = catalogue;
    this.#clocks = clocks;
    this.#observer = observer;
  }

  get state(): EngineState {
    return this.#state;
  }

  /** Takes over from a former daemon. Nothing of the past is carried out again. */
  replay({ state, events, appendix }: Pick<Legacy, 'state' | 'events' | 'appendix'>): void {
    this.#state = state;
    this.#chronicle.restore(appendix, state);
    for (const { event, now, origin } of events) {
      this.#chronicle.record({ state, event, origin, now, actions: reduce(state, event, now) });
      if ('command' in event) this.#lastCommand = Math.max(this.#lastCommand, event.command);
    }
  }

  /** Writes down what has happened: to be called before anything that follows from it leaves this process. */
  save(): void {
    this.#journal.flush(this.#state);
  }

  /** As `save`, but all of it anew: descriptions have changed. */
  saveWhole(isAsleep = false): void {
    this.#journal.compact(this.#state, isAsleep);
  }

  /** Something happened; nobody waits for an answer. The caller saves. */
  report(event: Exclude<EngineEvent, Request>): void {
    this.#handle(event);
  }

  /** @param origin Who asks. */
  request(request: NewRequest, origin?: Origin): Answer {
    this.#lastCommand += 1;
    const command = commandId(this.#lastCommand);
    const outcome = new Promise<CommandOutcome>((resolve) => this.#outcomes.set(command, resolve));
    this.#handle({ ...request, command }, origin);
    if (request.kind !== 'reload' && request.kind !== 'unload') this.save();
    const reply = this.#replies.get(command);
    this.#replies.delete(command);
    if (!reply) throw new Error(`the engine did not reply to '${request.kind}'`);
    if (reply.kind !== 'accepted') this.#outcomes.delete(command);
    return { reply, outcome };
  }

  /** The daemon ends: whoever still waits for an outcome is told. */
  abandon(): void {
    clearTimeout(this.#timer);
    for (const resolve of this.#outcomes.values()) resolve({ kind: 'abandoned' });
    this.#outcomes.clear();
  }

  #handle(event: EngineEvent, origin?: Origin): void {
    const now = this.#clocks.monotonic();
    this.#now = now;
    this.#journal.record(event, now, origin);
    const actions = reduce(this.#state, event, now);
    this.#chronicle.record({ state: this.#state, event, origin, now, actions });
    for (const action of actions) this.#perform(action);
    this.#setTimer();
  }

  #perform(action: Action): void {
    switch (action.kind) {
      case 'launch':
        return this.#launcher.launch(action.id, action.role, action.run, action.console);
      case 'signal':
        return this.#launcher.signal(action.id, action.role, action.signal, action.scope);
      case 'read-pid-file':
        return this.#launcher.readPidFile(action.id, action.run);
      case 'close-socket':
        return this.#launcher.closeSocket(action.id);
      case 'event':
        return this.#observer.event(this.#eventOf(action.event, action.id), action.event);
      case 'reply':
        this.#replies.set(action.command, action.reply);
        return undefined;
      case 'outcome':
        this.#outcomes.get(action.command)?.(this.#outcomeOf(action.outcome));
        this.#outcomes.delete(action.command);
        return undefined;
      case 'chain':
        return this.#observer.chain(this.#catalogue.get(action.from).service.name, action.name);
      case 'notice':
        return this.#observer.notice(action);
      case 'all-stopped':
        return this.#observer.allStopped(action.isAsked);
      case 'console-log':
        return this.#observer.consoleHeld(action.isHeld);
      case 'step':
      case 'kill-all':
      case 'available':
        return undefined;
      default:
        return action satisfies never;
    }
  }

  eventOf(facts: ServiceEventFacts): ServiceEvent {
    return this.#eventOf(facts, findService(this.state, facts.name));
  }

  #eventOf(facts: ServiceEventFacts, id: ServiceId | undefined): ServiceEvent {
    const time = this.#clocks.toWall(this.#now);
    return serviceEvent(facts, id, time, (failed, failure) => this.#catalogue.describeFailure(failed, failure));
  }

  #outcomeOf(outcome: Outcome): CommandOutcome {
    return outcome.kind === 'still-required' ? outcome : { kind: outcome.kind, event: this.eventOf(outcome.event) };
  }

  #setTimer(): void {
    const due = nextDeadline(this.state);
    if (due === this.#timerDue) return;
    // One that is too early stays, and looks for the next deadline when it ends: deadlines are moved far more often than they are reached.
    if (due !== undefined && this.#timerDue !== undefined && due > this.#timerDue) return;
    clearTimeout(this.#timer);
    this.#timerDue = due;
    if (due === undefined) return;
    const wait = Math.min(longestTimer, Math.max(0, Math.ceil(due - this.#clocks.monotonic())));
    this.#timer = setTimeout(() => {
      this.#timerDue = undefined;
      if ((nextDeadline(this.state) ?? Infinity) > this.#clocks.monotonic()) return this.#setTimer();
      this.#handle({ kind: 'timer' });
      this.save();
    }, wait);
  }
}
