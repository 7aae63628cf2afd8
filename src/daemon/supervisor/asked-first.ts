import type { PlannedService } from '../../plan/planned-service.ts';

/**
 * The order in which the services of a plan are listed from then on: what was asked for, then what it needs, each before what it needs itself. A plan has them
 * the other way round. What nothing of it leads to comes last.
 */
export function askedFirst<T extends { readonly service: Pick<PlannedService, 'name' | 'dependencies'> }>(
  names: readonly string[],
  planned: readonly T[],
): readonly T[] {
  const byName = new Map(planned.map((each) => [each.service.name, each]));
  const order = new Set<T>();
  const open = names.toReversed();
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const found = byName.get(next);
    if (!found || order.has(found)) continue;
    order.add(found);
    for (const { kind, name } of found.service.dependencies.toReversed()) {
      if (kind !== 'before' && kind !== 'after') open.push(name);
    }
  }
  for (const each of planned) order.add(each);
  return [...order];
}
