/**
 * Loading and unloading: services come into the graph all or none, and leave it alone. `before`, `after` and `consumer-of` may name services that
 * are not loaded; those names are kept as placeholders and become links when the service comes.
 */
import type { LoadFailure } from '../../service/description.ts';
import type { ServiceId } from '../model/ids.ts';
import type { Service } from '../model/service.ts';
import { type EngineState, nameKey } from '../model/state.ts';
import type { SupervisedDescription } from '../model/supervised-description.ts';
import type { Reply } from './action.ts';
import { consumerProblem, consumersIn } from './consumers.ts';
import { findCycle } from './cycles.ts';
import type { LoadedDescription } from './event.ts';
import { addLink, dependencyLinks, dependentLinks, dropLink, linkOf } from './links.ts';
import { isOrdering } from '../model/link.ts';
import { newService } from './new-service.ts';
import { type Turn, serviceOf } from './turn.ts';

const failure = (name: string, message: string): LoadFailure => ({ name, class: 'load', problems: [{ message }] });

export function load(turn: Turn, services: readonly LoadedDescription[]): Reply {
  const { state } = turn;
  const failures = missingDependencies(state, services);
  if (failures.length > 0) return { kind: 'not-loaded', failures };
  for (const { id, description } of services) insert(state, newService(id, description, ++state.loadOrder, turn.now));
  for (const { id } of services) linkDependencies(state, serviceOf(state, id));
  for (const { id } of services) linkPlaceholders(state, serviceOf(state, id));
  const problems = loadProblems(state, services);
  if (problems.length === 0) return { kind: 'done' };
  for (const { id } of services.toReversed()) remove(state, serviceOf(state, id));
  return { kind: 'not-loaded', failures: problems };
}

function missingDependencies(state: EngineState, services: readonly LoadedDescription[]): LoadFailure[] {
  const names = new Set(services.map(({ description }) => description.name));
  return services.flatMap(({ description: { name, dependencies } }) => {
    if (state.ids[nameKey(name)] !== undefined) return [failure(name, 'is loaded already')];
    const missing = dependencies.find(
      ({ kind, name: wanted }) =>
        kind !== 'before' && kind !== 'after' && !names.has(wanted) && state.ids[nameKey(wanted)] === undefined,
    );
    return missing ? [failure(name, `could not load dependency '${missing.name}'`)] : [];
  });
}

function loadProblems(state: EngineState, services: readonly LoadedDescription[]): LoadFailure[] {
  const cycle = findCycle(
    state,
    services.map(({ id }) => id),
  );
  if (cycle) return [failure(cycle[0] ?? '', `has a cyclic dependency: ${cycle.join(' -> ')}`)];
  const consumers = consumersIn(state);
  return services.flatMap(({ description }) => {
    const problem = consumerProblem(state, consumers, description);
    return problem === undefined ? [] : [failure(description.name, problem)];
  });
}

function insert(state: EngineState, service: Service): void {
  while (state.services.length <= service.id) state.services.push(null);
  state.services[service.id] = service;
  state.ids[nameKey(service.description.name)] = service.id;
}

/** Links of the description; those by an ordering to what is not loaded wait as placeholders. */
export function linkDependencies(state: EngineState, service: Service): void {
  for (const { kind, name } of service.description.dependencies) {
    const other = state.ids[nameKey(name)];
    if (kind !== 'before' && kind !== 'after') {
      if (other === undefined) throw new Error(`${name} is not loaded`);
      addLink(state, kind, service.id, other);
    } else if (other === undefined) {
      addPlaceholder(state, name, service.id);
    } else {
      addOrdering(state, kind, service.id, other);
    }
  }
}

/** `a before b` is a link from b to a. */
export function addOrdering(state: EngineState, kind: 'before' | 'after', declarer: ServiceId, other: ServiceId): void {
  if (kind === 'before') addLink(state, kind, other, declarer);
  else addLink(state, kind, declarer, other);
}

export function addPlaceholder(state: EngineState, name: string, id: ServiceId): void {
  const mentions = (state.placeholders[nameKey(name)] ??= []);
  if (!mentions.includes(id)) mentions.push(id);
}

/** The service takes the place of its placeholder. */
function linkPlaceholders(state: EngineState, service: Service): void {
  const key = nameKey(service.description.name);
  for (const id of state.placeholders[key] ?? []) {
    const mentioning = state.services[id];
    // Those that came in the same load have linked themselves already.
    if (!mentioning || mentioning.id === service.id) continue;
    for (const { kind, name } of mentioning.description.dependencies) {
      if (name !== service.description.name || (kind !== 'before' && kind !== 'after')) continue;
      addOrdering(state, kind, id, service.id);
    }
  }
  delete state.placeholders[key];
}

export function unload(turn: Turn, service: Service): Reply {
  const { state } = turn;
  const inUse = (text: string): Reply => ({ kind: 'refused', refusal: { kind: 'in-use', text } });
  if (service.state !== 'stopped') return inUse(`it is ${service.state}`);
  const dependent = dependentLinks(state, service).find((link) => !isOrdering(link));
  if (dependent) return inUse(`${serviceOf(state, dependent.from).description.name} depends on it`);
  remove(state, service);
  return { kind: 'done' };
}

function remove(state: EngineState, service: Service): void {
  const { name } = service.description;
  for (const link of [...dependencyLinks(state, service), ...dependentLinks(state, service)]) {
    if (state.links[link.id] === null) continue;
    const declarer = link.kind === 'before' ? link.to : link.from;
    if (isOrdering(link) && declarer !== service.id) addPlaceholder(state, name, declarer);
    dropLink(state, linkOf(state, link.id));
  }
  forgetMentions(state, service.id, service.description);
  state.services[service.id] = null;
  delete state.ids[nameKey(name)];
}

/** The service does not mention any placeholder any more. */
export function forgetMentions(state: EngineState, id: ServiceId, { dependencies }: SupervisedDescription): void {
  for (const { kind, name } of dependencies) {
    if (kind !== 'before' && kind !== 'after') continue;
    const key = nameKey(name);
    const rest = (state.placeholders[key] ?? []).filter((mentioning) => mentioning !== id);
    if (rest.length === 0) delete state.placeholders[key];
    else state.placeholders[key] = rest;
  }
}
