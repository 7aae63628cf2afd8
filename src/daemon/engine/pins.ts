/**
 * Pins. A service pinned started does not leave that state, nor do the hard dependencies below it: those carry a derived pin. A pin only holds what has
 * come up: a service that is still on its way can be called off.
 */
import { isHard } from '../model/link.ts';
import type { Service } from '../model/service.ts';
import { dependencyLinks, dependentLinks, queueRelease } from './links.ts';
import { type Turn, queuePropagation, serviceOf } from './turn.ts';

export const hasStartPin = (service: Service): boolean => service.isPinnedStarted || service.isPinnedByDependent;

/** The service may not leave the state started now. */
export const isHeldUp = (service: Service): boolean => service.state === 'started' && hasStartPin(service);

export function pinStarted(turn: Turn, service: Service): void {
  if (service.isPinnedStarted) return;
  service.isPinnedStarted = true;
  queuePins(turn, service);
}

/** Clears both pins; a service that only the pin held up stops. */
export function unpin(turn: Turn, service: Service): void {
  service.isPinnedStopped = false;
  removeStartPin(turn, service);
}

export function removeStartPin(turn: Turn, service: Service): void {
  if (!service.isPinnedStarted) return;
  service.isPinnedStarted = false;
  queuePins(turn, service);
  stopIfOnlyPinned(turn, service);
}

/** The pins of the services below are to be looked at again. */
export function queuePins(turn: Turn, service: Service): void {
  for (const link of dependencyLinks(turn.state, service)) {
    if (!isHard(link) && link.kind !== 'depends-ms') continue;
    const dependency = serviceOf(turn.state, link.to);
    dependency.pending.pins = true;
    queuePropagation(turn, dependency);
  }
}

/** Derives the pin of a service from its dependents. */
export function recomputePin(turn: Turn, service: Service): void {
  const isPinned = dependentLinks(turn.state, service).some(
    (link) => isHard(link) && isHeldUp(serviceOf(turn.state, link.from)),
  );
  if (isPinned === service.isPinnedByDependent) return;
  service.isPinnedByDependent = isPinned;
  queuePins(turn, service);
  if (!isPinned) stopIfOnlyPinned(turn, service);
}

function stopIfOnlyPinned(turn: Turn, service: Service): void {
  if (service.state !== 'started' || hasStartPin(service)) return;
  if (service.requiredBy === 0) queueRelease(turn, service);
  if (service.target === 'stopped' || service.isForcedToStop || service.isVacant || service.requiredBy === 0) {
    service.pending.stop = true;
    queuePropagation(turn, service);
  }
}
