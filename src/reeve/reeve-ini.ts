/**
 * reeve.ini: what root (or the user) says about an instance once, instead of on every command line (docs/reeve.ini.md). Every setting is optional;
 * options of the command go first.
 */
import ini from 'ini';
import * as v from 'valibot';
import { didYouMean } from '../service/suggestion.ts';
import { isForbiddenVariable } from './forbidden-variables.ts';
import { type GrantLine, parseAccessSection } from './access-section.ts';
import { type IniLines, scanIniLines } from './ini-lines.ts';
import { metricsPlace } from './metrics-place.ts';
import { type Complaint, ReeveError } from './reeve-error.ts';

export const logLevels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];

const identity = v.pipe(v.string(), v.nonEmpty('must be the name or the number of a user'));
const absolutePath = v.pipe(
  v.string(),
  v.check(
    (path) => path.startsWith('/'),
    (issue) => `must be an absolute path, got '${String(issue.input)}'`,
  ),
);
const largestSeconds = 86_400;
/** Seconds in the file, milliseconds here. */
const seconds = (smallest: number) =>
  v.pipe(
    v.string(),
    v.check(
      (text) => /^\d+(\.\d+)?$/.test(text) && Number(text) >= smallest && Number(text) <= largestSeconds,
      (issue) => `must be ${smallest} to ${largestSeconds} seconds, got '${String(issue.input)}'`,
    ),
    v.transform((text) => Math.round(Number(text) * 1000)),
  );
const words = (separator: RegExp) => (text: string) => text.split(separator).filter((word) => word !== '');
const variableNames = v.pipe(
  v.string(),
  v.transform(words(/[\s,]+/)),
  v.array(
    v.pipe(
      v.string(),
      v.regex(/^[A-Za-z_][A-Za-z0-9_]*$/, (issue) => `'${issue.input}' is not the name of a variable`),
      v.check(
        (name) => !isForbiddenVariable(name),
        (issue) => `'${issue.input}' decides what other programs run, so nobody may ever set it`,
      ),
    ),
  ),
);

const schema = v.object({
  users: v.optional(v.object({ daemon: v.optional(identity), logger: v.optional(identity) }), {}),
  paths: v.optional(
    v.object({
      services: v.optional(v.pipe(v.string(), v.transform(words(/:/)), v.array(absolutePath))),
      run: v.optional(absolutePath),
      socket: v.optional(absolutePath),
      cache: v.optional(v.union([v.literal('none'), absolutePath], "must be an absolute path or 'none'")),
      'env-file': v.optional(absolutePath),
    }),
    {},
  ),
  environment: v.optional(v.object({ allow: v.optional(variableNames) }), {}),
  limits: v.optional(
    v.pipe(
      v.object({
        acknowledge: v.optional(seconds(0.1)),
        compile: v.optional(seconds(1)),
        'restart-delay': v.optional(seconds(0)),
        'restart-delay-max': v.optional(seconds(0)),
        'idle-exit': v.optional(seconds(0)),
      }),
    ),
    {},
  ),
  metrics: v.optional(v.object({ listen: v.optional(metricsPlace) }), {}),
  log: v.optional(v.object({ level: v.optional(v.picklist(logLevels, `must be one of ${logLevels.join(', ')}`)) }), {}),
});

export type ReeveIni = v.InferOutput<typeof schema> & {
  /** Grants, in the order of the file. */
  readonly access: readonly GrantLine[];
};

export const emptyReeveIni: ReeveIni = { ...v.parse(schema, {}), access: [] };

/** Its lines have names of users for keys, and may name one more than once. */
const accessSection = 'access';

/** The settings of each section. */
export const knownKeys: ReadonlyMap<string, readonly string[]> = new Map([
  ['users', ['daemon', 'logger']],
  ['paths', ['services', 'run', 'socket', 'cache', 'env-file']],
  ['environment', ['allow']],
  [accessSection, []],
  ['limits', ['acknowledge', 'compile', 'restart-delay', 'restart-delay-max', 'idle-exit']],
  ['metrics', ['listen']],
  ['log', ['level']],
]);

/** @throws {ReeveError} with every problem of the file. */
export function parseReeveIni(text: string, file: string): ReeveIni {
  const lines = scanIniLines(text, file, [accessSection]);
  const access = parseAccessSection(lines.listed);
  const complaints = [...lines.complaints, ...unknownNames(lines, file), ...access.complaints];
  const result = v.safeParse(schema, valuesOf(text));
  if (!result.success) {
    for (const issue of result.issues) {
      const [section = '', key = ''] = (issue.path ?? []).map((item) => String(item.key));
      const line = lines.keys.get(section)?.get(key);
      complaints.push({ ...(line !== undefined && { place: `${file}:${line}` }), message: `${key} ${issue.message}` });
    }
  }
  if (complaints.length > 0 || !result.success) throw new ReeveError('REEVE_CONFIG', inOrder(complaints));
  return { ...result.output, access: access.lines };
}

/** The package makes booleans of some words; here every value is text. */
function valuesOf(text: string): Record<string, Record<string, string>> {
  const values: Record<string, Record<string, string>> = {};
  for (const [section, keys] of Object.entries(ini.parse(text, { bracketedArray: false }))) {
    if (typeof keys !== 'object' || keys === null) continue;
    const texts = Object.entries(keys).flatMap(([key, value]): [string, string][] =>
      // A section 'a.b' is told as part of 'a'; it is unknown and complained about.
      typeof value === 'object' && value !== null ? [] : [[key, String(value)]],
    );
    values[section] = Object.fromEntries(texts);
  }
  return values;
}

function unknownNames({ sections, keys }: IniLines, file: string): Complaint[] {
  const complaints: Complaint[] = [];
  for (const [section, line] of sections) {
    if (knownKeys.has(section)) continue;
    complaints.push({
      place: `${file}:${line}`,
      message: `unknown section [${section}]`,
      ...didYouMean(section, knownKeys.keys()),
    });
  }
  for (const [section, names] of keys) {
    const known = knownKeys.get(section);
    if (!known && section !== '') continue;
    for (const [key, line] of names) {
      if (known?.includes(key)) continue;
      const message =
        section === '' ? `'${key}' stands before the first section` : `unknown setting '${key}' in [${section}]`;
      complaints.push({ place: `${file}:${line}`, message, ...adviceFor(key, known) });
    }
  }
  return complaints;
}

/** The setting that may be meant, in this section or, spelled right, in another one. */
function adviceFor(key: string, known: readonly string[] | undefined): { readonly advice?: string } {
  const home = [...knownKeys].find(([, keys]) => keys.includes(key))?.[0];
  if (home !== undefined) return { advice: `it belongs in [${home}]` };
  return didYouMean(key, known ?? []);
}

function inOrder(complaints: readonly Complaint[]): Complaint[] {
  const line = ({ place }: Complaint) => Number(place?.split(':').at(-1) ?? 0);
  return complaints.toSorted((a, b) => line(a) - line(b));
}
