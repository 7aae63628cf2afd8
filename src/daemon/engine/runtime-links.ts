/** Dependencies made and removed at run time: `add-dep`, `rm-dep`, `enable`, `disable`. */
import type { DependencyKind } from '../../service/description.ts';
import type { CommandId, ServiceId } from '../model/ids.ts';
import type { Link } from '../model/link.ts';
import type { Reply } from './action.ts';
import { cycleThrough } from './cycles.ts';
import { addLink, dependencyLinks, hold, removeLink } from './links.ts';
import { queuePins } from './pins.ts';
import { type Turn, serviceOf } from './turn.ts';

const done: Reply = { kind: 'done' };

function findLink(turn: Turn, from: ServiceId, kind: DependencyKind, to: ServiceId): Link | undefined {
  return dependencyLinks(turn.state, serviceOf(turn.state, from)).find((link) => link.kind === kind && link.to === to);
}

function refusalToAdd(turn: Turn, from: ServiceId, kind: DependencyKind, to: ServiceId): Reply | undefined {
  const path = cycleThrough(turn.state, from, to);
  if (path) return { kind: 'refused', refusal: { kind: 'cycle', path } };
  const dependent = serviceOf(turn.state, from);
  const dependency = serviceOf(turn.state, to);
  if (kind !== 'depends-on' || dependent.state === 'stopped' || dependency.state === 'started') return undefined;
  const text = `${dependent.description.name} is ${dependent.state}, but ${dependency.description.name} is not started`;
  return { kind: 'refused', refusal: { kind: 'wrong-state', text } };
}

export function addDependency(turn: Turn, from: ServiceId, kind: DependencyKind, to: ServiceId): Reply {
  if (findLink(turn, from, kind, to)) return done;
  const refusal = refusalToAdd(turn, from, kind, to);
  if (refusal) return refusal;
  const link = addLink(turn.state, kind, from, to);
  const dependent = serviceOf(turn.state, from);
  const dependency = serviceOf(turn.state, to);
  const isUp = dependent.state === 'started' || dependent.state === 'starting';
  const isDependencyUp = dependency.state === 'started' || dependency.state === 'starting';
  if (isUp && (kind === 'depends-on' || isDependencyUp)) hold(turn, link);
  queuePins(turn, dependent);
  return done;
}

export function removeDependency(turn: Turn, from: ServiceId, kind: DependencyKind, to: ServiceId): Reply {
  const link = findLink(turn, from, kind, to);
  if (!link) return { kind: 'refused', refusal: { kind: 'no-such-dependency' } };
  removeLink(turn, link);
  return done;
}

/** A soft link that also starts `to` when `from` is up; the command waits for that start. */
export function enable(turn: Turn, command: CommandId, from: ServiceId, to: ServiceId): Reply {
  let link = findLink(turn, from, 'waits-for', to);
  if (!link) {
    const refusal = refusalToAdd(turn, from, 'waits-for', to);
    if (refusal) return refusal;
    link = addLink(turn.state, 'waits-for', from, to);
  }
  const dependent = serviceOf(turn.state, from);
  const dependency = serviceOf(turn.state, to);
  const isUp = dependent.state === 'started' || dependent.state === 'starting';
  if (!isUp || turn.state.isShuttingDown) return done;
  const mustStart = dependency.state !== 'started';
  if (mustStart) dependency.commands.push({ command, awaits: 'start' });
  hold(turn, link);
  return mustStart ? { kind: 'accepted' } : done;
}
