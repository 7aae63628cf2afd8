/** Lines of the daemon's log about services that could not be loaded. */
import { type DescriptionProblem, problemWords } from './description-text.ts';

export interface FailedService {
  readonly name: string;
  readonly problems: readonly DescriptionProblem[];
}

/** What the load was for. Services on the command line have sentences of their own, everything else has the same. */
export type LoadPurpose = 'command-line' | 'request';

/**
 * dinit stops at the first problem of a service, so the rest is left to dinit-check.
 * @param directory The service directory: files below it are named as dinit would, by how they are written.
 */
export function loadFailureLine({ name, problems }: FailedService, purpose: LoadPurpose, directory?: string): string {
  const [first] = problems;
  if (!first) return loadLine(name, 'could not load dependency.', purpose);
  const { form, text, setting } = problemWords(first);
  const base = name.split('@', 1)[0] ?? name;
  const mainFile = directory === undefined ? undefined : `${directory}/${base}`;
  const place = first.origin ? `(file ${shownFile(first.origin.file, mainFile)}, line ${first.origin.line})` : '';
  const about = `Error in service description for '${namedAtFault(base, first)}'`;
  switch (form) {
    case 'line':
    case 'structure':
      return `${about} ${place}: ${text}`;
    case 'setting-line':
      return `${about}: setting '${setting}' ${place}: ${text}`;
    case 'setting':
    case 'command':
    case 'path':
    case 'include':
      return `${about} setting '${setting}': ${text}`;
    case 'load':
    case 'unloadable':
      return loadLine(name, asWritten(text, directory), purpose);
    default:
      return form satisfies never;
  }
}

/** The reason alone, as it follows after `Could not reload service NAME: `. */
export function reloadFailureText({ problems }: FailedService): string {
  const [first] = problems;
  return first ? problemWords(first).text : 'could not load dependency.';
}

/** Of the two texts that contain the path of a file that the description names. */
function asWritten(text: string, directory: string | undefined): string {
  if (directory === undefined) return text;
  const environmentFile = 'could not load environment file: ';
  for (const beginning of [environmentFile, '']) {
    const isPath = beginning !== '' || text.includes(': cannot open: ');
    if (isPath && text.startsWith(`${beginning}${directory}/`)) {
      return beginning + text.slice(beginning.length + directory.length + 1);
    }
  }
  return text;
}

function loadLine(name: string, text: string, purpose: LoadPurpose): string {
  if (purpose === 'request') return `Could not load service ${name}: ${text}`;
  return text === 'service description not found.'
    ? `${name}: could not find service description.`
    : `${name}: error loading: ${text}`;
}

const dependencySettings: readonly (string | undefined)[] = ['depends-on', 'depends-ms', 'waits-for', 'prepared-by'];

/** dinit names the dependency whose name is bad instead of the service that has the setting. */
export function namedAtFault(base: string, { message, setting, found }: DescriptionProblem): string {
  const isBadDependency = message.startsWith('not a service name') && dependencySettings.includes(setting);
  return isBadDependency && found ? found : base;
}

/** Files that were included are named as it was written: relative to the file that includes them. */
export function shownFile(file: string, mainFile: string | undefined): string {
  if (mainFile === undefined || file === mainFile) return file;
  const directory = mainFile.slice(0, mainFile.lastIndexOf('/') + 1);
  return directory !== '' && file.startsWith(directory) ? file.slice(directory.length) : file;
}
