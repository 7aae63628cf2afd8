/**
 * Settles everything that follows from an event: first all propagation (counts, failures, wishes to start and stop), then one step of one service, then
 * propagation again, until nothing is left. Only then services whose process died restart without waiting for their dependents.
 */
import type { Service } from '../model/service.ts';
import { releaseDependencies, requireDependencies } from './links.ts';
import { recomputePin } from './pins.ts';
import { start, takeTransition } from './starting.ts';
import { bringDown, failAndStop, released, restartWithoutWaiting, stop } from './stopping.ts';
import type { Turn } from './turn.ts';

export function drain(turn: Turn): void {
  const places = { propagation: 0, transitions: 0, restarts: 0 };
  for (;;) {
    const next = take(turn, 'propagation', places);
    if (next) {
      propagate(turn, next);
      continue;
    }
    const moving = take(turn, 'transitions', places);
    if (moving) {
      moving.pending.isTransitionQueued = false;
      if (moving.state === 'starting') takeTransition(turn, moving);
      else if (moving.state === 'stopping') bringDown(turn, moving);
      continue;
    }
    const restarting = take(turn, 'restarts', places);
    if (!restarting) return;
    restartWithoutWaiting(turn, restarting);
  }
}

type Queue = 'propagation' | 'transitions' | 'restarts';

function take(turn: Turn, queue: Queue, places: Record<Queue, number>): Service | undefined {
  for (;;) {
    const id = turn[queue][places[queue]];
    if (id === undefined) return undefined;
    places[queue] += 1;
    const service = turn.state.services[id];
    turn.current = id;
    if (service) return service;
  }
}

function propagate(turn: Turn, service: Service): void {
  const { pending } = service;
  pending.isQueued = false;
  if (pending.released) {
    pending.released = false;
    released(turn, service);
  }
  if (pending.requireDependencies) {
    pending.requireDependencies = false;
    requireDependencies(turn, service);
  }
  if (pending.releaseDependencies) {
    pending.releaseDependencies = false;
    releaseDependencies(turn, service);
  }
  if (pending.failDependency) {
    pending.failDependency = false;
    if (service.state === 'starting' && service.isWaiting) failAndStop(turn, service);
  }
  if (pending.start) {
    pending.start = false;
    if (service.requiredBy > 0) start(turn, service);
  }
  if (pending.stop) {
    const intent = pending.userRestart ? 'user' : 'none';
    pending.stop = false;
    pending.userRestart = false;
    stop(turn, service, intent);
  }
  if (pending.pins) {
    pending.pins = false;
    recomputePin(turn, service);
  }
}
