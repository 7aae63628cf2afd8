import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { components } from '../../src/service/components.ts';
import { findCycle, renderCycle, type Edge, type ServiceGraph } from '../../src/service/graph.ts';

// Many cases: on a busy machine they take their time.
vi.setConfig({ testTimeout: 120_000 });

function graphOf(size: number, pairs: readonly (readonly [number, number])[]): ServiceGraph {
  const edges = pairs.map(([from, to]): Edge => ({
    from: `s${from}`,
    to: `s${to}`,
    kind: 'depends-on',
    declaredBy: `s${from}`,
  }));
  return {
    nodes: Array.from({ length: size }, (_, i) => `s${i}`),
    edges: (name) => edges.filter(({ from }) => from === name),
  };
}

/** Which nodes can be reached from which, the plain way. */
function reachable(size: number, pairs: readonly (readonly [number, number])[]): readonly (readonly boolean[])[] {
  const table = Array.from({ length: size }, () => Array.from({ length: size }, () => false));
  for (const [from, to] of pairs) table[from]?.splice(to, 1, true);
  for (let via = 0; via < size; via++)
    for (let from = 0; from < size; from++)
      for (let to = 0; to < size; to++) if (table[from]?.[via] && table[via]?.[to]) table[from]?.splice(to, 1, true);
  return table;
}

const size = 7;
const node = fc.nat(size - 1);
const pairs = fc.array(fc.tuple(node, node), { maxLength: 14 });

test('findCycle() finds a cycle exactly when there is one, and what it finds is one', () => {
  fc.assert(
    fc.property(pairs, (edges) => {
      const cycle = findCycle(graphOf(size, edges));
      const exists = reachable(size, edges).some((row, index) => row[index]);
      expect(cycle !== undefined).toBe(exists);
      const found = cycle?.edges ?? [];
      for (const [index, edge] of found.entries()) expect(edge.to).toBe(found[(index + 1) % found.length]?.from);
      expect(new Set(found.map(({ from }) => from)).size).toBe(found.length);
    }),
  );
});

test('components() are the groups that reach each other', () => {
  fc.assert(
    fc.property(pairs, (edges) => {
      const table = reachable(size, edges);
      const groups = new Set<string>();
      for (let a = 0; a < size; a++) {
        if (!table[a]?.[a]) continue;
        const members = Array.from({ length: size }, (_, b) => b).filter((b) => table[a]?.[b] && table[b]?.[a]);
        groups.add(members.map((b) => `s${b}`).join(' '));
      }
      expect(new Set(components(graphOf(size, edges)).map((members) => members.join(' ')))).toEqual(groups);
    }),
  );
});

test('findCycle() leaves out what it is told to', () => {
  const graph = graphOf(3, [
    [0, 1],
    [1, 2],
    [2, 0],
  ]);
  expect(renderCycle(findCycle(graph) ?? { edges: [] })).toBe('s0 -> s1 -> s2 -> s0');
  expect(findCycle(graph, new Set(['s1']))).toBeUndefined();
});
