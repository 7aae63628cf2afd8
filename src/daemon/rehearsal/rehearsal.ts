/**
 * What would happen if a request were made now: the engine itself decides, on a copy of its state, with a launcher that only says that all went well. Time
 * passes as far as the request has to wait for it.
 */
import type { Action, Outcome, Reply } from '../engine/action.ts';
import { reduce } from '../engine/engine.ts';
import type { EngineEvent, LoadedDescription, Request } from '../engine/event.ts';
import { findService, nextDeadline, waitingFor } from '../engine/status.ts';
import { History } from '../history/history.ts';
import type { Origin, StepRecord } from '../history/step-record.ts';
import { type CommandId, commandId, type ServiceId } from '../model/ids.ts';
import type { EngineState } from '../model/state.ts';
import { ObligingLauncher } from './obliging-launcher.ts';
import { copyState } from './stage.ts';

type WithoutCommand<T> = T extends unknown ? Omit<T, 'command'> : never;

export interface RehearsalScript {
  /** Loaded first, when the services that it is about are not there yet. */
  readonly load: readonly LoadedDescription[];
  readonly request: (state: EngineState) => WithoutCommand<Request> | undefined;
  readonly origin: Origin;
}

export interface Rehearsed {
  /** Of the request, or of the load when that failed. Undefined when there is nothing to ask for. */
  readonly reply: Reply | undefined;
  readonly outcome: Outcome | undefined;
  /** Of the services that the request moves, in order. */
  readonly steps: readonly StepRecord[];
  readonly history: History;
  /** Services that would still be on their way, and what they would wait for. */
  readonly unsettled: readonly { readonly name: string; readonly waitingFor: readonly string[] }[];
}

/** More than any request can bring about: each service goes down and up again at most a few times. */
const eventsPerService = 64;

export function rehearse(real: EngineState, script: RehearsalScript, begin: number): Rehearsed {
  const state = copyState(real);
  const play = new Play(state, begin);
  const loaded = script.load.length > 0 ? play.ask({ kind: 'load', services: script.load }, undefined) : undefined;
  const request = loaded && loaded.kind !== 'done' ? undefined : script.request(state);
  const reply = request ? play.ask(request, script.origin) : loaded;
  if (request) play.run();
  const moved = play.moved();
  return {
    reply,
    outcome: play.outcome,
    history: play.history,
    steps: [...play.history.steps].filter(({ id }) => moved.has(id)),
    unsettled: [...moved].flatMap((id) => {
      const service = state.services[id];
      const isSettled = !service || service.state === 'started' || service.state === 'stopped';
      return isSettled ? [] : [{ name: service.description.name, waitingFor: waitingFor(state, id) }];
    }),
  };
}

class Play {
  readonly history = new History(() => undefined);
  readonly #state: EngineState;
  readonly #launcher: ObligingLauncher;
  readonly #replies = new Map<CommandId, Reply>();
  readonly #chained: Extract<Action, { kind: 'chain' }>[] = [];
  #now: number;
  #asked = 0;
  #begin = 0;
  outcome: Outcome | undefined;

  constructor(state: EngineState, now: number) {
    this.#state = state;
    this.#now = now;
    this.#launcher = new ObligingLauncher(state);
  }

  ask(request: WithoutCommand<Request>, origin: Origin | undefined): Reply | undefined {
    const command = commandId(++this.#asked);
    this.#begin = this.history.sequence;
    this.#handle({ ...request, command }, origin);
    return this.#replies.get(command);
  }

  run(): void {
    const most = eventsPerService * (this.#state.services.length + 1);
    for (let handled = 0; handled < most; handled++) {
      const report = this.#launcher.take();
      if (report) this.#handle(report);
      else if (!this.#chain() && !this.#waitForTime()) return;
    }
  }

  /** `chain-to` of a service whose work is done. A service that is not loaded would be loaded first: it is left out here. */
  #chain(): boolean {
    const next = this.#chained.shift();
    if (!next) return false;
    const id = findService(this.#state, next.name);
    if (id === undefined) return true;
    const command = commandId(++this.#asked);
    const origin: Origin = { kind: 'chain', from: next.from };
    this.#handle({ kind: 'command', command, verb: 'start', id, pin: false, force: false }, origin);
    return true;
  }

  /** The services that moved because of the request. */
  moved(): ReadonlySet<ServiceId> {
    const moved = new Set<ServiceId>();
    const isCausedBy = ({ cause, causedBy }: StepRecord): boolean =>
      cause.kind === 'request' || moved.has(this.history.step(causedBy)?.id ?? noService);
    for (const step of this.history.steps) {
      if (step.sequence > this.#begin && isCausedBy(step)) moved.add(step.id);
    }
    return moved;
  }

  /** Only a service that is on its way because of the request is waited for. */
  #waitForTime(): boolean {
    const due = nextDeadline(this.#state);
    if (due === undefined) return false;
    const isWaiting = [...this.moved()].some((id) => {
      const service = this.#state.services[id];
      return service?.timer && (service.state === 'starting' || service.state === 'stopping');
    });
    if (!isWaiting) return false;
    this.#now = Math.max(this.#now, due);
    this.#handle({ kind: 'timer' });
    return true;
  }

  #handle(event: EngineEvent, origin?: Origin): void {
    const actions = reduce(this.#state, event, this.#now);
    this.history.record({ state: this.#state, event, origin, now: this.#now, actions });
    for (const action of actions) {
      this.#launcher.perform(action);
      if (action.kind === 'reply') this.#replies.set(action.command, action.reply);
      else if (action.kind === 'outcome') this.outcome ??= action.outcome;
      else if (action.kind === 'chain') this.#chained.push(action);
    }
  }
}

const noService = -1 as ServiceId;
