/** The loaded services and their dependencies, with what keeps them from going on. Pure. */
import type { DependencyLink } from '../../api/history.ts';
import type { ServiceSummary } from '../../api/service-status.ts';

export interface GraphNode {
  readonly summary: ServiceSummary;
  /** To what it depends on, in the order of its description. */
  readonly dependencies: readonly DependencyLink[];
  readonly dependents: readonly DependencyLink[];
  /** Dependents that wait for it now, while it is not up. */
  readonly blocks: readonly string[];
}

export type ServiceGraph = ReadonlyMap<string, GraphNode>;

export function serviceGraph(services: readonly ServiceSummary[], links: readonly DependencyLink[]): ServiceGraph {
  const byDependent = Map.groupBy(links, ({ from }) => from);
  const byDependency = Map.groupBy(links, ({ to }) => to);
  return new Map(
    services.map((summary) => {
      const dependents = byDependency.get(summary.name) ?? [];
      const isUp = summary.state === 'started';
      const blocks = isUp ? [] : dependents.filter(({ isWaiting }) => isWaiting).map(({ from }) => from);
      return [summary.name, { summary, dependencies: byDependent.get(summary.name) ?? [], dependents, blocks }];
    }),
  );
}

/** `before` and `after` only order; they are no reason to be in a tree. */
export const isOrdering = ({ kind }: DependencyLink): boolean => kind === 'before' || kind === 'after';

/** The part of the graph that is reached from these services, downwards or upwards. */
export function reachable(graph: ServiceGraph, names: readonly string[], direction: Direction): ServiceGraph {
  const found = new Map<string, GraphNode>();
  const open = [...names];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const node = graph.get(name);
    if (!node || found.has(name)) continue;
    found.set(name, node);
    open.push(...neighbours(node, direction).map(({ name: next }) => next));
  }
  return new Map([...graph].filter(([name]) => found.has(name)));
}

export type Direction = 'dependencies' | 'dependents';

export interface Neighbour {
  readonly name: string;
  readonly link: DependencyLink;
}

export function neighbours(node: GraphNode, direction: Direction): readonly Neighbour[] {
  const links = node[direction].filter((link) => !isOrdering(link));
  return links.map((link) => ({ name: direction === 'dependencies' ? link.to : link.from, link }));
}

/** Where to begin: services that nothing else leads to. */
export function roots(graph: ServiceGraph, direction: Direction): readonly string[] {
  const opposite = direction === 'dependencies' ? 'dependents' : 'dependencies';
  return [...graph].filter(([, node]) => neighbours(node, opposite).length === 0).map(([name]) => name);
}
