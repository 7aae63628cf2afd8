/**
 * Loads services: reads the files of the services named and of everything they need, and says for each whether it can be used.
 *
 * The walk follows real dependencies (not `before`, `after`, `consumer-of`, `chain-to`, which only name others) and is iterative. A service that
 * cannot be loaded fails those that depend on it, in whatever way, and nobody else; dependencies that are fine themselves stay in the result.
 */
import type { Dependency, LoadFailure, Problem, ServiceDescription } from './description.ts';
import { describe } from './describe.ts';
import type { Surroundings } from './service-environment.ts';
import { createDraft } from './draft.ts';
import type { Reading } from './entry.ts';
import { Findings, type Finding } from './findings.ts';
import { findServiceFile } from './find-file.ts';
import { dependencyDepthLimit } from './limits.ts';
import { nameExpectation, parseServiceName } from './names.ts';
import { problemsNotYet } from './not-yet.ts';
import { readServiceFile } from './reader.ts';
import { judge, type Loaded } from './judge.ts';
import type { FileIdentity, ServiceFiles } from './service-files.ts';
import type { UserDatabase } from './users.ts';

export interface LoadOptions extends Surroundings {
  readonly files: ServiceFiles;
  /** Service directories in the order in which they are searched. */
  readonly directories: readonly string[];
  readonly users: UserDatabase;
  /** Services in a chain of dependencies. @default 1000 */
  readonly dependencyDepth?: number;
}

/** Something a person should know about a service that was loaded all the same. */
export interface LoadWarning {
  readonly name: string;
  readonly problem: Problem;
}

export interface LoadResult {
  /** By full name, in load order: a service after those it depends on. */
  readonly descriptions: ReadonlyMap<string, ServiceDescription>;
  readonly failures: readonly LoadFailure[];
  readonly warnings: readonly LoadWarning[];
  /** Everything that was looked at on the way. */
  readonly identities: readonly FileIdentity[];
  /** False when the result cannot be recognised as current by comparing the identities. */
  readonly isReproducible: boolean;
}

export function loadServices(names: readonly string[], options: LoadOptions): LoadResult {
  const { loaded, order, warnings } = readClosure(names, options);
  const judged = judge(order, loaded, new Set(names), options.dependencyDepth ?? dependencyDepthLimit);
  return {
    descriptions: judged.descriptions,
    failures: judged.failures,
    warnings: [...warnings, ...judged.warnings],
    identities: options.files.identities(),
    isReproducible: options.files.isReproducible(),
  };
}

/** Reads one service, nothing it depends on. What this version cannot honour is not refused here. */
export function readService(full: string, options: LoadOptions): Loaded & { readonly warnings: readonly Problem[] } {
  const findings = new Findings();
  const description = readInto(full, options, findings);
  return { ...(description ? { description } : {}), errors: findings.errors, warnings: findings.warnings };
}

function readInto(full: string, options: LoadOptions, findings: Findings): ServiceDescription | undefined {
  const { files, users, environment, directories } = options;
  const name = parseServiceName(full);
  if (name.kind === 'refused') {
    const message = `not a service name: it ${name.reason}`;
    findings.error('description', { message, expected: nameExpectation, found: full });
    return undefined;
  }
  const found = findServiceFile(name.base, directories, files, findings);
  if (!found) return undefined;
  const reading: Reading = {
    name,
    draft: createDraft(),
    findings,
    variables: { argument: name.argument, lookUp: (variable) => environment.get(variable) },
    users,
    files,
  };
  readServiceFile(reading, found.content, found.file);
  return describe(reading, { directory: found.directory, file: found.file, modified: found.content.modified }, options);
}

interface Closure {
  readonly loaded: ReadonlyMap<string, Loaded>;
  readonly order: readonly string[];
  readonly warnings: readonly LoadWarning[];
}

function readClosure(names: readonly string[], options: LoadOptions): Closure {
  const loaded = new Map<string, Loaded>();
  const order: string[] = [];
  const warnings: LoadWarning[] = [];

  const read = (name: string): readonly Dependency[] => {
    const result = readService(name, options);
    const { description } = result;
    const refusals: readonly Finding[] = description
      ? problemsNotYet(description).map((problem) => ({ class: 'load', problem }))
      : result.errors;
    loaded.set(name, description ? { description, errors: refusals } : { errors: refusals });
    for (const problem of result.warnings) warnings.push({ name, problem });
    return description?.dependencies ?? [];
  };

  for (const root of names) {
    if (loaded.has(root)) continue;
    const path = [{ name: root, dependencies: read(root), next: 0 }];
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const dependency = top.dependencies[top.next++];
      if (!dependency) {
        order.push(top.name);
        path.pop();
      } else if (dependency.kind !== 'before' && dependency.kind !== 'after' && !loaded.has(dependency.name)) {
        path.push({ name: dependency.name, dependencies: read(dependency.name), next: 0 });
      }
    }
  }
  return { loaded, order, warnings };
}
