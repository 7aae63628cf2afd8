/**
 * Which folder of src/ may import which.
 *
 *     frame <- service <- plan <- daemon        the core, from bytes to state machine
 *     frame <- api                              what clients need; everybody may import it
 *     api   <- control, monitor, shutdown, dispatch    programs that talk to the daemon and never contain it
 *     frame <- api <- dinit                     dinit's control protocol, for both ends of it
 *     dinit <- compat                           the commands of dinit, which work with any daemon that speaks its protocol
 *     reeve                                     the command: writes the settings that all the others are started with
 *
 * Below a folder, folders may import each other as long as no cycle arises. A `main.ts` wires and is imported by nobody.
 */
import { dirname, posix } from 'node:path';
import { importsIn } from './imports.ts';
import type { SourceFile } from './source-file.ts';

const mayImport: Readonly<Record<string, readonly string[]>> = {
  frame: [],
  service: ['frame'],
  plan: ['frame', 'service'],
  api: ['frame'],
  dinit: ['frame', 'api'],
  daemon: ['frame', 'service', 'plan', 'api', 'dinit'],
  control: ['frame', 'service', 'api'],
  reeve: ['frame', 'service', 'plan', 'api'],
  compat: ['frame', 'service', 'plan', 'api', 'dinit', 'reeve'],
  monitor: ['frame', 'api'],
  shutdown: ['frame', 'api'],
  dispatch: ['frame', 'api'],
};

interface Import {
  readonly from: string;
  readonly to: string;
}

/** One sentence for each import that breaks the rule. */
export const layerFindings = (files: readonly SourceFile[]): readonly string[] => {
  const imports = files.filter(({ path }) => path.startsWith('src/')).flatMap(importsOf);
  return [...imports.flatMap(findingOf), ...cycleFindings(imports)];
};

const importsOf = ({ path, text }: SourceFile): readonly Import[] =>
  importsIn(text)
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => ({ from: path, to: posix.join(dirname(path), specifier) }))
    // The name and the version of the project are for everybody.
    .filter(({ to }) => to !== 'package.json');

const findingOf = ({ from, to }: Import): readonly string[] => {
  const [layer, target] = [layerOf(from), layerOf(to)];
  if (to.endsWith('/main.ts')) return [`${from} imports ${to}: a main.ts is imported by nobody`];
  const allowed = mayImport[layer];
  if (allowed === undefined)
    return [`${from}: the folder src/${layer} has no place in the layers of scripts/structure/layers.ts`];
  if (layer === target || allowed.includes(target)) return [];
  return [
    `${from} imports ${to}: src/${layer} may import ${allowed.length === 0 ? 'no other folder' : `only ${allowed.join(', ')}`}`,
  ];
};

const layerOf = (path: string): string => path.split('/')[1] ?? '';

/** The folders that a folder imports; a `main.ts` belongs to no folder, for it only wires. */
const cycleFindings = (imports: readonly Import[]): readonly string[] => {
  const graph = new Map<string, Set<string>>();
  for (const { from, to } of imports) {
    const [folder, target] = [dirname(from), dirname(to)];
    if (folder === target || from.endsWith('/main.ts')) continue;
    graph.set(folder, (graph.get(folder) ?? new Set()).add(target));
  }
  const findings: string[] = [];
  const finished = new Set<string>();
  const visit = (folder: string, way: readonly string[]): void => {
    if (way.includes(folder)) {
      findings.push(`folders import each other: ${[...way.slice(way.indexOf(folder)), folder].join(' -> ')}`);
      return;
    }
    if (finished.has(folder)) return;
    for (const target of graph.get(folder) ?? []) visit(target, [...way, folder]);
    finished.add(folder);
  };
  for (const folder of graph.keys()) visit(folder, []);
  return findings;
};
