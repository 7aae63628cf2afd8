/** What this instance is: options before reeve.ini before defaults. Pure; everything about the caller and the machine comes in as `Caller`. */
import { resolve } from 'node:path';
import { systemServiceDirectories, userServiceDirectories } from '../service/default-directories.ts';
import type { LimitSettings, Mode } from '../plan/settings.ts';
import type { GrantLine } from './access-section.ts';
import type { CommandLine } from './command-line.ts';
import type { DinitStyle } from './dinit-style.ts';
import type { MetricsPlace } from './metrics-place.ts';
import { ReeveError } from './reeve-error.ts';
import type { LogLevel, ReeveIni } from './reeve-ini.ts';

export interface Caller {
  readonly uid: number;
  readonly gid: number;
  readonly directory: string;
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Of the user database, when there is no HOME. */
  readonly home: string | undefined;
}

export interface Instance {
  readonly mode: Mode;
  readonly names: readonly string[];
  readonly serviceDirectories: readonly string[];
  readonly runDirectory: string;
  readonly socketPath: string;
  /** Empty: none. */
  readonly planCache: string;
  readonly envFile?: string;
  /** As written: names or numbers. Only system mode asks. */
  readonly users: { readonly daemon: string; readonly logger: string };
  readonly setenvAllow: readonly string[];
  readonly access: readonly GrantLine[];
  readonly limits: LimitSettings;
  /** Where the metrics are served; absent: nowhere. */
  readonly metrics?: MetricsPlace;
  /** Milliseconds without anything to do after which the daemon sleeps; 0 = never. */
  readonly idleExit: number;
  readonly logLevel: LogLevel;
  readonly isForeground: boolean;
  readonly dinitSocketPath?: string;
  readonly dinitStyle?: DinitStyle;
  /** What relative paths of services count from. */
  readonly directory: string;
}

const systemRunDirectory = '/run/reeve';
const systemCache = '/var/cache/reeve/plan';
export const systemConfigFile = '/etc/reeve/reeve.ini';

/** sun_path without its NUL. */
const largestSocketPath = 107;
/** The longest name that the launcher makes a socket of in the run directory. */
const loggerSocket = 'logger.sock';

/** @throws {ReeveError} if the system instance is asked for by somebody else than root. */
export function modeOf(
  { mode, action, isPortable }: Pick<CommandLine, 'mode' | 'action' | 'isPortable'>,
  uid: number,
): Mode {
  const wanted = mode ?? (uid === 0 && !isPortable ? 'system' : 'user');
  if (wanted === 'system' && uid !== 0 && action === 'run') {
    const advice = 'run it as root, or start your own instance with --user';
    throw new ReeveError('REEVE_NOT_ROOT', [{ message: 'only root can start the instance of the machine', advice }]);
  }
  return wanted;
}

/** Undefined when nothing says where a user's configuration is. */
export function defaultConfigFile(mode: Mode, caller: Caller): string | undefined {
  if (mode === 'system') return systemConfigFile;
  const { XDG_CONFIG_HOME: configuration } = caller.variables;
  if (configuration?.startsWith('/')) return `${configuration}/reeve/reeve.ini`;
  const home = homeOf(caller);
  return home === undefined ? undefined : `${home}/.config/reeve/reeve.ini`;
}

/** @throws {ReeveError} if there is no place for the run directory, or its sockets would have too long names. */
export function resolveInstance(mode: Mode, options: CommandLine, file: ReeveIni, caller: Caller): Instance {
  const absolute = (path: string) => resolve(caller.directory, path);
  const isSystem = mode === 'system';
  const runDirectory = absolute(options.runDirectory ?? file.paths.run ?? defaultRunDirectory(mode, caller));
  const socketPath = absolute(options.socketPath ?? file.paths.socket ?? `${runDirectory}/control`);
  const dinitSocketPath = options.dinitSocketPath === undefined ? undefined : absolute(options.dinitSocketPath);
  const metrics = file.metrics.listen;
  const sockets = [
    socketPath,
    `${runDirectory}/${loggerSocket}`,
    ...(dinitSocketPath === undefined ? [] : [dinitSocketPath]),
    ...(metrics?.kind === 'unix' ? [metrics.path] : []),
  ];
  for (const path of sockets) checkSocketPath(path);
  const { dinitStyle } = options;
  const named = options.serviceDirectories.length > 0 ? options.serviceDirectories : file.paths.services;
  const envFile = options.envFile ?? file.paths['env-file'];
  const { acknowledge = 5_000, compile = 30_000 } = file.limits;
  const { 'restart-delay': restartFirst = 50, 'restart-delay-max': restartLargest = Math.max(10_000, restartFirst) } =
    file.limits;
  if (restartFirst > restartLargest) {
    throw new ReeveError('REEVE_CONFIG', [{ message: 'restart-delay must not be larger than restart-delay-max' }]);
  }
  return {
    mode,
    names: options.names.length > 0 ? options.names : ['boot'],
    serviceDirectories: (named ?? defaultServiceDirectories(mode, caller)).map(absolute),
    runDirectory,
    socketPath,
    planCache: planCache(file, isSystem, runDirectory),
    ...(envFile !== undefined && { envFile: absolute(envFile) }),
    users: { daemon: file.users.daemon ?? 'reeve', logger: file.users.logger ?? 'reeve-log' },
    setenvAllow: file.environment.allow ?? [],
    access: file.access,
    limits: { acknowledge, compile, restartFirst, restartLargest },
    idleExit: file.limits['idle-exit'] ?? (isSystem ? 60_000 : 0),
    logLevel: options.logLevel ?? file.log.level ?? 'info',
    isForeground: options.isForeground,
    ...(metrics && { metrics }),
    ...(dinitSocketPath !== undefined && { dinitSocketPath }),
    ...(dinitStyle && {
      dinitStyle: { ...dinitStyle, ...(dinitStyle.mainLog !== undefined && { mainLog: absolute(dinitStyle.mainLog) }) },
    }),
    directory: isSystem ? '/' : caller.directory,
  };
}

function planCache(file: ReeveIni, isSystem: boolean, runDirectory: string): string {
  const { cache } = file.paths;
  if (cache !== undefined) return cache === 'none' ? '' : cache;
  // The usual run directory is empty after a reboot, and that is when the cache is worth most.
  return isSystem && runDirectory === systemRunDirectory ? systemCache : `${runDirectory}/plan-cache`;
}

function defaultRunDirectory(mode: Mode, caller: Caller): string {
  if (mode === 'system') return systemRunDirectory;
  const { XDG_RUNTIME_DIR: runtime } = caller.variables;
  if (runtime?.startsWith('/')) return `${runtime}/reeve`;
  const home = homeOf(caller);
  if (home !== undefined) return `${home}/.reeve`;
  const advice = 'set XDG_RUNTIME_DIR or HOME, or give --run-dir';
  throw new ReeveError('REEVE_DIRECTORY', [{ message: 'there is no place for the run directory', advice }]);
}

function defaultServiceDirectories(mode: Mode, caller: Caller): readonly string[] {
  return mode === 'system' ? systemServiceDirectories : userServiceDirectories(caller.variables, homeOf(caller));
}

function homeOf({ variables, home }: Caller): string | undefined {
  const { HOME: given } = variables;
  return given?.startsWith('/') ? given : home;
}

function checkSocketPath(path: string): void {
  const size = Buffer.byteLength(path);
  if (size <= largestSocketPath) return;
  const message = `the socket ${path} would have a path of ${size} bytes: at most ${largestSocketPath} are possible`;
  throw new ReeveError('REEVE_DIRECTORY', [{ message, advice: 'choose a shorter --run-dir or --socket-path' }]);
}
