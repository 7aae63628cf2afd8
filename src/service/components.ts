/** Strongly connected components of the dependency graph: the groups of services that are in cycles with each other. */
import type { Edge, ServiceGraph } from './graph.ts';

/** Only the groups in which there is a cycle, each in the order of the graph's nodes. Tarjan's algorithm, without recursion. */
export function components(graph: ServiceGraph): readonly (readonly string[])[] {
  const position = new Map(graph.nodes.map((name, index) => [name, index]));
  const numbers = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const onStack = new Set<string>();
  const found: string[][] = [];

  const open = (node: string): { readonly node: string; readonly edges: readonly Edge[]; next: number } => {
    numbers.set(node, numbers.size);
    lowest.set(node, numbers.size - 1);
    stack.push(node);
    onStack.add(node);
    return { node, edges: graph.edges(node), next: 0 };
  };
  const lower = (node: string, to: number): void => {
    lowest.set(node, Math.min(lowest.get(node) ?? to, to));
  };

  for (const root of graph.nodes) {
    if (numbers.has(root)) continue;
    const path = [open(root)];
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const edge = top.edges[top.next++];
      if (edge) {
        if (!position.has(edge.to)) continue;
        const number = numbers.get(edge.to);
        if (number === undefined) path.push(open(edge.to));
        else if (onStack.has(edge.to)) lower(top.node, number);
        continue;
      }
      path.pop();
      const parent = path.at(-1);
      if (parent) lower(parent.node, lowest.get(top.node) ?? 0);
      if (lowest.get(top.node) !== numbers.get(top.node)) continue;
      const members = stack.splice(stack.lastIndexOf(top.node));
      for (const member of members) onStack.delete(member);
      const isCycle = members.length > 1 || graph.edges(top.node).some(({ to }) => to === top.node);
      if (isCycle) found.push(members);
    }
  }
  const order = (name: string): number => position.get(name) ?? 0;
  return found.map((members) => members.toSorted((a, b) => order(a) - order(b)));
}
