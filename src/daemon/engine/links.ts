/** Making, breaking and counting dependency links. Whoever changes a link does it here, so that counts and links agree. */
import type { DependencyKind } from '../../service/description.ts';
import { type LinkId, type ServiceId, linkId } from '../model/ids.ts';
import { type Link, isOrdering } from '../model/link.ts';
import type { Service } from '../model/service.ts';
import type { EngineState } from '../model/state.ts';
import { type Turn, queuePropagation, queueTransition, serviceOf } from './turn.ts';

export function linkOf(state: EngineState, id: LinkId): Link {
  const link = state.links[id];
  if (!link) throw new Error(`no link with id ${id}`);
  return link;
}

export const dependencyLinks = (state: EngineState, service: Service): Link[] =>
  service.dependencies.map((id) => linkOf(state, id));

export const dependentLinks = (state: EngineState, service: Service): Link[] =>
  service.dependents.map((id) => linkOf(state, id));

export function addLink(state: EngineState, kind: DependencyKind, from: ServiceId, to: ServiceId): Link {
  const id = state.freeLinks.pop() ?? state.links.length;
  const link: Link = { id: linkId(id), kind, from, to, isHolding: false, isWaiting: false };
  state.links[id] = link;
  serviceOf(state, from).dependencies.push(link.id);
  serviceOf(state, to).dependents.push(link.id);
  return link;
}

/** The link is gone; what it held is released, and whoever waited by it goes on. */
export function removeLink(turn: Turn, link: Link): void {
  stopWaiting(turn, link);
  letGo(turn, link);
  const dependency = serviceOf(turn.state, link.to);
  dependency.pending.pins = true;
  queuePropagation(turn, dependency);
  dropLink(turn.state, link);
  recheckStop(turn, dependency);
}

/** Takes a link out of the tables, without any effect on the services. */
export function dropLink(state: EngineState, link: Link): void {
  const from = serviceOf(state, link.from);
  const to = serviceOf(state, link.to);
  from.dependencies = from.dependencies.filter((id) => id !== link.id);
  to.dependents = to.dependents.filter((id) => id !== link.id);
  to.blockerHint = 0;
  state.links[link.id] = null;
  state.freeLinks.push(link.id);
}

export function setWaiting(state: EngineState, link: Link, isWaiting: boolean): void {
  if (link.isWaiting === isWaiting) return;
  link.isWaiting = isWaiting;
  serviceOf(state, link.from).waitingLinks += isWaiting ? 1 : -1;
}

/** The dependent does not wait by this link any more; if it was the last one, it may take its next step. */
export function stopWaiting(turn: Turn, link: Link): void {
  if (!link.isWaiting) return;
  setWaiting(turn.state, link, false);
  proceedIfReady(turn, serviceOf(turn.state, link.from));
}

export function proceedIfReady(turn: Turn, service: Service): void {
  if (service.state === 'starting' && service.isWaiting && service.waitingLinks === 0) queueTransition(turn, service);
}

/** The dependent counts on its dependency from now on. */
export function hold(turn: Turn, link: Link): void {
  const dependency = serviceOf(turn.state, link.to);
  if (!link.isHolding) {
    link.isHolding = true;
    dependency.requiredBy += 1;
  }
  want(turn, dependency);
}

/** The dependent does not count on its dependency any more. */
export function letGo(turn: Turn, link: Link): void {
  if (!link.isHolding) return;
  link.isHolding = false;
  release(turn, serviceOf(turn.state, link.to));
}

/** The service starts, or does not stop, or comes up again after its stop. */
function want(turn: Turn, service: Service): void {
  if (service.target === 'started') return;
  service.pending.start = true;
  queuePropagation(turn, service);
}

/** One less counts on the service. What follows from it being the last one waits until the counts have settled. */
export function release(turn: Turn, service: Service): void {
  service.requiredBy -= 1;
  if (service.requiredBy > 0) return;
  service.pending.released = true;
  queuePropagation(turn, service);
}

export function queueRequire(turn: Turn, service: Service): void {
  service.pending.releaseDependencies = false;
  service.pending.requireDependencies = true;
  queuePropagation(turn, service);
}

export function queueRelease(turn: Turn, service: Service): void {
  service.pending.requireDependencies = false;
  service.pending.releaseDependencies = true;
  queuePropagation(turn, service);
}

export function requireDependencies(turn: Turn, service: Service): void {
  for (const link of dependencyLinks(turn.state, service)) if (!isOrdering(link)) hold(turn, link);
}

export function releaseDependencies(turn: Turn, service: Service): void {
  for (const link of dependencyLinks(turn.state, service)) letGo(turn, link);
}

/** A hard dependent that is up, or on its way with its start action begun, keeps its dependency from beginning to stop. */
export function isInTheWay(state: EngineState, link: Link): boolean {
  if (link.kind !== 'depends-on' && link.kind !== 'prepared-by') return false;
  const dependent = serviceOf(state, link.from);
  return dependent.state !== 'stopped' && !isOnlyWaiting(dependent);
}

/** On its way up, but nothing of it is there yet. (What was up when its stop was called off is there.) */
const isOnlyWaiting = ({ state, isWaiting, activity }: Service): boolean =>
  state === 'starting' && isWaiting && activity === 'idle';

/** Looks on from where the last blocker was found, so that a thousand dependents that stop one by one cost a thousand looks, not a million. */
export function isBlockedByDependents(state: EngineState, service: Service): boolean {
  const { dependents } = service;
  const count = dependents.length;
  for (let step = 0; step < count; step++) {
    const place = (service.blockerHint + step) % count;
    const id = dependents[place];
    if (id === undefined || !isInTheWay(state, linkOf(state, id))) continue;
    service.blockerHint = place;
    return true;
  }
  return false;
}

/** A service has stopped or gone back to waiting: its dependencies that wait to stop may do so now. */
export function recheckDependencies(turn: Turn, service: Service): void {
  for (const { to } of dependencyLinks(turn.state, service)) recheckStop(turn, serviceOf(turn.state, to));
}

/** A dependent is out of the way, or does not depend on the service any more. */
function recheckStop(turn: Turn, service: Service): void {
  if (service.state !== 'stopping' || !service.isWaiting || isBlockedByDependents(turn.state, service)) return;
  queueTransition(turn, service);
}
