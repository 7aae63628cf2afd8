/** The timers of all services: at most one each, in a binary heap by due time whose places are kept in the services. */
import type { Service, TimerKind } from '../model/service.ts';
import type { EngineState } from '../model/state.ts';
import { type Turn, serviceOf } from './turn.ts';

export function setTimer(turn: Turn, service: Service, kind: TimerKind, after: number): void {
  clearTimer(turn, service);
  service.timer = { kind, due: turn.now + after };
  const { timers } = turn.state;
  service.timerPlace = timers.length;
  timers.push(service.id);
  rise(turn.state, service.timerPlace);
}

export function clearTimer(turn: Turn, service: Service): void {
  if (service.timerPlace < 0) return;
  const { timers } = turn.state;
  const place = service.timerPlace;
  const last = timers.pop();
  service.timer = null;
  service.timerPlace = -1;
  if (last === undefined || last === service.id) return;
  timers[place] = last;
  serviceOf(turn.state, last).timerPlace = place;
  rise(turn.state, place);
  sink(turn.state, serviceOf(turn.state, last).timerPlace);
}

/** Takes the next timer that is due out of the heap. */
export function takeDue(turn: Turn): { readonly service: Service; readonly kind: TimerKind } | undefined {
  const [first] = turn.state.timers;
  if (first === undefined) return undefined;
  const service = serviceOf(turn.state, first);
  if (!service.timer || service.timer.due > turn.now) return undefined;
  const { kind } = service.timer;
  clearTimer(turn, service);
  return { service, kind };
}

const dueAt = (state: EngineState, place: number): number => {
  const id = state.timers[place];
  return id === undefined ? Infinity : (serviceOf(state, id).timer?.due ?? Infinity);
};

function swap(state: EngineState, a: number, b: number): void {
  const [idA, idB] = [state.timers[a], state.timers[b]];
  if (idA === undefined || idB === undefined) return;
  state.timers[a] = idB;
  state.timers[b] = idA;
  serviceOf(state, idB).timerPlace = a;
  serviceOf(state, idA).timerPlace = b;
}

function rise(state: EngineState, start: number): void {
  for (let place = start; place > 0;) {
    const parent = (place - 1) >> 1;
    if (dueAt(state, parent) <= dueAt(state, place)) return;
    swap(state, parent, place);
    place = parent;
  }
}

function sink(state: EngineState, start: number): void {
  for (let place = start; ;) {
    const left = 2 * place + 1;
    const smaller = dueAt(state, left + 1) < dueAt(state, left) ? left + 1 : left;
    if (dueAt(state, smaller) >= dueAt(state, place)) return;
    swap(state, place, smaller);
    place = smaller;
  }
}
