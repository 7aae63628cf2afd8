/**
 * Which of the services that were read can be used.
 *
 * Four things are wrong with services only in relation to others: output that cannot be read by its consumer, a cycle, a chain that is too
 * long, and a dependency that failed. A cycle is the failure of the service whose setting closes it; the others of the cycle fail because they
 * depend on it, or not at all where only an ordering led there.
 */
import type { Dependency, LoadFailure, Problem, ServiceDescription } from './description.ts';
import type { Finding } from './findings.ts';
import { checkConsumer } from './consumer.ts';
import { dependencyGraph, findCycle, renderCycle, type ServiceGraph } from './graph.ts';
import { components } from './components.ts';

/** One service after reading. */
export interface Loaded {
  readonly description?: ServiceDescription;
  /** When there are any, the service has failed, whether or not it could be described. */
  readonly errors: readonly Finding[];
}

export interface Judgement {
  readonly descriptions: ReadonlyMap<string, ServiceDescription>;
  readonly failures: readonly LoadFailure[];
  readonly warnings: readonly { readonly name: string; readonly problem: Problem }[];
}

/**
 * @param order every service once, dependencies first
 * @param loaded the same services in the order in which they were come upon: a cycle is closed where that walk closes it
 * @param requested services asked for by name: their absence is a failure even if only a directory entry leads to them
 */
export function judge(
  order: readonly string[],
  loaded: ReadonlyMap<string, Loaded>,
  requested: ReadonlySet<string>,
  depthLimit: number,
): Judgement {
  return new Judge(order, loaded).judge(requested, depthLimit);
}

class Judge {
  readonly #order: readonly string[];
  readonly #discovered: readonly string[];
  readonly #descriptions = new Map<string, ServiceDescription>();
  readonly #errors = new Map<string, Finding[]>();
  readonly #warnings: { readonly name: string; readonly problem: Problem }[] = [];
  readonly #dependents = new Map<string, { readonly name: string; readonly dependency: Dependency }[]>();

  constructor(order: readonly string[], loaded: ReadonlyMap<string, Loaded>) {
    this.#order = order;
    this.#discovered = [...loaded.keys()];
    for (const name of order) {
      const { description, errors = [] } = loaded.get(name) ?? {};
      if (errors.length > 0) this.#errors.set(name, [...errors]);
      if (description) this.#descriptions.set(name, this.#withoutMissing(description, loaded));
    }
    for (const [name, { dependencies }] of this.#descriptions) {
      for (const dependency of dependencies) {
        if (dependency.kind === 'before' || dependency.kind === 'after') continue;
        const dependents = this.#dependents.get(dependency.name);
        if (dependents) dependents.push({ name, dependency });
        else this.#dependents.set(dependency.name, [{ name, dependency }]);
      }
    }
  }

  judge(requested: ReadonlySet<string>, depthLimit: number): Judgement {
    this.#checkConsumers();
    const failed = [...this.#errors.keys()];
    for (const name of failed) this.#failDependents(name);
    this.#breakCycles();
    this.#limitDepth(depthLimit);
    const descriptions = new Map<string, ServiceDescription>();
    const failures: LoadFailure[] = [];
    for (const name of this.#order) {
      const errors = this.#errors.get(name);
      const description = this.#descriptions.get(name);
      const isNeeded = errors?.[0]?.class !== 'not-found' || requested.has(name) || this.#dependents.has(name);
      if (errors && isNeeded) failures.push(failureOf(name, errors));
      else if (description) descriptions.set(name, description);
    }
    return { descriptions, failures, warnings: this.#warnings };
  }

  /** An entry of a dependency directory for which there is no service file is no dependency. */
  #withoutMissing(description: ServiceDescription, loaded: ReadonlyMap<string, Loaded>): ServiceDescription {
    const isMissing = ({ directoryEntry, name }: Dependency): boolean =>
      directoryEntry !== undefined && loaded.get(name)?.errors[0]?.class === 'not-found';
    if (!description.dependencies.some(isMissing)) return description;
    for (const dependency of description.dependencies.filter(isMissing)) {
      this.#warnings.push({
        name: description.name,
        problem: {
          message: `${dependency.directoryEntry} names a service without a service file; it is ignored`,
          origin: dependency.origin,
        },
      });
    }
    return { ...description, dependencies: description.dependencies.filter((dependency) => !isMissing(dependency)) };
  }

  #checkConsumers(): void {
    const consumers = new Map<string, string>();
    for (const [name, description] of this.#descriptions) {
      if (description.consumerOf === undefined || this.#errors.has(name)) continue;
      const producer = this.#descriptions.get(description.consumerOf);
      if (!producer) continue;
      const problem = checkConsumer(description, producer, consumers.get(producer.name));
      if (problem) this.#errors.set(name, [{ class: 'load', problem }]);
      else consumers.set(producer.name, name);
    }
  }

  #breakCycles(): void {
    const graph = dependencyGraph(this.#discovered.flatMap((name) => this.#descriptions.get(name) ?? []));
    if (!findCycle(graph)) return;
    for (const component of components(graph)) this.#breakCyclesOf({ nodes: component, edges: graph.edges });
  }

  #breakCyclesOf(graph: ServiceGraph): void {
    for (;;) {
      const cycle = findCycle(graph, new Set(this.#errors.keys()));
      const last = cycle?.edges.at(-1);
      if (!cycle || !last) return;
      this.#fail(last.declaredBy, {
        class: 'load',
        problem: {
          message: `closes a dependency cycle: ${renderCycle(cycle)}`,
          advice: 'remove one of these dependencies',
          ...(last.origin === undefined ? {} : { origin: last.origin, setting: last.kind }),
        },
      });
    }
  }

  /** Goes by the order: what a usable service depends on comes before it, as all cycles of dependencies have failed. */
  #limitDepth(limit: number): void {
    const depths = new Map<string, number>();
    for (const name of this.#order) {
      const description = this.#descriptions.get(name);
      if (!description || this.#errors.has(name)) continue;
      let depth = 1;
      for (const dependency of description.dependencies) {
        const isOrdering = dependency.kind === 'before' || dependency.kind === 'after';
        if (!isOrdering) depth = Math.max(depth, 1 + (depths.get(dependency.name) ?? 0));
      }
      depths.set(name, depth);
      if (depth <= limit) continue;
      const message = `stands at the head of a chain of ${depth} dependencies: at most ${limit} services may be in one`;
      this.#errors.set(name, [{ class: 'load', problem: { message } }]);
    }
  }

  #fail(name: string, finding: Finding): void {
    const errors = this.#errors.get(name);
    if (errors) errors.push(finding);
    else this.#errors.set(name, [finding]);
    this.#failDependents(name);
  }

  #failDependents(failed: string): void {
    const names = [failed];
    for (let at = 0; at < names.length; at++) {
      const name = names[at] ?? '';
      for (const { name: dependent, dependency } of this.#dependents.get(name) ?? []) {
        const finding = this.#dependencyFinding(dependency);
        const errors = this.#errors.get(dependent);
        if (errors) {
          // A dependency that closes a cycle has its own message already; each dependency has an origin object of its own.
          if (!errors.some(({ problem }) => problem.origin === dependency.origin)) errors.push(finding);
        } else {
          this.#errors.set(dependent, [finding]);
          names.push(dependent);
        }
      }
    }
  }

  /** Through a dependency directory the failure of the entry is that of the service, class and all. */
  #dependencyFinding(dependency: Dependency): Finding {
    const cause = this.#errors.get(dependency.name)?.[0];
    return {
      class: dependency.directoryEntry === undefined ? 'load' : (cause?.class ?? 'load'),
      problem: {
        message: `could not load dependency '${dependency.name}'`,
        origin: dependency.origin,
        setting: dependency.directoryEntry === undefined ? dependency.kind : `${dependency.kind}.d`,
        ...(cause === undefined ? {} : { advice: `${dependency.name}: ${cause.problem.message}` }),
      },
    };
  }
}

/** The class is the first one's; problems of the text come before those of what surrounds it, each in the order of the file. */
function failureOf(name: string, errors: readonly Finding[]): LoadFailure {
  const ordered = [
    ...errors.filter((finding) => finding.class !== 'load').toSorted(byPlace),
    ...errors.filter((finding) => finding.class === 'load').toSorted(byPlace),
  ];
  return { name, class: ordered[0]?.class ?? 'load', problems: ordered.map(({ problem }) => problem) };
}

function byPlace(a: Finding, b: Finding): number {
  const first = a.problem.origin;
  const second = b.problem.origin;
  if (!first || !second || first.file !== second.file) return 0;
  return first.line - second.line || first.column - second.column;
}
