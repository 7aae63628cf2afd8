/**
 * dinit, the daemon: checks what dinit would check, then becomes the `reeve` command, which becomes the launcher; all with the same process id. Nothing of it is
 * left running.
 */
import { resolve } from 'node:path';
import { Failure } from '../failure.ts';
import { serviceDirectories } from '../instance-defaults.ts';
import type { Output } from '../output.ts';
import { socketPath } from '../socket-path.ts';
import { versionText } from '../version.ts';
import { type DinitOptions, parseCommandLine, program } from './command-line.ts';
import { helpText } from './help.ts';
import { type Placement, reeveArguments, runDirectoryFor } from './reeve-arguments.ts';
import { checkLogFile, checkSocket, readEnvironment, StartUpFailure, writeMainLog } from './start-up.ts';

/** What works in this version; scripts ask for these words. */
const features = ['supplemental-groups', 'io-priority', 'oom-score-adjust'];

export interface Surroundings {
  readonly output: Output;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly uid: number;
  readonly pid: number;
  readonly directory: string;
  /** Starts something that writes `path` to the descriptor when the daemon answers there. */
  readonly announceReady: (descriptor: number, path: string) => void;
  /** Does not return. */
  readonly becomeReeve: (args: readonly string[], environment: ReadonlyMap<string, string>) => void;
}

/** @returns the exit status, if it comes to that. @throws {Failure} */
export async function runDinit(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const { output, uid, pid } = surroundings;
  const options = parseCommandLine(args, pid === 1 && uid === 0);
  switch (options.kind) {
    case 'help':
      output.out(helpText);
      return 0;
    case 'version':
      output.out(`${versionText}Supported features: ${features.join(' ')}\n`);
      return 0;
    case 'run':
      break;
    default:
      return options satisfies never;
  }
  if (options.isSystemManager ?? pid === 1) {
    throw Failure.of(program, 'this version cannot be the system manager yet: give --container (-o)');
  }
  try {
    return await start(options, surroundings);
  } catch (error) {
    if (!(error instanceof StartUpFailure)) throw error;
    say(options, output, error.message);
    return 1;
  }
}

async function start(options: DinitOptions, surroundings: Surroundings): Promise<number> {
  const { output, environment, uid, directory } = surroundings;
  const placement = placementOf(options, surroundings);
  const absolute = (path: string): string => resolve(directory, path);
  await checkSocket(placement.socketPath);
  if (options.logFile !== undefined) checkLogFile(absolute(options.logFile));
  const file = options.environmentFile === undefined ? undefined : absolute(options.environmentFile);
  const note = (text: string): void => {
    say(options, output, text);
    if (options.logFile !== undefined && options.logLevel !== 'none') {
      writeMainLog(absolute(options.logFile), `${program}: ${text}\n`);
    }
  };
  const variables = attempt(() => readEnvironment(file, environment, note), note);
  if (variables === undefined) return 1;
  if (options.readyDescriptor !== undefined) {
    surroundings.announceReady(options.readyDescriptor, placement.socketPath);
  }
  const isUser = options.isUser ?? uid !== 0;
  const asked: DinitOptions = {
    ...options,
    ...(options.logFile !== undefined && { logFile: absolute(options.logFile) }),
  };
  // The instance of the machine does not inherit our environment: it has to be told which file changes it.
  const fileWords = isUser || file === undefined ? [] : [`--env-file=${file}`];
  surroundings.becomeReeve([...fileWords, ...reeveArguments(asked, placement)], variables);
  return 0;
}

function placementOf(options: DinitOptions, { environment, uid, directory }: Surroundings): Placement {
  const isUser = options.isUser ?? uid !== 0;
  // Only clients read DINIT_SOCKET_PATH.
  const { DINIT_SOCKET_PATH: _, ...own } = environment;
  const path = socketPath({ path: options.socketPath, isUser }, own);
  if (path === undefined)
    throw new StartUpFailure('Cannot determine control socket directory (set XDG_RUNTIME_DIR or HOME)');
  const absolute = resolve(directory, path);
  return {
    isUser,
    socketPath: absolute,
    runDirectory: runDirectoryFor(absolute, options.socketPath === undefined),
    serviceDirectories:
      options.serviceDirectories.length > 0 ? options.serviceDirectories : serviceDirectories(isUser, environment),
  };
}

/** Undefined when it failed, which is noted then. */
function attempt<T>(action: () => T, note: (text: string) => void): T | undefined {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof StartUpFailure)) throw error;
    note(error.message);
    return undefined;
  }
}

/** Start-up messages are errors: they are shown unless nothing is to be shown. */
function say({ console }: DinitOptions, output: Output, text: string): void {
  if (console.level !== 'none') output.out(`${program}: ${text}\n`);
}
