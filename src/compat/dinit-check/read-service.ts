/**
 * Reads one service as far as it can be read and reports everything that is wrong with it; unlike a load, which ends with the first problem.
 *
 * Only what makes lines or the command unreadable gives a service up; then nothing is known of its dependencies either.
 */
import { systemText, texts } from '../../dinit/description-text.ts';
import type { Problem } from '../../service/description.ts';
import { createDraft, type Draft } from '../../service/draft.ts';
import { type Reading, substitutedText, substitutedWords } from '../../service/entry.ts';
import { environmentView } from '../../service/environment-file.ts';
import { findServiceFile } from '../../service/find-file.ts';
import { Findings } from '../../service/findings.ts';
import { parseServiceName } from '../../service/names.ts';
import { joinPath } from '../../service/paths.ts';
import { readServiceFile } from '../../service/reader.ts';
import { environmentSteps } from '../../service/service-environment.ts';
import type { ServiceFiles } from '../../service/service-files.ts';
import type { Variables } from '../../service/substitution.ts';
import type { UserDatabase } from '../../service/users.ts';
import type { Word } from '../../service/words.ts';
import type { CheckedService } from './checked-service.ts';
import { type Evaluated, lint } from './lints.ts';
import type { Report } from './report.ts';

export interface ReadOptions {
  readonly files: ServiceFiles;
  readonly directories: readonly string[];
  readonly users: UserDatabase;
  readonly environment: ReadonlyMap<string, string>;
  readonly effectiveUid: number;
  /** The environment is the daemon's own; otherwise it is a guess, which is said once for each service that depends on it. */
  readonly isOnline: boolean;
}

const guessWarning =
  'dinit-check: warning: variable substitution performed by dinit-check for file paths may not match dinit daemon (environment may differ); use --online to avoid this warning';

/** Undefined for a service that was given up. */
export function readService(full: string, options: ReadOptions, report: Report): CheckedService | undefined {
  const name = parseServiceName(full);
  const base = full.split('@', 1)[0] ?? full;
  const early = new Findings();
  const found =
    base === '' || base.startsWith('.') ? undefined : findServiceFile(base, options.directories, options.files, early);
  if (!found) {
    const [first] = early.errors;
    if (first) report.problem(full, undefined, first.problem);
    else report.finding(`Unable to load service '${full}': service description not found.`);
    return undefined;
  }
  const variables = new WatchedVariables(options.environment);
  const reading: Reading = {
    name: name.kind === 'name' ? name : { kind: 'name', full, base },
    draft: createDraft(),
    findings: early,
    variables: {
      argument: name.kind === 'name' ? name.argument : undefined,
      lookUp: (variable) => variables.get(variable),
    },
    users: options.users,
    files: options.files,
  };
  readServiceFile(reading, found.content, found.file);
  const { draft } = reading;
  const late = new Findings();
  const evaluated = evaluate({ ...reading, findings: late }, variables, options.effectiveUid);
  if (variables.wereUsed && !options.isOnline) report.note(guessWarning);

  const say = (problems: readonly Problem[]): boolean =>
    problems.some((problem) => report.problem(full, found.file, problem));
  if (say(early.errors.map(({ problem }) => problem))) return undefined;
  sayUnreadDirectories(full, found.file, early.warnings, report);
  if (say(late.errors.map(({ problem }) => problem))) return undefined;
  sayBadLines(full, late.warnings, report);
  checkRules(full, draft, evaluated, report);
  lint({ name: full, draft, evaluated, directory: found.directory, errors: early.errors }, report);
  return {
    name: full,
    type: draft.type ?? 'internal',
    logType: draft.logType ?? 'none',
    links: draft.dependencies,
    consumerOf: draft.consumerOf,
  };
}

/** Remembers whether anything was looked up. */
class WatchedVariables extends Map<string, string> {
  wereUsed = false;

  override get(name: string): string | undefined {
    this.wereUsed = true;
    return super.get(name);
  }
}

/** What waits for the service's own environment: its file is read and its settings with variables are completed. */
function evaluate(reading: Reading, environment: WatchedVariables, effectiveUid: number): Evaluated {
  const { draft, findings } = reading;
  const steps = environmentSteps(reading, { environment, effectiveUid });
  const variables: Variables = { argument: reading.variables.argument, lookUp: environmentView(steps, environment) };
  const text = (setting: string, words: readonly Word[] | undefined): string | undefined =>
    words && substitutedText(words, variables, findings, setting);
  const list = (setting: string, words: readonly Word[] | undefined): readonly string[] | undefined =>
    words && substitutedWords(words, variables, findings, setting);
  return {
    command: list('command', draft.command),
    stopCommand: list('stop-command', draft.stopCommand),
    socketPath: text('socket-listen', draft.socketListen),
    logFile: text('logfile', draft.logFile),
    workingDirectory: text('working-dir', draft.workingDirectory),
    pidFile: text('pid-file', draft.pidFile),
  };
}

function checkRules(name: string, draft: Draft, { command, pidFile }: Evaluated, report: Report): void {
  const type = draft.type ?? 'internal';
  const say = (text: string): void => report.finding(`Service '${name}': ${text}`);
  const runs = type === 'process' || type === 'bgprocess' || type === 'scripted';
  if (runs && (command === undefined || command.length === 0 || (command.length === 1 && command[0] === ''))) {
    say(texts.noCommand);
  }
  if (type === 'bgprocess') {
    if (pidFile === undefined || pidFile === '') say(texts.noPidFile);
    if (draft.readiness) say(texts.readiness);
  }
  if (draft.options?.has('kill-all-on-stop') && type !== 'scripted' && type !== 'internal') say(texts.killAll);
  if (draft.consumerOf !== undefined && type !== 'process' && type !== 'bgprocess') say(texts.consumer);
}

/** The daemon passes over bad lines of an environment file. */
function sayBadLines(name: string, warnings: readonly Problem[], report: Report): void {
  for (const { message, origin } of warnings) {
    if (!origin) continue;
    const what = message.startsWith('unknown command') ? 'bad command' : 'invalid environment variable setting';
    report.finding(`Service '${name}': ${what} in environment file ${origin.file} (line ${origin.line})`);
  }
}

/** Dependency directories that cannot be read are no error for the daemon, but a finding here. */
function sayUnreadDirectories(name: string, file: string, warnings: readonly Problem[], report: Report): void {
  for (const { message } of warnings) {
    const match = /^cannot read the dependency directory (.*): ([^:]*); it gives no dependencies$/s.exec(message);
    if (!match) continue;
    const [, path = '', why = ''] = match;
    const written = shortened(path, joinPath(file.slice(0, file.lastIndexOf('/')), ''));
    const text = why === 'no such directory' ? systemText('no such file') : systemText(why);
    report.finding(`Service '${name}', error reading dependencies from directory ${written}: ${text}`);
  }
}

function shortened(path: string, directory: string): string {
  return directory !== '' && path.startsWith(directory) ? path.slice(directory.length) : path;
}
