/**
 * The one table of settings: name, the types on which it has an effect, when variables in it are replaced, whether `+=` adds to it, which part
 * of the draft it fills, and the form of its value. Reader, checker, printer and documentation all go by it.
 *
 * On a type without effect a setting is accepted (its value is still checked) and then forgotten; lint.ts tells.
 */
import { serviceTypes, type DependencyKind, type ServiceType } from './description.ts';
import { readDependencyDirectory } from './dependency-directory.ts';
import { optionWords, type Draft, type DraftField, type OptionWord, type ResourceName } from './draft.ts';
import { refuse, substitutedText, valueOf, valueOrigin, type Entry, type Reading } from './entry.ts';
import * as forms from './forms.ts';
import { originAt } from './logical-lines.ts';
import { didYouMean } from './suggestion.ts';

/** `early`: while the line is read, from the daemon environment. `late`: after the whole file, from the service's environment. */
export type SubstitutionPhase = 'none' | 'early' | 'late';

export interface Setting {
  readonly name: string;
  readonly types: readonly ServiceType[];
  readonly substitution: SubstitutionPhase;
  readonly adds: boolean;
  /** Parts of the draft that it fills: forgotten on a type without effect. */
  readonly fields: readonly DraftField[];
  readonly read: (reading: Reading, entry: Entry) => void;
  /** Older spellings that mean the same. */
  readonly aliases?: readonly string[];
  /** True for what reeve adds to dinit's format. */
  readonly isAddition?: boolean;
}

const every = serviceTypes;
const running: readonly ServiceType[] = ['process', 'bgprocess', 'scripted'];
const lasting: readonly ServiceType[] = ['process', 'bgprocess'];

const largestBuffer = 0x7fffffff;
const largestInteger = 0x7fffffff;

const table: readonly Setting[] = [
  value('type', every, forms.oneOf('a service type', serviceTypes), 'type'),
  commandLine('command', 'command'),
  commandLine('stop-command', 'stopCommand'),
  lateText('working-dir', running, 'workingDirectory'),
  { ...early('env-file', every, readEnvironmentFileName), fields: ['environmentFile'] },
  lateText('pid-file', ['bgprocess'], 'pidFile'),
  earlyName('chain-to', every, 'chainTo'),

  dependency('depends-on', 'depends-on'),
  dependency('prepared-by', 'prepared-by'),
  dependency('depends-ms', 'depends-ms'),
  dependency('waits-for', 'waits-for'),
  dependency('before', 'before'),
  dependency('after', 'after'),
  dependencyDirectory('depends-on.d', 'depends-on'),
  dependencyDirectory('depends-ms.d', 'depends-ms'),
  dependencyDirectory('waits-for.d', 'waits-for'),

  value('restart', every, restartMode, 'restart'),
  value('smooth-recovery', lasting, forms.yesOrNo, 'smoothRecovery'),
  value('restart-delay', lasting, forms.seconds, 'restartDelay'),
  value('restart-limit-interval', lasting, forms.seconds, 'restartLimitInterval'),
  value('restart-limit-count', lasting, forms.count(largestInteger), 'restartLimitCount'),
  value('start-timeout', running, forms.seconds, 'startTimeout'),
  value('stop-timeout', running, forms.seconds, 'stopTimeout'),

  value('run-as', running, forms.userIdentity, 'runAs'),
  { ...value('umask', running, forms.creationMask, 'umask'), isAddition: true },
  value('nice', running, forms.signed(-largestInteger - 1, largestInteger), 'nice'),
  value('ioprio', running, forms.ioPriority, 'ioPriority'),
  value('oom-score-adj', running, forms.signed(-1000, 1000), 'oomScoreAdjust'),
  limit('rlimit-nofile', 'nofile'),
  limit('rlimit-core', 'core'),
  limit('rlimit-data', 'data'),
  limit('rlimit-addrspace', 'addrspace'),
  value('run-in-cgroup', running, forms.nonEmptyText, 'cgroup'),
  { ...custom('capabilities', running, 'none', ['capabilities'], readCapabilities), adds: true },
  { ...custom('securebits', running, 'none', ['securebits'], readSecurebits), adds: true },

  value('log-type', running, forms.oneOf('a log type', ['none', 'file', 'buffer', 'pipe']), 'logType'),
  custom('logfile', running, 'late', ['logFile'], readLogFile),
  value('logfile-permissions', running, forms.permissions, 'logPermissions'),
  value('logfile-uid', running, forms.userIdentity, 'logOwner'),
  value('logfile-gid', running, forms.groupIdentity, 'logGroup'),
  value('log-buffer-size', running, forms.count(largestBuffer), 'logBufferSize'),
  { ...value('log-rotate-size', running, forms.byteSize, 'logRotateSize'), isAddition: true },
  { ...value('log-rotate-count', running, forms.count(9999), 'logRotateCount'), isAddition: true },
  { ...value('log-timestamps', running, forms.yesOrNo, 'logTimestamps'), isAddition: true },
  custom('consumer-of', lasting, 'early', ['consumerOf'], readConsumerOf),

  value('ready-notification', ['process'], forms.readiness, 'readiness'),
  lateText('socket-listen', running, 'socketListen'),
  value('socket-permissions', running, forms.permissions, 'socketPermissions'),
  value('socket-uid', running, forms.userIdentity, 'socketOwner'),
  value('socket-gid', running, forms.groupIdentity, 'socketGroup'),
  { ...value('term-signal', lasting, forms.termSignal, 'termSignal'), aliases: ['termsignal'] },
  value('inittab-id', ['process'], forms.shortText(4), 'inittabId'),
  value('inittab-line', ['process'], forms.shortText(32), 'inittabLine'),

  custom('load-options', every, 'none', ['exportsPasswdVariables', 'exportsServiceName'], readLoadOptions),
  custom('options', every, 'none', ['options'], readOptions),
];

export const settings: ReadonlyMap<string, Setting> = new Map(
  table.flatMap((setting) => [setting.name, ...(setting.aliases ?? [])].map((name) => [name, setting] as const)),
);

/** The types on which each word of `options` means something. */
export const optionTypes: Readonly<Record<OptionWord, readonly ServiceType[]>> = {
  'runs-on-console': running,
  'starts-on-console': running,
  'shares-console': running,
  'unmask-intr': running,
  'starts-rwfs': every,
  'starts-log': every,
  'pass-cs-fd': running,
  'start-interruptible': running,
  skippable: ['scripted'],
  'signal-process-only': running,
  'always-chain': every,
  'kill-all-on-stop': ['scripted', 'internal'],
  'no-new-privs': running,
};

function custom(
  name: string,
  types: readonly ServiceType[],
  substitution: SubstitutionPhase,
  fields: readonly DraftField[],
  read: Setting['read'],
): Setting {
  return { name, types, substitution, adds: false, fields, read };
}

function value<K extends DraftField>(
  name: string,
  types: readonly ServiceType[],
  form: forms.Form<Exclude<Draft[K], undefined>>,
  field: K,
): Setting {
  return custom(name, types, 'none', [field], (reading, entry) => {
    const result = valueOf(reading, entry, form);
    if (result !== undefined) reading.draft[field] = result;
  });
}

function commandLine(name: string, field: 'command' | 'stopCommand'): Setting {
  const setting = custom(name, running, 'late', [field], (reading, entry) => {
    const before = reading.draft[field];
    reading.draft[field] = entry.isAddition && before ? [...before, ...entry.words] : entry.words;
  });
  return { ...setting, adds: true };
}

function lateText(name: string, types: readonly ServiceType[], field: LateField): Setting {
  return custom(name, types, 'late', [field], (reading, entry) => {
    reading.draft[field] = entry.words;
  });
}

type LateField = 'workingDirectory' | 'pidFile' | 'socketListen';

function early(
  name: string,
  types: readonly ServiceType[],
  take: (reading: Reading, entry: Entry, text: string) => void,
): Setting {
  return custom(name, types, 'early', [], (reading, entry) => {
    const text = substitutedText(entry.words, reading.variables, reading.findings, entry.setting);
    if (text !== undefined) take(reading, entry, text);
  });
}

function earlyName(name: string, types: readonly ServiceType[], field: 'chainTo'): Setting {
  const setting = early(name, types, (reading, entry, text) => {
    const result = valueOf(reading, entry, forms.serviceName, text);
    if (result !== undefined) reading.draft[field] = result;
  });
  return { ...setting, fields: [field] };
}

function dependency(name: string, kind: DependencyKind): Setting {
  return early(name, every, (reading, entry, text) => {
    const target = valueOf(reading, entry, forms.serviceName, text);
    if (target !== undefined) reading.draft.dependencies.push({ kind, name: target, origin: valueOrigin(entry) });
  });
}

function dependencyDirectory(name: string, kind: 'depends-on' | 'depends-ms' | 'waits-for'): Setting {
  return early(name, every, (reading, entry, text) => {
    readDependencyDirectory(reading, entry, kind, text);
  });
}

function limit(name: string, resource: ResourceName): Setting {
  return custom(name, running, 'none', ['limits'], (reading, entry) => {
    const pair = valueOf(reading, entry, forms.resourceLimit);
    if (pair !== undefined) reading.draft.limits = new Map(reading.draft.limits).set(resource, pair);
  });
}

function restartMode(text: string): 'yes' | 'no' | 'on-failure' | forms.Refused {
  if (text === 'true') return 'yes';
  if (text === 'false') return 'no';
  if (text === 'yes' || text === 'no' || text === 'on-failure') return text;
  const words = ['yes', 'true', 'no', 'false', 'on-failure'];
  return new forms.Refused('not a restart mode', forms.list(words), didYouMean(text, words).advice);
}

function readEnvironmentFileName(reading: Reading, entry: Entry, path: string): void {
  if (valueOf(reading, entry, forms.nonEmptyText, path) === undefined) return;
  reading.draft.environmentFile = {
    path,
    directory: entry.line.source.realDirectory,
    origin: valueOrigin(entry),
  };
}

function readConsumerOf(reading: Reading, entry: Entry): void {
  const text = substitutedText(entry.words, reading.variables, reading.findings, entry.setting);
  const target = text === undefined ? undefined : valueOf(reading, entry, forms.serviceName, text);
  if (target === undefined) return;
  if (target === reading.name.full)
    refuse(reading, entry, { message: 'a service cannot read its own output', found: target });
  else reading.draft.consumerOf = target;
}

function readLogFile(reading: Reading, entry: Entry): void {
  reading.draft.logFile = entry.words;
  if ((reading.draft.logType ?? 'none') === 'none') reading.draft.logType = 'file';
}

function readCapabilities(reading: Reading, entry: Entry): void {
  const text = valueOf(reading, entry, forms.capabilities);
  if (text === undefined) return;
  const before = entry.isAddition ? (reading.draft.capabilities ?? '') : '';
  reading.draft.capabilities = before === '' || text === '' ? before + text : `${before},${text}`;
}

const securebitFlags = ['keep-caps', 'no-setuid-fixup', 'noroot'].flatMap((flag) => [flag, `${flag}-locked`]);

function readSecurebits(reading: Reading, entry: Entry): void {
  const flags = entry.isAddition ? [...(reading.draft.securebits ?? [])] : [];
  for (const word of entry.words) {
    if (securebitFlags.includes(word.text)) flags.push(word.text);
    else unknownWord(reading, entry, word, 'unknown securebits flag', securebitFlags);
  }
  reading.draft.securebits = flags;
}

const loadOptions = ['export-passwd-vars', 'export-service-name', 'sub-vars'];

function readLoadOptions(reading: Reading, entry: Entry): void {
  for (const word of entry.words) {
    if (word.text === 'export-passwd-vars') reading.draft.exportsPasswdVariables = true;
    else if (word.text === 'export-service-name') reading.draft.exportsServiceName = true;
    else if (word.text !== 'sub-vars') unknownWord(reading, entry, word, 'unknown load option', loadOptions);
  }
}

const knownOptions: ReadonlySet<string> = new Set(optionWords);

function isOption(text: string): text is OptionWord {
  return knownOptions.has(text);
}

function readOptions(reading: Reading, entry: Entry): void {
  const given = new Map(reading.draft.options);
  for (const word of entry.words) {
    if (!isOption(word.text)) unknownWord(reading, entry, word, 'unknown option', optionWords);
    else {
      given.delete(word.text);
      const origin = originAt(word.line, word.start);
      given.set(word.text, origin);
      reading.draft.origins[`options:${word.text}`] = origin;
    }
  }
  reading.draft.options = given;
}

function unknownWord(
  reading: Reading,
  entry: Entry,
  word: Entry['words'][number],
  message: string,
  known: readonly string[],
): void {
  const advice = didYouMean(word.text, known);
  refuse(reading, entry, {
    message,
    origin: originAt(word.line, word.start),
    found: word.text,
    ...(advice.advice === undefined ? { expected: forms.list(known) } : advice),
  });
}
