/**
 * A service can turn out to be impossible after the loader has accepted it, when its plan is made. Then everything that depends on it, in whatever
 * way, cannot be loaded either; orderings (`before`, `after`) do not matter.
 */
import type { Dependency, LoadFailure, ServiceDescription } from '../service/description.ts';

/**
 * @param descriptions every service that the loader accepted
 * @param failures those of them that failed since
 * @returns the same failures, and those that follow from them
 */
export function failDependents(
  descriptions: ReadonlyMap<string, ServiceDescription>,
  failures: readonly LoadFailure[],
): readonly LoadFailure[] {
  if (failures.length === 0) return failures;
  const dependents = dependentsOf(descriptions);
  const all = new Map(failures.map((failure) => [failure.name, failure]));
  // A map is walked in the order of insertion, additions during the walk included.
  for (const [name, { problems }] of all) {
    for (const [dependent, dependency] of dependents.get(name) ?? []) {
      if (!all.has(dependent)) all.set(dependent, dependencyFailure(dependent, dependency, problems[0]?.message ?? ''));
    }
  }
  return [...all.values()];
}

function dependentsOf(descriptions: ReadonlyMap<string, ServiceDescription>): Map<string, [string, Dependency][]> {
  const dependents = new Map<string, [string, Dependency][]>();
  for (const [name, { dependencies }] of descriptions) {
    for (const dependency of dependencies) {
      if (dependency.kind === 'before' || dependency.kind === 'after') continue;
      const known = dependents.get(dependency.name);
      if (known) known.push([name, dependency]);
      else dependents.set(dependency.name, [[name, dependency]]);
    }
  }
  return dependents;
}

function dependencyFailure(name: string, { kind, name: failed, origin }: Dependency, cause: string): LoadFailure {
  const message = `could not load dependency '${failed}'`;
  return { name, class: 'load', problems: [{ message, origin, setting: kind, advice: `${failed}: ${cause}` }] };
}
