/** The compilation itself: names in, the bytes of a plan out. What it learns of the machine comes through `files` and `users`. */
import type { LoadFailure, ServiceDescription } from '../service/description.ts';
import { loadServices } from '../service/load.ts';
import type { FileIdentity, ServiceFiles } from '../service/service-files.ts';
import { encodePlan, encodeService } from './encode-plan.ts';
import { failDependents } from './fail-dependents.ts';
import { plannedService } from './plan-for-daemon.ts';
import type { PlanDescriptions, PlannedService } from './planned-service.ts';
import type { CompileRequest } from './request.ts';
import { type PlanContext, planService } from './service-plan.ts';

export interface CompileInputs extends Omit<PlanContext, 'environment'> {
  readonly request: CompileRequest;
  readonly serviceDirectories: readonly string[];
  readonly files: ServiceFiles;
}

export interface Compilation {
  readonly bytes: Buffer;
  readonly identities: readonly FileIdentity[];
  /** The identities tell everything that the plan depends on. */
  readonly isReproducible: boolean;
}

type PlannedEntry =
  | { readonly kind: 'planned'; readonly record: Uint8Array; readonly service: PlannedService }
  | { readonly kind: 'failed'; readonly failure: LoadFailure };

export function compilePlan(inputs: CompileInputs): Compilation {
  const { request, files, users, self, serviceDirectories } = inputs;
  const environment = environmentMap(request.environment);
  const loaded = loadServices(request.names, {
    files,
    users,
    environment,
    directories: serviceDirectories,
    effectiveUid: self.uid,
  });
  const context = { ...inputs, environment };
  const entries = new Map<string, PlannedEntry>();
  for (const [name, description] of loaded.descriptions) entries.set(name, planEntry(description, context));

  const refused = [...entries.values()].flatMap((entry) => (entry.kind === 'failed' ? [entry.failure] : []));
  const failures = failDependents(loaded.descriptions, refused);
  for (const failure of failures) entries.set(failure.name, { kind: 'failed', failure });

  const planned = [...entries.values()].filter((entry) => entry.kind === 'planned');
  const descriptions: PlanDescriptions = {
    version: 1,
    generation: request.generation,
    names: request.names,
    services: planned.map(({ service }) => service),
    failures: [...loaded.failures, ...failures],
    warnings: loaded.warnings.map(({ name, problem }) => ({ name, ...problem })),
  };
  const identities = files.identities();
  const bytes = encodePlan({
    generation: request.generation,
    digest: request.digest,
    identities,
    services: planned.map(({ record }) => record),
    descriptions: JSON.stringify(descriptions),
  });
  return { bytes, identities, isReproducible: files.isReproducible() };
}

function planEntry(description: ServiceDescription, context: PlanContext): PlannedEntry {
  const { name } = description;
  const result = planService(description, context);
  if (result.kind === 'refused') return { kind: 'failed', failure: { name, class: 'load', problems: result.problems } };
  try {
    const record = encodeService(result.plan);
    return { kind: 'planned', record, service: plannedService(description, result.plan, context.daemonDirectory) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const problems = [{ message: `the service cannot be put into a plan: ${error.message}` }];
    return { kind: 'failed', failure: { name, class: 'load', problems } };
  }
}

export function environmentMap(assignments: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    assignments.map((assignment) => {
      const equals = assignment.indexOf('=');
      return [assignment.slice(0, equals), assignment.slice(equals + 1)];
    }),
  );
}
