/** How the `reeve` command is told to be what dinit's options ask for. Pure. */
import type { DinitOptions } from './command-line.ts';

export interface Placement {
  readonly isUser: boolean;
  /** Where dinit's protocol is spoken. */
  readonly socketPath: string;
  /** Our own sockets and settings; undefined: reeve's usual place. */
  readonly runDirectory: string | undefined;
  readonly serviceDirectories: readonly string[];
}

export function reeveArguments(options: DinitOptions, placement: Placement): readonly string[] {
  const { console, logFile, logLevel, cgroupPath } = options;
  return [
    placement.isUser ? '--user' : '--system',
    '--foreground',
    ...placement.serviceDirectories.map((directory) => `--services-dir=${directory}`),
    ...(placement.runDirectory === undefined ? [] : [`--run-dir=${placement.runDirectory}`]),
    `--dinit-socket=${placement.socketPath}`,
    '--console-style=dinit',
    `--console-level=${console.level}`,
    ...(console.alwaysShowsStatus ? [] : ['--console-status=by-level']),
    ...(logFile === undefined ? [] : [`--main-log=${logFile}`]),
    `--main-log-level=${logLevel}`,
    ...(cgroupPath === undefined ? [] : [`--cgroup-path=${cgroupPath}`]),
    ...(options.services.length > 0 ? options.services : ['boot']),
  ];
}

/** The longest name that is made in the run directory. */
const longestEntry = '/logger.sock'.length;
const longestSocketPath = 107;

/**
 * Beside the control socket, so that instances with sockets of their own do not meet; a machine's or a user's usual instance is where `reevectl` looks for it.
 * Undefined where the path would be too long for sockets in it.
 */
export function runDirectoryFor(socketPath: string, isUsual: boolean): string | undefined {
  const directory = `${socketPath}.reeve`;
  if (isUsual || Buffer.byteLength(directory) + longestEntry > longestSocketPath) return undefined;
  return directory;
}
