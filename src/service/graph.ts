/**
 * The dependency graph, and cycles in it.
 *
 * An edge `a -> b` says that `b` comes first when both start: `a` depends on `b` in any way, or `a` is after `b`, or `b` is before `a`. Every edge
 * remembers the service in whose file it is written, because that is where a cycle can be broken.
 */
import type { DependencyKind, Origin, ServiceDescription } from './description.ts';

export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly kind: DependencyKind;
  /** The service in whose file it is written: `to` for `before`, otherwise `from`. */
  readonly declaredBy: string;
  readonly origin?: Origin;
}

export interface ServiceGraph {
  /** In the order in which to look at them. */
  readonly nodes: readonly string[];
  /** Edges that leave a node; targets that are not among the nodes are passed over. */
  edges(name: string): readonly Edge[];
}

/** A cycle in the order of its edges; the last edge closes it, coming back to where the first begins. */
export interface Cycle {
  readonly edges: readonly Edge[];
}

/** The graph of descriptions: real dependencies in the order of the file, then orderings. */
export function dependencyGraph(descriptions: Iterable<ServiceDescription>): ServiceGraph {
  const all = [...descriptions];
  const edges = new Map<string, Edge[]>(all.map(({ name }) => [name, []]));
  const orderings: Edge[] = [];
  for (const { name, dependencies } of all) {
    for (const { kind, name: other, origin } of dependencies) {
      const edge: Edge =
        kind === 'before'
          ? { from: other, to: name, kind, declaredBy: name, origin }
          : { from: name, to: other, kind, declaredBy: name, origin };
      if (kind === 'before' || kind === 'after') orderings.push(edge);
      else edges.get(name)?.push(edge);
    }
  }
  for (const edge of orderings) edges.get(edge.from)?.push(edge);
  return { nodes: all.map(({ name }) => name), edges: (name) => edges.get(name) ?? [] };
}

/**
 * The first cycle that a depth-first walk closes, or undefined when there is none. Iterative: the depth of the graph is not limited by a stack.
 * @param skip nodes to be left out, as if they did not exist
 */
export function findCycle(graph: ServiceGraph, skip: ReadonlySet<string> = new Set()): Cycle | undefined {
  const present = new Set(graph.nodes);
  const state = new Map<string, 'open' | 'done'>();
  for (const root of graph.nodes) {
    if (state.has(root) || skip.has(root)) continue;
    const path: { readonly node: string; readonly edges: readonly Edge[]; next: number }[] = [];
    const way: Edge[] = [];
    state.set(root, 'open');
    path.push({ node: root, edges: graph.edges(root), next: 0 });
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const edge = top.edges[top.next++];
      if (!edge) {
        state.set(top.node, 'done');
        path.pop();
        way.pop();
        continue;
      }
      if (!present.has(edge.to) || skip.has(edge.to)) continue;
      const seen = state.get(edge.to);
      if (seen === 'done') continue;
      if (seen === 'open') {
        const start = path.findIndex(({ node }) => node === edge.to);
        return { edges: [...way.slice(start), edge] };
      }
      state.set(edge.to, 'open');
      way.push(edge);
      path.push({ node: edge.to, edges: graph.edges(edge.to), next: 0 });
    }
  }
  return undefined;
}

/** `a -> b -> c -> a`, each ordering link marked: `a -> (before) b`. */
export function renderCycle(cycle: Cycle): string {
  const first = cycle.edges[0]?.from ?? '';
  const links = cycle.edges.map(
    ({ kind, to }) => `-> ${kind === 'before' || kind === 'after' ? `(${kind}) ` : ''}${to}`,
  );
  return [first, ...links].join(' ');
}
