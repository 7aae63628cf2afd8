/** What must hold of the engine's state between two events. Everything derived is derived again here, by other means than the engine's. */
import type { EngineState } from '../../../../src/daemon/model/state.ts';
import type { Link } from '../../../../src/daemon/model/link.ts';
import type { Role, Service } from '../../../../src/daemon/model/service.ts';
import { Broken } from './story.ts';
import type { StoryLauncher } from './story-launcher.ts';

const roles: readonly Role[] = ['main', 'stop'];

interface Graph {
  readonly services: readonly Service[];
  readonly links: readonly Link[];
  readonly dependencies: ReadonlyMap<Service, readonly (readonly [Link, Service])[]>;
  readonly dependents: ReadonlyMap<Service, readonly (readonly [Link, Service])[]>;
}

function must(isTrue: boolean, rule: string, ...about: readonly Service[]): void {
  if (!isTrue) throw new Broken(rule, about.map(show).join('; '));
}

function show(service: Service): string {
  const { description, dependencies: _d, dependents: _u, pending, ...rest } = service;
  const set = Object.entries(rest).filter(
    ([, value]) => value !== false && value !== null && !(Array.isArray(value) && value.length === 0),
  );
  const queued = Object.entries(pending).flatMap(([key, value]) => (value === true ? [key] : []));
  return `${description.name} ${JSON.stringify(Object.fromEntries(set))}${queued.length > 0 ? ` pending ${queued.join(' ')}` : ''}`;
}

function graphOf(state: EngineState): Graph {
  const services = state.services.filter((service) => service !== null);
  const links = state.links.filter((link) => link !== null);
  const dependencies = new Map<Service, (readonly [Link, Service])[]>(services.map((service) => [service, []]));
  const dependents = new Map<Service, (readonly [Link, Service])[]>(services.map((service) => [service, []]));
  for (const link of links) {
    const from = state.services[link.from];
    const to = state.services[link.to];
    if (!from || !to) throw new Broken('links join loaded services', JSON.stringify(link));
    dependencies.get(from)?.push([link, to]);
    dependents.get(to)?.push([link, from]);
  }
  return { services, links, dependencies, dependents };
}

const isOrdering = ({ kind }: Link): boolean => kind === 'before' || kind === 'after';
const isPermanentlyHard = ({ kind }: Link): boolean => kind === 'depends-on' || kind === 'prepared-by';
const isHard = (link: Link): boolean => isPermanentlyHard(link) || (link.kind === 'depends-ms' && link.isWaiting);
const isAtRest = ({ state, isWaiting, activity }: Service): boolean =>
  state === 'stopped' || (state === 'starting' && isWaiting && activity === 'idle');
/** Its process has died already. */
const isGone = ({ isWaiting, activity }: Service): boolean => isWaiting && activity === 'idle';
/** On its way up without a way back, but it will go down again at once. */
const isDoomed = ({ state, target, isForcedToStop }: Service): boolean =>
  state === 'starting' && (target === 'stopped' || isForcedToStop);

/** `calledOff`: services whose last start was called off, or has failed. */
export function checkInvariants(state: EngineState, launcher: StoryLauncher, calledOff: ReadonlySet<string>): void {
  const graph = graphOf(state);
  checkTables(state, graph);
  for (const service of graph.services) {
    checkCounts(service, graph);
    checkState(service, graph);
    checkOrder(service, graph, calledOff);
    checkProcesses(service, launcher);
  }
  for (const link of graph.links) checkLink(state, link);
  checkOrderings(state, graph);
  checkPins(graph);
  checkTimers(state, graph);
  checkConsole(state, graph);
}

function checkTables(state: EngineState, { services, links }: Graph): void {
  for (const { id, description } of services) {
    must(state.ids[`:${description.name}`] === id, 'every loaded service is found by its name');
  }
  must(Object.keys(state.ids).length === services.length, 'only loaded services are found by name');
  const mentioned = services.flatMap(({ dependencies }) => dependencies);
  must(new Set(mentioned).size === mentioned.length && mentioned.length === links.length, 'each link is listed once');
  must(
    state.freeLinks.every((id) => state.links[id] === null) &&
      state.freeLinks.length + links.length === state.links.length,
    'free links are free',
  );
  must(
    state.active === services.filter((service) => service.state !== 'stopped').length,
    'active counts what is not stopped',
  );
}

/** Whatever was loaded, unloaded and reloaded in between: what the descriptions order among loaded services is a link, and nothing else is. */
function checkOrderings(state: EngineState, { services, links }: Graph): void {
  const wanted = services.flatMap(({ id, description }) =>
    description.dependencies.flatMap(({ kind, name }) => {
      const other = state.ids[`:${name}`];
      if (other === undefined || (kind !== 'before' && kind !== 'after')) return [];
      return [kind === 'before' ? `${other} before ${id}` : `${id} after ${other}`];
    }),
  );
  const found = links.filter((link) => isOrdering(link)).map(({ kind, from, to }) => `${from} ${kind} ${to}`);
  const isSame = wanted.toSorted().join() === found.toSorted().join();
  if (!isSame) throw new Broken('orderings are what descriptions say', `${wanted.join()} / ${found.join()}`);
}

function checkCounts(service: Service, { dependencies, dependents }: Graph): void {
  const up = dependencies.get(service) ?? [];
  const down = dependents.get(service) ?? [];
  const holding = down.filter(([link]) => link.isHolding).length;
  must(service.requiredBy === holding + Number(service.isExplicit), 'requiredBy counts holders and the mark', service);
  must(service.waitingLinks === up.filter(([link]) => link.isWaiting).length, 'waitingLinks counts', service);
  must(
    service.dependencies.length === up.length && service.dependents.length === down.length,
    'a service lists its links',
    service,
  );
  must(
    Object.values(service.pending).every((value) => value === false),
    'nothing is queued between two events',
    service,
  );
}

function checkState(service: Service, graph: Graph): void {
  const { state, isWaiting, activity, main, stop } = service;
  const up = graph.dependencies.get(service) ?? [];
  switch (state) {
    case 'stopped':
      must(
        activity === 'idle' && main.kind === 'none' && stop.kind === 'none' && !isWaiting,
        'what is stopped does nothing',
        service,
      );
      must(
        service.timer === null && service.console === 'none',
        'what is stopped has no timer and no console',
        service,
      );
      must(service.requiredBy === 0 && service.target === 'stopped', 'what is stopped is not wanted', service);
      must(
        up.every(([link]) => !link.isHolding && !link.isWaiting),
        'what is stopped holds nothing',
        service,
      );
      must(service.commands.length === 0, 'nobody waits for what is stopped', service);
      must(!service.isForcedToStop, 'what is stopped is not forced', service);
      return;
    case 'starting':
      if (isWaiting) {
        must(
          service.waitingLinks > 0 || service.console === 'waiting',
          'what waits to start waits for something',
          service,
        );
        // It was up, and was told to start when it was about to stop.
        const wasUp = activity === 'run';
        must(wasUp || (activity === 'idle' && main.kind === 'none'), 'what waits to start does nothing', service);
      } else {
        must(
          ['delay', 'launch', 'completion', 'pid-file'].includes(activity),
          'what is on its way up is at its start action',
          service,
        );
      }
      break;
    case 'started':
      must(!isWaiting, 'what is up waits for nothing', service);
      must(
        service.isVacant ||
          activity === 'run' ||
          service.isRecovering ||
          service.isPinnedStarted ||
          service.isPinnedByDependent,
        'what is up runs or recovers',
        service,
      );
      must(
        !service.commands.some(({ awaits }) => awaits === 'start'),
        'nobody waits for the start of what is up',
        service,
      );
      break;
    case 'stopping':
      must(!(service.target === 'started' && service.isPinnedStopped), 'a stop pin rules out a restart', service);
      must(!isWaiting || isInUse(service, graph), 'what waits to stop waits for a dependent', service);
      must(
        isWaiting || main.kind !== 'none' || stop.kind !== 'none' || activity === 'kill-all',
        'what is at its stop action has something to end',
        service,
      );
      break;
    default:
      state satisfies never;
  }
  const isToStay = service.target === 'started' && !service.isForcedToStop;
  if ((state === 'starting' || state === 'started') && isToStay) {
    must(
      up.every(([link]) => !isPermanentlyHard(link) || link.isHolding),
      'what is up holds its hard dependencies',
      service,
    );
  }
}

const isInUse = (service: Service, { dependents }: Graph): boolean =>
  (dependents.get(service) ?? []).some(([link, dependent]) => isPermanentlyHard(link) && !isAtRest(dependent));

/**
 * A hard dependent is up only on top of a dependency that is up. Allowed are: a dependency that waits for it to stop; one whose process died and that
 * comes up again, or fails to, below a dependent that is going down.
 */
function checkOrder(dependent: Service, { dependencies }: Graph, calledOff: ReadonlySet<string>): void {
  for (const [link, dependency] of dependencies.get(dependent) ?? []) {
    if (!isPermanentlyHard(link)) continue;
    checkPair(dependent, dependency, calledOff.has(dependency.description.name));
  }
}

function checkPair(dependent: Service, dependency: Service, hasNotComeUp: boolean): void {
  const isUp = dependent.state === 'started' || (dependent.state === 'starting' && !dependent.isWaiting);
  // It came up by its pin when its dependency was on its way down already.
  const isPinned = dependent.isPinnedStarted || dependent.isPinnedByDependent;
  const isOnlyPinned = isPinned && dependent.isForcedToStop;
  if (isUp && !isDoomed(dependent) && !isOnlyPinned) {
    // Told to start again when it was about to stop, it waits for something soft, and everything of it is still there.
    const isStillThere = dependency.state === 'starting' && dependency.isWaiting && dependency.activity === 'run';
    const isUpToo = dependency.state === 'started' || isStillThere;
    must(isUpToo, 'a hard dependent is up only while its dependency is', dependent, dependency);
  }
  if (isAtRest(dependent) || isGone(dependent) || hasNotComeUp) return;
  must(
    !(dependency.state === 'stopping' && ['stop', 'kill-all'].includes(dependency.activity)),
    'no stop action begins while a hard dependent is up',
    dependent,
    dependency,
  );
  must(dependency.state !== 'stopped', 'nothing is stopped below a hard dependent', dependent, dependency);
}

function checkLink(state: EngineState, link: Link): void {
  const from = state.services[link.from];
  const to = state.services[link.to];
  if (!from || !to) return;
  must(!(isOrdering(link) && link.isHolding), 'ordering links hold nothing', from, to);
  if (link.isHolding) must(to.state !== 'stopped', 'what is held is not stopped', from, to);
  if (!link.isWaiting) return;
  must(from.state === 'starting' && from.isWaiting, 'only what is starting waits for a dependency', from, to);
  // Who waits by a soft link goes on at the latest when the other is stopped.
  const willStart = to.state === 'starting' || (to.state === 'stopping' && (to.target === 'started' || !isHard(link)));
  must(willStart, 'what is waited for is on its way up', from, to);
}

function checkProcesses(service: Service, launcher: StoryLauncher): void {
  for (const role of roles) {
    const record = service[role];
    const process = launcher.find(service.id, role);
    if (record.kind === 'none') {
      must(process === undefined, 'no process is forgotten', service);
      continue;
    }
    const isReported = launcher.inFlight.some(
      (report) => report.id === service.id && 'run' in report && report.run === record.run,
    );
    const isRead = role === 'main' && launcher.reads.some(({ id, run }) => id === service.id && run === record.run);
    must(process?.run === record.run || isReported || isRead, 'every process on record exists', service);
  }
}

/** Pins go down hard links from what has come up. */
function checkPins({ services, dependents }: Graph): void {
  const known = new Map<Service, boolean>();
  const isPinned = (service: Service): boolean => {
    const cached = known.get(service);
    if (cached !== undefined) return cached;
    known.set(service, false);
    const derived = (dependents.get(service) ?? []).some(
      ([link, dependent]) =>
        isHard(link) && dependent.state === 'started' && (dependent.isPinnedStarted || isPinned(dependent)),
    );
    known.set(service, derived);
    return derived;
  };
  for (const service of services) {
    must(isPinned(service) === service.isPinnedByDependent, 'derived pins come from dependents that are up', service);
  }
}

function checkTimers(state: EngineState, { services }: Graph): void {
  const due = (place: number): number => {
    const id = state.timers[place];
    return (id === undefined ? undefined : state.services[id]?.timer?.due) ?? -1;
  };
  for (const [place, id] of state.timers.entries()) {
    const service = state.services[id];
    if (!service?.timer || service.timerPlace !== place) throw new Broken('the heap holds timers', `place ${place}`);
    must(place === 0 || due((place - 1) >> 1) <= due(place), 'the heap is in order', service);
  }
  for (const service of services) {
    must((service.timer === null) === (service.timerPlace === -1), 'timers know their place', service);
  }
  must(services.filter(({ timer }) => timer !== null).length === state.timers.length, 'each timer is in the heap once');
}

function checkConsole(state: EngineState, { services }: Graph): void {
  const owner = state.consoleOwner === null ? undefined : state.services[state.consoleOwner];
  for (const service of services) {
    must((service.console === 'held') === (service === owner), 'only the owner has the console', service);
    const places = state.consoleQueue.filter((id) => id === service.id).length;
    must(places === Number(service.console === 'waiting'), 'who waits for the console is in its queue once', service);
  }
  must(state.consoleQueue.length === 0 || owner !== undefined, 'nobody waits for a free console');
}

/** No cycle over any links: a service never comes to depend on itself. */
export function checkAcyclic(state: EngineState): void {
  const { services, dependencies } = graphOf(state);
  const visited = new Map<Service, 'open' | 'done'>();
  const visit = (service: Service): void => {
    must(visited.get(service) !== 'open', 'the graph has no cycle', service);
    if (visited.has(service)) return;
    visited.set(service, 'open');
    for (const [, dependency] of dependencies.get(service) ?? []) visit(dependency);
    visited.set(service, 'done');
  };
  for (const service of services) visit(service);
}
