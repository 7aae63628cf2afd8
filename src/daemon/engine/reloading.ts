/**
 * A new description for a loaded service. At rest anything may change; while it is up, only what takes effect at the next launch or is read later.
 * Its dependencies become those of the new description; a dependency that stays is not disturbed.
 */
import type { Dependency } from '../../service/description.ts';
import type { ServiceId } from '../model/ids.ts';
import type { Link } from '../model/link.ts';
import type { Service } from '../model/service.ts';
import { type EngineState, nameKey } from '../model/state.ts';
import type { SupervisedDescription } from '../model/supervised-description.ts';
import type { Refusal } from '../service-manager.ts';
import type { Reply } from './action.ts';
import { consumerProblem, consumersIn } from './consumers.ts';
import { findCycle } from './cycles.ts';
import { addLink, dependencyLinks, dependentLinks, dropLink, hold, removeLink } from './links.ts';
import { addPlaceholder, forgetMentions } from './loading.ts';
import { queuePins } from './pins.ts';
import { type Turn, serviceOf } from './turn.ts';

type Wanted = Pick<Dependency, 'kind' | 'name'>;

export function reload(turn: Turn, service: Service, description: SupervisedDescription): Reply {
  const { state } = turn;
  const missing = description.dependencies.find(
    ({ kind, name }) => kind !== 'before' && kind !== 'after' && state.ids[nameKey(name)] === undefined,
  );
  if (missing) return incompatible(`its dependency '${missing.name}' is not loaded`);
  const problem = incompatibility(state, service, description);
  if (problem) return { kind: 'refused', refusal: problem };

  const former = service.description;
  const kept = linksOf(state, service);
  const fresh = description.dependencies.filter((wanted) => !takeSame(state, service, kept, wanted));
  const added = fresh.flatMap((wanted) => addWanted(state, service, wanted));
  service.description = description;
  const cycle = findCycle(state, [service.id, ...added.map(({ from }) => from)]);
  const consumer = cycle ? undefined : consumerProblem(state, consumersIn(state), description);
  if (cycle || consumer !== undefined) {
    for (const link of added) dropLink(state, link);
    service.description = former;
    return cycle ? { kind: 'refused', refusal: { kind: 'cycle', path: cycle } } : incompatible(consumer ?? '');
  }
  if (former.type !== description.type) {
    service.exit = null;
    service.launchFailure = null;
  }
  forgetMentions(state, service.id, former);
  for (const { kind, name } of description.dependencies) {
    if ((kind === 'before' || kind === 'after') && state.ids[nameKey(name)] === undefined) {
      addPlaceholder(state, name, service.id);
    }
  }
  if (service.state === 'started') for (const link of added) acquire(turn, service, link);
  // What is left was in the former description, or was added at run time.
  for (const link of kept) removeLink(turn, link);
  queuePins(turn, service);
  return { kind: 'done' };
}

const incompatible = (text: string): Reply => ({ kind: 'refused', refusal: { kind: 'incompatible', text } });

/** The links that the service itself has declared: `before` links of others stay with them. */
function linksOf(state: EngineState, service: Service): Link[] {
  return [
    ...dependencyLinks(state, service).filter(({ kind }) => kind !== 'before'),
    ...dependentLinks(state, service).filter(({ kind }) => kind === 'before'),
  ];
}

function takeSame(state: EngineState, service: Service, kept: Link[], { kind, name }: Wanted): boolean {
  const other = state.ids[nameKey(name)];
  const place = kept.findIndex(
    (link) => link.kind === kind && (kind === 'before' ? link.from : link.to) === other && other !== service.id,
  );
  if (place < 0) return false;
  kept.splice(place, 1);
  return true;
}

function addWanted(state: EngineState, service: Service, { kind, name }: Wanted): Link[] {
  const other: ServiceId | undefined = state.ids[nameKey(name)];
  if (other === undefined) return [];
  return [kind === 'before' ? addLink(state, kind, other, service.id) : addLink(state, kind, service.id, other)];
}

function acquire(turn: Turn, service: Service, link: Link): void {
  if (link.kind === 'before' || link.kind === 'after' || link.from !== service.id) return;
  const { state } = serviceOf(turn.state, link.to);
  const isHard = link.kind === 'depends-on' || link.kind === 'prepared-by';
  if (isHard || state === 'started' || state === 'starting') hold(turn, link);
}

function incompatibility(
  state: EngineState,
  service: Service,
  description: SupervisedDescription,
): Refusal | undefined {
  if (service.state === 'stopped') return undefined;
  if (service.state !== 'started') {
    return { kind: 'wrong-state', text: `cannot change its settings while it is ${service.state}` };
  }
  const text = changeWhileUp(service.description, description) ?? newDependencyNotUp(state, service, description);
  return text === undefined ? undefined : { kind: 'incompatible', text };
}

/** Why the service would have to be stopped first. */
function changeWhileUp(former: SupervisedDescription, next: SupervisedDescription): string | undefined {
  if (former.type !== next.type) return `cannot change its type from ${former.type} to ${next.type} while it is up`;
  const exclusive = ({ console }: SupervisedDescription): boolean => console === 'starts' || console === 'runs';
  const shared = ({ console }: SupervisedDescription): boolean => console === 'shares';
  if (exclusive(former) !== exclusive(next) || shared(former) !== shared(next)) {
    return 'cannot change its use of the console while it is up';
  }
  if (next.type === 'bgprocess' && former.pidFile !== next.pidFile) return 'cannot change its pid file while it is up';
  if (former.inittabId !== next.inittabId || former.inittabLine !== next.inittabLine) {
    return 'cannot change inittab-id or inittab-line while it is up';
  }
  if (former.log.type !== next.log.type) return 'cannot change its log-type while it is up';
  if (former.consumerOf !== next.consumerOf) return 'cannot change whose output it consumes while it is up';
  return undefined;
}

function newDependencyNotUp(
  state: EngineState,
  service: Service,
  { dependencies }: SupervisedDescription,
): string | undefined {
  const notUp = dependencies.find(({ kind, name }) => {
    if (kind !== 'depends-on' && kind !== 'prepared-by') return false;
    const id = state.ids[nameKey(name)];
    return id !== undefined && id !== service.id && serviceOf(state, id).state !== 'started';
  });
  return notUp && `cannot depend on '${notUp.name}', which is not started`;
}
