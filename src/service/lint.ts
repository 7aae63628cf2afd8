/**
 * What is legal and yet hardly meant: settings without effect, programs and directories that are not there, files that others can change. Lints
 * are for `reevectl check`; loading never depends on them.
 */
import type { Origin, Problem, ServiceDescription } from './description.ts';
import { article } from './describe.ts';
import type { OptionWord } from './draft.ts';
import { list } from './forms.ts';
import { directoryPart, isAbsolute, joinPath } from './paths.ts';
import { optionTypes, settings } from './settings.ts';

/** What a path leads to. */
export type Examined =
  | {
      readonly kind: 'file' | 'directory' | 'other';
      /** Permission bits. */
      readonly mode: number;
      readonly uid: number;
    }
  | { readonly kind: 'failed'; readonly text: string };

export interface LintSurroundings {
  examine(path: string): Examined;
  /** Who services run as when nothing else is said. */
  readonly effectiveUid: number;
}

export function lintService(description: ServiceDescription, surroundings: LintSurroundings): readonly Problem[] {
  return [
    ...withoutEffectOnType(description),
    ...withoutEffectHere(description),
    ...impossibleLimits(description),
    ...commandLints(description, surroundings, 'command', description.command),
    ...commandLints(description, surroundings, 'stop-command', description.stopCommand),
    ...directoryLints(description, surroundings),
    ...unsafe(description.file, 'the service file', surroundings, undefined),
  ];
}

/** Services that a description names without loading them: a checker wants to know whether they exist. */
export function namedServices(description: ServiceDescription): readonly string[] {
  const names = description.dependencies
    .filter(({ kind }) => kind === 'before' || kind === 'after')
    .map(({ name }) => name);
  const { chainTo, consumerOf } = description;
  return [...names, ...(chainTo === undefined ? [] : [chainTo]), ...(consumerOf === undefined ? [] : [consumerOf])];
}

function withoutEffectOnType({ origins, type }: ServiceDescription): readonly Problem[] {
  return Object.entries(origins).flatMap(([key, origin]) => {
    const option = optionOf(key);
    const types = option ? optionTypes[option] : settings.get(key)?.types;
    if (!types || types.includes(type)) return [];
    const what = option ? `option '${option}'` : `'${key}'`;
    return [
      { message: `${what} has no effect on ${article(type)} ${type} service`, origin, expected: `type ${list(types)}` },
    ];
  });
}

function optionOf(key: string): OptionWord | undefined {
  const word = key.startsWith('options:') ? key.slice(8) : '';
  const isOption = (text: string): text is OptionWord => Object.hasOwn(optionTypes, text);
  return isOption(word) ? word : undefined;
}

interface Condition {
  readonly keys: readonly string[];
  readonly holds: (description: ServiceDescription) => boolean;
  readonly message: string;
}

/** Settings that do something only together with others. */
const conditions: readonly Condition[] = [
  {
    keys: ['logfile', 'logfile-permissions', 'logfile-uid', 'logfile-gid', 'log-rotate-size', 'log-rotate-count'],
    holds: ({ log }) => log.type === 'file',
    message: "has no effect unless the log type is 'file'",
  },
  {
    keys: ['log-buffer-size'],
    holds: ({ log }) => log.type === 'buffer',
    message: "has no effect unless the log type is 'buffer'",
  },
  {
    keys: ['log-timestamps'],
    holds: ({ log }) => log.type === 'file' || log.type === 'buffer',
    message: "has no effect unless the log type is 'file' or 'buffer'",
  },
  {
    keys: ['log-type'],
    holds: (description) => description.console === 'none' || description.log.type === 'none',
    message: 'has no effect while the service uses the console',
  },
  {
    keys: ['socket-permissions', 'socket-uid', 'socket-gid'],
    holds: ({ socket }) => socket?.address.kind === 'unix',
    message: "has no effect without 'socket-listen' and a path",
  },
  {
    keys: ['options:unmask-intr'],
    holds: (description) => description.console === 'starts' || description.console === 'runs',
    message: "has no effect without 'starts-on-console' or 'runs-on-console'",
  },
  {
    keys: ['options:always-chain'],
    holds: ({ chainTo }) => chainTo !== undefined,
    message: "has no effect without 'chain-to'",
  },
  {
    keys: ['chain-to'],
    holds: ({ type, options }) => type === 'process' || type === 'bgprocess' || options.alwaysChain,
    message: "never happens on this type without the option 'always-chain'",
  },
  {
    keys: ['restart'],
    holds: ({ type, restart }) => type === 'process' || type === 'bgprocess' || restart.mode !== 'on-failure',
    message: "'on-failure' means the same as 'no' on this type",
  },
];

function withoutEffectHere(description: ServiceDescription): readonly Problem[] {
  const { origins, type } = description;
  return conditions.flatMap(({ keys, holds, message }) => {
    const given = keys.filter((key) => origins[key] && hasEffect(key, type));
    return given.length === 0 || holds(description)
      ? []
      : given.map((key) => lint(message, origins[key], optionOf(key) ?? key));
  });
}

function impossibleLimits({ limits, origins }: ServiceDescription): readonly Problem[] {
  return limits
    .filter(({ soft, hard }) => hard !== 'keep' && soft !== 'keep' && asNumber(soft) > asNumber(hard))
    .map(({ resource, soft, hard }) => ({
      ...lint('the soft limit is above the hard one: the service cannot start', origins[`rlimit-${resource}`]),
      found: `${soft}:${hard}`,
    }));
}

function asNumber(limit: number | 'unlimited'): number {
  return limit === 'unlimited' ? Infinity : limit;
}

function hasEffect(key: string, type: ServiceDescription['type']): boolean {
  const option = optionOf(key);
  return (option ? optionTypes[option] : settings.get(key)?.types)?.includes(type) ?? false;
}

function commandLints(
  description: ServiceDescription,
  surroundings: LintSurroundings,
  setting: 'command' | 'stop-command',
  words: readonly string[],
): readonly Problem[] {
  const program = words[0];
  if (program === undefined) return [];
  const origin = description.origins[setting];
  if (!isAbsolute(program)) {
    const way = program.includes('/')
      ? 'is looked for in the working directory'
      : "is looked for in the service's PATH";
    return [{ ...lint(`the program ${way}`, origin, setting), expected: 'an absolute path', found: program }];
  }
  const examined = surroundings.examine(program);
  if (examined.kind === 'failed') return [lint(`the program ${program}: ${examined.text}`, origin, setting)];
  if (examined.kind !== 'file') return [lint(`the program ${program} is not a regular file`, origin, setting)];
  const cannotRun = (examined.mode & 0o111) === 0;
  return [
    ...(cannotRun
      ? [{ ...lint(`the program ${program} is not executable`, origin, setting), advice: `chmod +x '${program}'` }]
      : []),
    ...unsafe(program, 'the program', surroundings, origin),
  ];
}

function directoryLints(description: ServiceDescription, surroundings: LintSurroundings): readonly Problem[] {
  const { type, workingDirectory, log, origins } = description;
  if (type === 'internal' || type === 'triggered') return [];
  return [
    ...notADirectory(workingDirectory, 'the working directory', surroundings, origins['working-dir']),
    ...(log.file === undefined
      ? []
      : notADirectory(
          directoryPart(joinPath(workingDirectory, log.file)),
          'the directory of the log file',
          surroundings,
          origins['logfile'],
        )),
  ];
}

function notADirectory(
  path: string,
  what: string,
  surroundings: LintSurroundings,
  origin: Origin | undefined,
): readonly Problem[] {
  const examined = surroundings.examine(path);
  if (examined.kind === 'directory') return [];
  return [lint(`${what} ${path}: ${examined.kind === 'failed' ? examined.text : 'not a directory'}`, origin)];
}

/**
 * A file that others can change decides what runs with our rights. Group members may where the owner is not root: with a group for every user
 * that is the usual umask.
 */
function unsafe(
  path: string,
  what: string,
  surroundings: LintSurroundings,
  origin: Origin | undefined,
): readonly Problem[] {
  const examined = surroundings.examine(path);
  if (examined.kind !== 'file') return [];
  const { mode, uid } = examined;
  const tooWide = (mode & 0o002) !== 0 || (uid === 0 && (mode & 0o020) !== 0);
  const stranger = uid !== 0 && uid !== surroundings.effectiveUid;
  return [
    ...(tooWide
      ? [
          {
            ...lint(`${what} ${path} can be changed by others (mode ${(mode & 0o7777).toString(8)})`, origin),
            advice: `chmod go-w '${path}'`,
          },
        ]
      : []),
    ...(stranger ? [lint(`${what} ${path} belongs to user ${uid}, who can change it`, origin)] : []),
  ];
}

function lint(message: string, origin: Origin | undefined, setting?: string): Problem {
  return {
    message,
    ...(origin === undefined ? {} : { origin }),
    ...(setting === undefined ? {} : { setting }),
  };
}
