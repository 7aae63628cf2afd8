/** Loads services from a tree in memory below /sd. */
import type { LoadFailure, ServiceDescription } from '../../src/service/description.ts';
import { loadServices, type LoadOptions, type LoadResult } from '../../src/service/load.ts';
import { renderFailure, renderProblem } from '../../src/service/problem-text.ts';
import { MemoryFiles } from './memory-files.ts';
import { memoryUsers } from './memory-users.ts';

export type Tree = Readonly<Record<string, string | Uint8Array>>;

export interface TreeOptions extends Partial<Omit<LoadOptions, 'environment' | 'files'>> {
  readonly environment?: Readonly<Record<string, string>>;
  readonly links?: Readonly<Record<string, string>>;
}

/** Paths of the tree are relative to /sd unless they are absolute. */
export function loadTree(tree: Tree, names: readonly string[], options: TreeOptions = {}): LoadResult {
  const { environment = {}, links = {}, ...rest } = options;
  return loadServices(names, {
    files: new MemoryFiles({ files: below(tree), links: below(links) }),
    directories: ['/sd'],
    users: memoryUsers,
    environment: new Map(Object.entries(environment)),
    effectiveUid: 0,
    ...rest,
  });
}

function below<T>(tree: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(
    Object.entries(tree).map(([path, value]) => [path.startsWith('/') ? path : `/sd/${path}`, value]),
  );
}

/** The description of the one service `web` with this text. */
export function described(text: string, options?: TreeOptions): ServiceDescription {
  const result = loadTree({ web: text }, ['web'], options);
  const description = result.descriptions.get('web');
  if (!description) throw new Error(result.failures.map(renderFailure).join('\n'));
  return description;
}

/** What is wrong with the one service `web` with this text, as people see it without the name in front. */
export function problems(text: string | Uint8Array, options?: TreeOptions): readonly string[] {
  const result = loadTree({ web: text }, ['web'], options);
  return failureLines(result.failures.find(({ name }) => name === 'web'));
}

export function failureLines(failure: LoadFailure | undefined): readonly string[] {
  if (!failure) return [];
  const prefix = `${failure.name}: `.length;
  return failure.problems.map((problem) => renderProblem(failure.name, problem).slice(prefix));
}
