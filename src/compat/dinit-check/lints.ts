/** Settings that are legal but do nothing, or that point to what is not there. */
import { type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { errorText } from '../../dinit/error-text.ts';
import type { Origin } from '../../service/description.ts';
import type { Draft } from '../../service/draft.ts';
import type { Finding } from '../../service/findings.ts';
import { joinPath } from '../../service/paths.ts';
import type { Report } from './report.ts';

/** Settings whose variables have been replaced; absent when they were not given, or could not be read. */
export interface Evaluated {
  readonly command: readonly string[] | undefined;
  readonly stopCommand: readonly string[] | undefined;
  readonly socketPath: string | undefined;
  readonly logFile: string | undefined;
  readonly workingDirectory: string | undefined;
  readonly pidFile: string | undefined;
}

export interface Linted {
  readonly name: string;
  readonly draft: Draft;
  readonly evaluated: Evaluated;
  /** The service directory that it was found in. */
  readonly directory: string;
  readonly errors: readonly Finding[];
}

const ignored = 'ignored for the specified (or default) service type.';

export function lint(service: Linted, report: Report): void {
  const type = service.draft.type ?? 'internal';
  if (type === 'internal' || type === 'triggered') lintWithoutProcess(service, report);
  lintFiles(service, report);
}

function lintWithoutProcess({ name, draft, errors }: Linted, report: Report): void {
  const warn = (text: string): void => report.warning(name, text);
  const isBad = (setting: string, { file, line }: Origin): boolean =>
    errors.some(
      ({ problem: { setting: named, origin } }) =>
        named === setting || (named === undefined && origin?.file === file && origin.line === line),
    );
  const isGiven = (setting: string): boolean => {
    const origin = draft.origins[setting];
    return origin !== undefined && !isBad(setting, origin);
  };
  const hasOption = (word: Parameters<NonNullable<Draft['options']>['has']>[0]): boolean =>
    draft.options?.has(word) ?? false;

  for (const setting of [
    'command',
    'stop-command',
    'working-dir',
    'run-in-cgroup',
    'capabilities',
    'securebits',
    'run-as',
    'socket-listen',
  ]) {
    if (isGiven(setting)) warn(`'${setting}' specified, but ${ignored}`);
  }
  if (isGiven('inittab-id') || isGiven('inittab-line')) {
    warn(`'inittab_line' or 'inittab_id' specified, but ${ignored}`);
  }
  if (hasOption('signal-process-only') || hasOption('start-interruptible')) {
    warn(`signal options were specified, but ${ignored}`);
  }
  const option = (spelling: string): void => warn(`option '${spelling}' was specified, but ${ignored}`);
  if (hasOption('pass-cs-fd')) option('pass_cs_fd');
  if (hasOption('skippable')) option('skippable');
  if (hasOption('no-new-privs')) option('no_new_privs');
  if ((draft.logType ?? 'none') !== 'none') option('log_type');
  // These two are noticed before their value is looked at.
  if (draft.origins['nice'] !== undefined) option('nice');
  if (isGiven('ioprio')) option('ioprio');
  if (draft.origins['oom-score-adj'] !== undefined) option('oom-score-adj');
}

function lintFiles({ name, draft, evaluated, directory }: Linted, report: Report): void {
  const warn = (text: string): void => report.warning(name, text);
  const { logFile = '', workingDirectory = '' } = evaluated;
  const isLogFile = draft.logType === 'file';
  if (logFile !== '' && !isLogFile) warn("option 'logfile' was specified, but selected log type is not 'file'");
  if (draft.logFile === undefined && isLogFile) warn("option 'logfile' not set, but selected log type is 'file'");

  const place = workingDirectory === '' ? directory : workingDirectory;
  const stats = examine(place);
  if (typeof stats === 'number') warn(`could not open service working directory: ${errorText(stats)}`);
  else if (!stats.isDirectory()) warn(`could not open service working directory: ${errorText(notADirectory)}`);

  lintExecutable('command executable', evaluated.command, warn);
  lintExecutable('stop command executable', evaluated.stopCommand, warn);

  if (isLogFile && logFile !== '') {
    const logDirectory = dirname(joinPath(place, logFile));
    const about = examine(logDirectory);
    if (typeof about === 'number') {
      warn(`could not access logfile directory '${logDirectory}': ${errorText(about)}`);
    } else if (!about.isDirectory()) {
      warn(`logfile directory '${logDirectory}' exists but is not a directory.`);
    }
  }
}

function lintExecutable(what: string, command: readonly string[] | undefined, warn: (text: string) => void): void {
  const executable = command?.[0] ?? '';
  if (executable === '') return;
  if (!executable.startsWith('/')) {
    warn(`${what} '${executable}' is not an absolute path`);
    return;
  }
  const stats = examine(executable);
  const executableByOwner = 0o100;
  if (typeof stats === 'number') warn(`could not stat ${what} '${executable}': ${errorText(stats)}`);
  else if (!stats.isFile()) warn(`${what} '${executable}' is not a regular file.`);
  else if ((stats.mode & executableByOwner) === 0) warn(`${what} '${executable}' is not executable by owner.`);
}

const notADirectory = 20;

/** What is there, or the number of the error. */
function examine(path: string): Stats | number {
  try {
    return statSync(path);
  } catch (error) {
    if (error instanceof Error && 'errno' in error && typeof error.errno === 'number') return -error.errno;
    throw error;
  }
}
