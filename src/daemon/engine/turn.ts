/**
 * One call of `reduce` while it lasts: the state, the time, the actions so far and the queues that are empty again when it ends.
 *
 * Work on a service that follows from work on another one is queued, never called directly: that avoids recursion, and lets counts settle before
 * anything is decided by them.
 */
import type { ServiceEventKind } from '../../api/service-status.ts';
import type { ServiceId } from '../model/ids.ts';
import type { Service } from '../model/service.ts';
import type { EngineState } from '../model/state.ts';
import type { Action, Notice, ServiceEventFacts, StepAction } from './action.ts';

export interface Turn {
  readonly state: EngineState;
  readonly now: number;
  readonly actions: Action[];
  /** Services with something in `pending`. */
  readonly propagation: ServiceId[];
  /** Services that may take their next step: a start or a stop action. */
  readonly transitions: ServiceId[];
  /** Services whose process died and that restart: looked at when everybody else has moved. */
  readonly restarts: ServiceId[];
  /** The service that is being worked on; null while it is the event itself. */
  current: ServiceId | null;
  /** Which service's step queued another one: why that one moves. */
  movers: Map<ServiceId, ServiceId> | undefined;
}

export const createTurn = (state: EngineState, now: number): Turn => ({
  state,
  now,
  actions: [],
  propagation: [],
  transitions: [],
  restarts: [],
  current: null,
  movers: undefined,
});

/** The service with this id. An id without a service is an error in our own tables. */
export function serviceOf(state: EngineState, id: ServiceId): Service {
  const service = state.services[id];
  if (!service) throw new Error(`no service with id ${id}`);
  return service;
}

export function queuePropagation(turn: Turn, service: Service): void {
  if (service.pending.isQueued) return;
  service.pending.isQueued = true;
  turn.propagation.push(service.id);
  noteMover(turn, service);
}

export function queueTransition(turn: Turn, service: Service): void {
  if (service.pending.isTransitionQueued) return;
  service.pending.isTransitionQueued = true;
  turn.transitions.push(service.id);
  noteMover(turn, service);
}

function noteMover(turn: Turn, service: Service): void {
  if (turn.current !== null && turn.current !== service.id) {
    (turn.movers ??= new Map()).set(service.id, turn.current);
  }
}

export function notice(turn: Turn, service: Service, what: Notice): void {
  turn.actions.push({ kind: 'notice', id: service.id, notice: what });
}

export function emitStep(turn: Turn, service: Service, step: StepAction['step']): void {
  const { id, restart, stopReason, window } = service;
  const by = turn.movers?.get(id) ?? null;
  turn.actions.push({ kind: 'step', id, step, by, restart, stopReason, restarts: window.restarts });
}

/** The facts of an event as they are now. */
export function eventFacts(turn: Turn, service: Service, event: ServiceEventKind): ServiceEventFacts {
  const pid = service.main.kind === 'executed' ? service.main.pid : undefined;
  const isAboutDependency = service.stopReason === 'dependency-failed' || service.stopReason === 'dependency-restart';
  return {
    sequence: turn.state.sequence,
    name: service.description.name,
    event,
    state: service.state,
    target: service.target,
    stopReason: service.stopReason,
    isSkipped: service.isSkipped,
    isExplicit: service.isExplicit,
    console: service.console,
    ...(pid !== undefined && { pid }),
    ...(service.exit && { exit: service.exit }),
    ...(service.launchFailure && service.stopReason === 'exec-failed' && { launchFailure: service.launchFailure }),
    ...(isAboutDependency && service.failedDependency !== null && { because: service.failedDependency }),
  };
}

export function emitEvent(turn: Turn, service: Service, event: ServiceEventKind): ServiceEventFacts {
  turn.state.sequence += 1;
  const facts = eventFacts(turn, service, event);
  turn.actions.push({ kind: 'event', id: service.id, event: facts });
  return facts;
}
