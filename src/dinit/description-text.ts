/**
 * What is wrong in a service description, in dinit's words. The daemon's log and dinit-check say the same thing about a problem, but put it into different
 * sentences; which one depends on where dinit notices it.
 *
 * Problems that only this project knows (it is stricter in places) keep their own words, in the sentence for a problem with a place.
 */
import { constants } from 'node:os';
import { errorText } from './error-text.ts';

/** A problem as the loader of service files reports it. */
export interface DescriptionProblem {
  readonly message: string;
  readonly setting?: string;
  readonly found?: string;
  readonly expected?: string;
  readonly origin?: { readonly file: string; readonly line: number };
}

/**
 *     line           in a setting, known by file and line
 *     setting-line   the daemon also names the setting
 *     structure      the line itself cannot be read: nothing else of the service is looked at
 *     setting        the daemon names only the setting; dinit-check likewise
 *     command        the same, but dinit-check gives the service up
 *     path           the same, but dinit-check puts the setting's name into the text
 *     include        of the file named by `@include`: without a setting, and the service is given up
 *     load           about the service as a whole
 *     unloadable     the same, and dinit-check has nothing else to say about it
 */
export type ProblemForm =
  'line' | 'setting-line' | 'structure' | 'setting' | 'command' | 'path' | 'include' | 'load' | 'unloadable';

export interface ProblemWords {
  readonly form: ProblemForm;
  readonly text: string;
  /** What is named as the faulty setting. */
  readonly setting: string;
}

const numeric = 'specified value contains invalid numeric characters or is outside allowed range.';
const hashText = "hashmark (`#') comment must be separated from setting value by whitespace";

type Rule = readonly [form: ProblemForm, text: (problem: DescriptionProblem) => string];

/** By the beginning of the loader's message, whatever the setting. */
const byMessage: readonly (readonly [message: string, ...rule: Rule])[] = [
  ['not a setting', 'structure', () => 'badly formed line.'],
  ['no operator after', 'structure', () => 'badly formed line.'],
  ['the file ends where', 'structure', () => "end-of-file follows backslash escape character (`\\')"],
  [
    'a continuation line',
    'structure',
    () => "line following line-continuation backslash (`\\') does not begin with whitespace character",
  ],
  ["unknown '@' command", 'structure', () => 'bad meta command'],
  ['@include takes', 'structure', () => "'@include' requires a single argument"],
  ['@include-opt takes', 'structure', () => "'@include-opt' requires a single argument"],
  ['cannot include ', 'unloadable', ({ message }) => cannotOpen(message)],
  ['cannot read the included file ', 'unloadable', ({ message }) => cannotOpen(message)],
  ['unknown setting', 'line', ({ found }) => `unknown setting: '${found}'.`],
  ["'+=' cannot be used", 'line', ({ setting }) => `cannot use '+=' with setting '${setting}'`],
  ['a quoted text is not closed', 'line', () => 'unterminated quoted string'],
  ["a '#' stands where", 'line', () => hashText],
  ["no variable name after '$'", 'setting', () => "invalid/missing variable name after '$'"],
  ['there is no service argument', 'setting', () => 'only one service argument may be present'],
  ["'${' is not closed", 'setting', () => "unmatched '{' in variable substitution"],
  ['the service has no argument', 'setting', () => 'missing value in argument substitution'],
  ['too long after substitution', 'setting', () => 'value too long (after substitution)'],
  ['cannot read the environment file ', 'load', ({ message }) => environmentFileText(message)],
  ['export-passwd-vars needs', 'load', ({ message }) => passwdText(message)],
  ['no service file of this name', 'unloadable', () => 'service description not found.'],
  ['cannot read the service file ', 'unloadable', ({ message }) => fileText(message, 'cannot read the service file ')],
  ['could not load dependency', 'load', () => 'could not load dependency.'],
  ['closes a dependency cycle', 'load', () => 'has cyclic dependency.'],
  ['stands at the head of a chain', 'load', () => 'maximum recursion depth exceeded'],
  ['nothing to run is left', 'load', () => "'command' setting not specified."],
  ['a bgprocess service cannot report', 'load', () => texts.readiness],
  ['kill-all-on-stop cannot be used', 'load', () => texts.killAll],
];

/** Sentences about a service that dinit-check and the daemon share. */
export const texts = {
  noCommand: "'command' setting not specified.",
  noPidFile: "process ID file ('pid-file') not specified for bgprocess service.",
  readiness: "readiness notification ('ready-notification') is not supported for bgprocess services.",
  killAll: 'kill-all-on-stop can only be set on scripted or internal services.',
  consumer: "only a process or bgprocess service can be a log consumer ('consumer-of') another service.",
} as const;

/** By setting, whatever the value. */
const bySetting: Readonly<Record<string, Rule>> = {
  type: [
    'setting-line',
    () => 'service type must be one of: "scripted", "process", "bgprocess", "internal" or "triggered"',
  ],
  restart: ['setting-line', () => 'restart must be one of: "yes", "true", "no", "false" or "on-failure"'],
  'smooth-recovery': ['setting-line', () => 'smooth-recovery must be one of: "yes", "true", "no" or "false"'],
  'log-type': ['setting-line', () => 'log type must be one of: "file", "buffer", "pipe", or "none"'],
  options: ['setting-line', ({ found }) => `unknown option: ${found}`],
  'load-options': ['setting-line', ({ found }) => `unknown load option: ${found}`],
  securebits: ['setting-line', ({ found }) => `unknown securebits flag: ${found}`],
  capabilities: ['setting-line', ({ found }) => `invalid capabilities: ${found}`],
  'term-signal': ['setting-line', ({ found }) => `unknown/unsupported termination signal: ${found}`],
  'depends-on': ['setting-line', ({ found }) => `invalid dependency name '${found}'`],
  'depends-ms': ['setting-line', ({ found }) => `invalid dependency name '${found}'`],
  'waits-for': ['setting-line', ({ found }) => `invalid dependency name '${found}'`],
  'prepared-by': ['setting-line', ({ found }) => `invalid dependency name '${found}'`],
  before: ['setting-line', ({ found }) => `invalid service name '${found}'`],
  after: ['setting-line', ({ found }) => `invalid service name '${found}'`],
  'chain-to': ['setting-line', ({ found }) => `invalid chain-to service name '${found}'`],
  'run-as': ['line', identityText('user')],
  'logfile-uid': ['line', identityText('user')],
  'socket-uid': ['line', identityText('user')],
  'logfile-gid': ['line', identityText('group')],
  'socket-gid': ['line', identityText('group')],
  'restart-delay': ['line', timeText],
  'restart-limit-interval': ['line', timeText],
  'start-timeout': ['line', timeText],
  'stop-timeout': ['line', timeText],
  nice: ['line', () => numeric],
  'oom-score-adj': ['line', () => numeric],
  'restart-limit-count': ['line', () => numeric],
  'log-buffer-size': ['line', () => numeric],
  'rlimit-nofile': ['line', limitText],
  'rlimit-core': ['line', limitText],
  'rlimit-data': ['line', limitText],
  'rlimit-addrspace': ['line', limitText],
  'inittab-id': ['line', () => 'inittab-id setting is too long'],
  'inittab-line': ['line', () => 'inittab-line setting is too long'],
};

const commands: readonly string[] = ['command', 'stop-command'];
const includes: readonly string[] = ['@include', '@include-opt'];
const paths: readonly string[] = ['socket-listen', 'logfile', 'working-dir', 'pid-file'];
const permissions: readonly string[] = ['socket-permissions', 'logfile-permissions'];

export function problemWords(problem: DescriptionProblem): ProblemWords {
  const { message, setting = '' } = problem;
  const shared = byMessage.find(([beginning]) => message.startsWith(beginning));
  if (shared) {
    const [, form, text] = shared;
    return form === 'setting' ? substitutionWords(setting, text(problem)) : { form, text: text(problem), setting };
  }
  if (message.includes("cannot follow the name in '${'")) {
    return substitutionWords(setting, 'invalid syntax in variable substitution');
  }
  if (message.includes("needs the setting 'command'")) return { form: 'load', text: texts.noCommand, setting };
  if (message.includes("needs the setting 'pid-file'")) return { form: 'load', text: texts.noPidFile, setting };
  if (message.endsWith('cannot read the output of another service')) {
    return { form: 'load', text: texts.consumer, setting };
  }
  if (permissions.includes(setting)) {
    // The two texts are the wrong way round in dinit too.
    return { form: 'setting-line', text: setting, setting: 'badly-formed or out-of-range numeric value' };
  }
  if (setting === 'consumer-of') return consumerWords(problem);
  if (setting === 'ioprio') return priorityWords(problem);
  if (setting === 'ready-notification') return readinessWords(problem);
  const rule = bySetting[setting];
  if (rule) return { form: rule[0], text: rule[1](problem), setting };
  return { form: problem.origin ? 'line' : 'load', text: ownWords(problem), setting };
}

function substitutionWords(setting: string, text: string): ProblemWords {
  if (commands.includes(setting)) return { form: 'command', text, setting };
  if (includes.includes(setting)) return { form: 'include', text, setting: '' };
  return { form: paths.includes(setting) ? 'path' : 'setting', text, setting };
}

function consumerWords({ message, found }: DescriptionProblem): ProblemWords {
  const setting = 'consumer-of';
  if (message.startsWith('a service cannot read its own')) {
    return { form: 'setting-line', text: 'service cannot be its own consumer', setting };
  }
  if (message.startsWith('not a service name')) {
    return { form: 'setting-line', text: `invalid service name '${found}'`, setting };
  }
  const specified = "the 'consumer-of' setting specifies a service";
  if (message.endsWith('has no output')) {
    return { form: 'load', text: `${specified} of a type that does not produce output`, setting };
  }
  if (message.endsWith('into a pipe')) {
    return { form: 'load', text: `${specified} that does not log via a pipe ('log-type = pipe')`, setting };
  }
  return { form: 'load', text: `${specified} that already has a consumer`, setting };
}

function priorityWords({ found = '' }: DescriptionProblem): ProblemWords {
  const isLevel = /^(realtime|best-effort):/.test(found);
  return isLevel
    ? { form: 'line', text: numeric, setting: 'ioprio' }
    : { form: 'setting-line', text: `invalid value for ioprio: ${found}`, setting: 'ioprio' };
}

function readinessWords({ message, found = '' }: DescriptionProblem): ProblemWords {
  const setting = 'ready-notification';
  if (message.startsWith('not a descriptor')) return { form: 'line', text: numeric, setting };
  const text = found.startsWith('pipevar:') ? 'invalid pipevar variable name' : `unrecognised setting: ${found}`;
  return { form: 'setting-line', text, setting };
}

/** Beyond 64 bits the number of a user is refused without the name of the setting. */
const longestNumber = 18_446_744_073_709_551_615n;

function identityText(what: 'user' | 'group'): (problem: DescriptionProblem) => string {
  return ({ setting, found = '' }) => {
    if (!/^[-+0-9]/.test(found)) {
      return `${setting}: specified ${what} "${found}" does not exist in system database.`;
    }
    const isHuge = what === 'user' && /^\d+$/.test(found) && BigInt(found) > longestNumber;
    return `${isHuge ? '' : `${setting}: `}specified ${what} id contains invalid numeric characters or is outside allowed range.`;
  };
}

function timeText({ setting, message }: DescriptionProblem): string {
  return message === 'out of range' ? `too-large value for ${setting}` : `bad value for ${setting}`;
}

function limitText({ setting, message }: DescriptionProblem): string {
  return `${setting}: ${message.startsWith('too large') ? 'too-large' : 'bad'} value.`;
}

/** `cannot include PATH: no such file` */
function cannotOpen(message: string): string {
  const [, path = '', why = ''] = /^cannot (?:include|read the included file) (.*): ([^:]*)$/s.exec(message) ?? [];
  return `${path}: cannot open: ${systemText(why)}`;
}

function environmentFileText(message: string): string {
  return `could not load environment file: ${fileText(message, 'cannot read the environment file ')}`;
}

function fileText(message: string, beginning: string): string {
  const rest = message.slice(beginning.length);
  const colon = rest.lastIndexOf(': ');
  return `${rest.slice(0, colon)}: ${systemText(rest.slice(colon + 2))}`;
}

function passwdText(message: string): string {
  const user = /and user (\S*) has none/.exec(message)?.[1] ?? '';
  return `user id '${user}' does not exist in system database`;
}

/** The loader's lower-case words for errors of the system, and the C library's. */
const systemTexts: ReadonlyMap<string, string> = new Map([
  ['no such file', errorText(constants.errno.ENOENT)],
  ['no such file or directory', errorText(constants.errno.ENOENT)],
  ['permission denied', errorText(constants.errno.EACCES)],
  ['not a directory', errorText(constants.errno.ENOTDIR)],
  ['not a regular file but a directory', errorText(constants.errno.EISDIR)],
  ['too many symbolic links encountered', errorText(constants.errno.ELOOP)],
  ['name too long', errorText(constants.errno.ENAMETOOLONG)],
  ['i/o error', errorText(constants.errno.EIO)],
  ['too many open files', errorText(constants.errno.EMFILE)],
]);

export function systemText(words: string): string {
  return systemTexts.get(words) ?? words;
}

function ownWords({ message, expected, found, setting }: DescriptionProblem): string {
  const about = setting === undefined ? '' : `${setting}: `;
  const rest = expected === undefined ? '' : `: expected ${expected}${found === undefined ? '' : `, found '${found}'`}`;
  return `${about}${message}${rest}`;
}
