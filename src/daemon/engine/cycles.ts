/** Cycles over dependencies and orderings in the graph of loaded services. */
import type { ServiceId } from '../model/ids.ts';
import type { EngineState } from '../model/state.ts';
import { linkOf } from './links.ts';
import { serviceOf } from './turn.ts';

/** The names along the cycle that a link `from` -> `to` would close, beginning and ending with `from`; undefined if it closes none. */
export function cycleThrough(state: EngineState, from: ServiceId, to: ServiceId): string[] | undefined {
  const cameFrom = new Map<ServiceId, ServiceId>([[to, from]]);
  const open = [to];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (id === from) return path(state, cameFrom, from, to);
    for (const linkId of serviceOf(state, id).dependencies) {
      const next = linkOf(state, linkId).to;
      if (cameFrom.has(next) && next !== from) continue;
      cameFrom.set(next, id);
      if (next === from) return path(state, cameFrom, from, to);
      open.push(next);
    }
  }
  return undefined;
}

function path(
  state: EngineState,
  cameFrom: ReadonlyMap<ServiceId, ServiceId>,
  from: ServiceId,
  to: ServiceId,
): string[] {
  const name = (id: ServiceId): string => serviceOf(state, id).description.name;
  const names = [name(from)];
  if (from === to) return [...names, name(to)];
  for (let id = cameFrom.get(from); id !== undefined && id !== from; id = id === to ? from : cameFrom.get(id)) {
    names.push(name(id));
  }
  return [...names, name(from)].toReversed();
}

/** One cycle that can be reached from any of `roots`, as names from a service back to itself. */
export function findCycle(state: EngineState, roots: readonly ServiceId[]): string[] | undefined {
  const isDone = new Set<ServiceId>();
  const place = new Map<ServiceId, number>();
  for (const root of roots) {
    const stack = [{ id: root, next: 0 }];
    while (stack.length > 0) {
      const top = stack[stack.length - 1];
      if (!top) break;
      if (top.next === 0) {
        if (isDone.has(top.id)) {
          stack.pop();
          continue;
        }
        place.set(top.id, stack.length - 1);
      }
      const linkId = serviceOf(state, top.id).dependencies[top.next];
      top.next += 1;
      if (linkId === undefined) {
        isDone.add(top.id);
        place.delete(top.id);
        stack.pop();
        continue;
      }
      const { to } = linkOf(state, linkId);
      const begin = place.get(to);
      if (begin !== undefined) {
        return [...stack.slice(begin).map(({ id }) => id), to].map((id) => serviceOf(state, id).description.name);
      }
      if (!isDone.has(to)) stack.push({ id: to, next: 0 });
    }
  }
  return undefined;
}
