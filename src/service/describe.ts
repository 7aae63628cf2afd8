/**
 * From a draft to a description, once the whole file has been read: the environment is built, what waited for it is substituted, defaults are
 * filled in, and what a type needs is checked. Settings that have no effect on the type are forgotten first.
 */
import type {
  ConsoleUse,
  LogRules,
  ServiceDescription,
  ServiceOptions,
  ServiceType,
  SocketRules,
} from './description.ts';
import { placeOf, type Draft } from './draft.ts';
import { refusedProblem, substitutedText, substitutedWords, type Reading } from './entry.ts';
import { environmentView } from './environment-file.ts';
import { Refused, socketAddress } from './forms.ts';
import { environmentSteps, type Surroundings } from './service-environment.ts';
import { optionTypes, settings } from './settings.ts';
import type { Variables } from './substitution.ts';
import type { Word } from './words.ts';

export const defaults = {
  type: 'internal',
  restart: 'yes',
  restartDelay: 200,
  restartLimitInterval: 10_000,
  restartLimitCount: 3,
  startTimeout: 60_000,
  stopTimeout: 10_000,
  logPermissions: 0o600,
  logBufferSize: 4096,
  logRotateSize: 0,
  logRotateCount: 5,
  socketPermissions: 0o666,
  termSignal: 15,
} as const;

/** Where the file was found. */
export interface FoundFile {
  readonly directory: string;
  readonly file: string;
  readonly modified: string;
}

/** Undefined when the draft has problems; they are in the findings. */
export function describe(
  reading: Reading,
  found: FoundFile,
  surroundings: Surroundings,
): ServiceDescription | undefined {
  const { draft, findings, name } = reading;
  const type = draft.type ?? defaults.type;
  checkTypeRules(reading, type);
  forgetIneffective(draft, type);
  const steps = environmentSteps(reading, surroundings);
  const view = environmentView(steps, surroundings.environment);
  const late: Variables = { argument: name.argument, lookUp: view };
  const command = commandLine(reading, late, 'command', draft.command);
  const stopCommand = commandLine(reading, late, 'stop-command', draft.stopCommand);
  const workingDirectory = lateText(reading, late, 'working-dir', draft.workingDirectory);
  const pidFile = lateText(reading, late, 'pid-file', draft.pidFile);
  const logFile = lateText(reading, late, 'logfile', draft.logFile);
  const socket = socketRules(reading, lateText(reading, late, 'socket-listen', draft.socketListen));
  const runs = type === 'process' || type === 'bgprocess' || type === 'scripted';
  if (runs && command?.length === 0) missing(reading, 'command', type);
  if (type === 'bgprocess' && pidFile === '') missing(reading, 'pid-file', type);
  const log = logRules(reading, logFile ?? '');
  if (findings.errors.length > 0) return undefined;

  const description: Mutable<ServiceDescription> = {
    name: name.full,
    base: name.base,
    directory: found.directory,
    file: found.file,
    modified: found.modified,
    type,
    command: command ?? [],
    stopCommand: stopCommand ?? [],
    workingDirectory: workingDirectory === undefined || workingDirectory === '' ? found.directory : workingDirectory,
    environment: steps,
    dependencies: draft.dependencies,
    restart: {
      mode: draft.restart ?? defaults.restart,
      smoothRecovery: draft.smoothRecovery ?? false,
      delay: draft.restartDelay ?? defaults.restartDelay,
      limitInterval: draft.restartLimitInterval ?? defaults.restartLimitInterval,
      limitCount: draft.restartLimitCount ?? defaults.restartLimitCount,
    },
    startTimeout: draft.startTimeout ?? defaults.startTimeout,
    stopTimeout: draft.stopTimeout ?? defaults.stopTimeout,
    limits: draft.limits ? [...draft.limits].map(([resource, pair]) => ({ resource, ...pair })) : [],
    securebits: draft.securebits ?? [],
    log,
    termSignal: draft.termSignal === undefined ? defaults.termSignal : draft.termSignal,
    console: runs ? consoleUse(draft, type) : 'none',
    options: serviceOptions(draft, type),
    waitsForDirectories: draft.waitsForDirectories,
    origins: draft.origins,
  };
  if (name.argument !== undefined) description.argument = name.argument;
  if (pidFile !== undefined && pidFile !== '') description.pidFile = pidFile;
  if (draft.chainTo !== undefined) description.chainTo = draft.chainTo;
  if (draft.consumerOf !== undefined) description.consumerOf = draft.consumerOf;
  if (draft.runAs !== undefined) description.runAs = draft.runAs;
  if (draft.umask !== undefined) description.umask = draft.umask;
  if (draft.nice !== undefined) description.nice = draft.nice;
  if (draft.ioPriority !== undefined) description.ioPriority = draft.ioPriority;
  if (draft.oomScoreAdjust !== undefined) description.oomScoreAdjust = draft.oomScoreAdjust;
  if (draft.cgroup !== undefined) description.cgroup = draft.cgroup;
  if (draft.capabilities !== undefined && draft.capabilities !== '') description.capabilities = draft.capabilities;
  if (socket !== undefined) description.socket = socket;
  if (draft.readiness !== undefined) description.readiness = draft.readiness;
  if (draft.inittabId !== undefined) description.inittabId = draft.inittabId;
  if (draft.inittabLine !== undefined) description.inittabLine = draft.inittabLine;
  if (draft.enableVia !== undefined) description.enableVia = draft.enableVia;
  return description;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Settings that are not merely without effect but wrong on some types. */
function checkTypeRules(reading: Reading, type: ServiceType): void {
  const { draft, findings } = reading;
  if (type === 'bgprocess' && draft.readiness !== undefined) {
    findings.error('load', {
      ...placeOf(draft, 'ready-notification'),
      message: 'a bgprocess service cannot report readiness: it is ready when its start command has ended',
      advice: "remove the setting, or use 'type = process' if the program can stay in the foreground",
    });
  }
  if (draft.consumerOf !== undefined && type !== 'process' && type !== 'bgprocess') {
    findings.error('load', {
      ...placeOf(draft, 'consumer-of'),
      message: `${article(type)} ${type} service cannot read the output of another service`,
      expected: "'type = process' or 'type = bgprocess'",
    });
  }
  const killAll = draft.options?.get('kill-all-on-stop');
  if (killAll && !optionTypes['kill-all-on-stop'].includes(type)) {
    findings.error('load', {
      setting: 'options',
      origin: killAll,
      message: `kill-all-on-stop cannot be used on ${article(type)} ${type} service`,
      expected: "'type = scripted' or 'type = internal'",
    });
  }
}

function forgetIneffective(draft: Draft, type: ServiceType): void {
  for (const name of Object.keys(draft.origins)) {
    const setting = settings.get(name);
    if (!setting || setting.types.includes(type)) continue;
    for (const field of setting.fields) delete draft[field];
  }
}

/** The words after substitution; undefined when not given or bad. */
function commandLine(
  reading: Reading,
  late: Variables,
  setting: 'command' | 'stop-command',
  words: readonly Word[] | undefined,
): readonly string[] | undefined {
  const isGiven = words !== undefined && words.length > 0 && !(words.length === 1 && words[0]?.text === '');
  if (!isGiven) return [];
  const result = substitutedWords(words, late, reading.findings, setting);
  if (result && (result[0] ?? '') === '') {
    reading.findings.error('load', {
      ...placeOf(reading.draft, setting),
      message: 'nothing to run is left after substitution',
      expected: 'a program as the first word',
      found: words.map((word) => word.text).join(' '),
    });
    return undefined;
  }
  return result;
}

/** The text after substitution, empty when it was not given; undefined when it is bad. */
function lateText(
  reading: Reading,
  late: Variables,
  setting: string,
  words: readonly Word[] | undefined,
): string | undefined {
  if (words === undefined || words.every((word) => word.text === '')) return '';
  const text = substitutedText(words, late, reading.findings, setting);
  if (text !== '') return text;
  reading.findings.error('description', {
    ...placeOf(reading.draft, setting),
    message: 'nothing is left after substitution',
    expected: 'a path',
    found: words.map((word) => word.text).join(' '),
  });
  return undefined;
}

function missing(reading: Reading, setting: string, type: ServiceType): void {
  const { draft, findings } = reading;
  const origin = draft.origins[setting] ?? draft.origins['type'];
  findings.error('load', {
    message: `${article(type)} ${type} service needs the setting '${setting}'`,
    ...(origin === undefined ? {} : { origin }),
    ...(draft.origins[setting] === undefined ? {} : { found: '' }),
  });
}

function socketRules(reading: Reading, text: string | undefined): SocketRules | undefined {
  if (text === undefined || text === '') return undefined;
  const { draft } = reading;
  const address = socketAddress(text, reading.users);
  if (address instanceof Refused) {
    reading.findings.error('description', { ...placeOf(draft, 'socket-listen'), ...refusedProblem(address, text) });
    return undefined;
  }
  return {
    address,
    mode: draft.socketPermissions ?? defaults.socketPermissions,
    ...(draft.socketOwner === undefined ? {} : { owner: draft.socketOwner }),
    ...(draft.socketGroup === undefined ? {} : { group: draft.socketGroup }),
  };
}

function logRules(reading: Reading, file: string): LogRules {
  const { draft, findings } = reading;
  let type = draft.logType ?? 'none';
  if (type === 'file' && file === '') {
    type = 'none';
    findings.warn({
      ...placeOf(draft, 'log-type'),
      message: "'log-type = file' without 'logfile': the output is discarded",
      advice: "add 'logfile = PATH'",
    });
  }
  const rules: Mutable<LogRules> = {
    type,
    mode: draft.logPermissions ?? defaults.logPermissions,
    bufferSize: draft.logBufferSize ?? defaults.logBufferSize,
    rotateSize: draft.logRotateSize ?? defaults.logRotateSize,
    rotateCount: draft.logRotateCount ?? defaults.logRotateCount,
    timestamps: draft.logTimestamps ?? false,
  };
  if (type === 'file') rules.file = file;
  if (draft.logOwner !== undefined) rules.owner = draft.logOwner;
  if (draft.logGroup !== undefined) rules.group = draft.logGroup;
  return rules;
}

/** The console words in the order given: each one undoes what it contradicts. What is in the background cannot run on the console. */
function consoleUse(draft: Draft, type: ServiceType): ConsoleUse {
  let use: ConsoleUse = 'none';
  for (const word of draft.options?.keys() ?? []) {
    if (word === 'runs-on-console') use = type === 'bgprocess' ? 'starts' : 'runs';
    else if (word === 'starts-on-console') use = use === 'runs' ? 'runs' : 'starts';
    else if (word === 'shares-console') use = 'shares';
  }
  return use;
}

const noOptions: ServiceOptions = {
  unmaskInterrupt: false,
  startsRwfs: false,
  startsLog: false,
  passControlSocket: false,
  startInterruptible: false,
  skippable: false,
  signalProcessOnly: false,
  alwaysChain: false,
  killAllOnStop: false,
  noNewPrivs: false,
};

function serviceOptions(draft: Draft, type: ServiceType): ServiceOptions {
  if (!draft.options) return noOptions;
  const has = (word: keyof typeof optionTypes): boolean =>
    optionTypes[word].includes(type) && (draft.options?.has(word) ?? false);
  return {
    unmaskInterrupt: has('unmask-intr'),
    startsRwfs: has('starts-rwfs'),
    startsLog: has('starts-log'),
    passControlSocket: has('pass-cs-fd'),
    startInterruptible: has('start-interruptible'),
    skippable: has('skippable'),
    signalProcessOnly: has('signal-process-only'),
    alwaysChain: has('always-chain'),
    killAllOnStop: has('kill-all-on-stop'),
    noNewPrivs: has('no-new-privs'),
  };
}

export function article(type: ServiceType): string {
  return type === 'internal' ? 'an' : 'a';
}
