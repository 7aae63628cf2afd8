/**
 * The first dependency cycle that a walk from the named services meets.
 *
 * The walk is depth-first; dependencies come in the order of the file, ordering links after them. A service that was named is not yet visited when the walk
 * begins with it, so a cycle through it is found when its successor is met for the second time.
 */
import type { CheckedService } from './checked-service.ts';

interface Link {
  readonly to: string;
  readonly via: '' | 'before' | 'after';
}

export type LinkTable = ReadonlyMap<string, readonly Link[]>;

/** `before` is turned round: it becomes a link of the service that is named in it. */
export function linkTable(services: ReadonlyMap<string, CheckedService>): LinkTable {
  const links = new Map<string, Link[]>([...services.keys()].map((name) => [name, []]));
  for (const { name, links: own } of services.values()) {
    for (const { kind, name: to } of own) {
      if (kind !== 'before' && kind !== 'after') links.get(name)?.push({ to, via: '' });
    }
  }
  for (const { name, links: own } of services.values()) {
    for (const { kind, name: other } of own) {
      if (kind === 'after') links.get(name)?.push({ to: other, via: 'after' });
      if (kind === 'before') links.get(other)?.push({ to: name, via: 'before' });
    }
  }
  return links;
}

interface Step {
  readonly name: string;
  readonly links: readonly Link[];
  next: number;
}

/** The lines that show it; undefined when there is none. */
export function findCycle(roots: readonly string[], table: LinkTable): readonly string[] | undefined {
  const finished = new Set<string>();
  for (const root of roots) {
    const open = new Set<string>();
    const path: Step[] = [step(root, table)];
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const link = top.links[top.next++];
      if (!link) {
        path.pop();
        open.delete(top.name);
        finished.add(top.name);
      } else if (open.has(link.to)) {
        const from = path.findIndex(({ name }) => name === link.to);
        return lines(path.slice(from), link.to);
      } else if (table.has(link.to) && !finished.has(link.to)) {
        open.add(link.to);
        path.push(step(link.to, table));
      }
    }
  }
  return undefined;
}

function step(name: string, table: LinkTable): Step {
  return { name, links: table.get(name) ?? [], next: 0 };
}

function lines(path: readonly Step[], end: string): readonly string[] {
  const shown = path.map(({ name, links, next }) => {
    const via = links[next - 1]?.via ?? '';
    return `    ${name} ->${via === '' ? '' : ` (via '${via}')`}`;
  });
  return [...shown, `    ${end}.`];
}
