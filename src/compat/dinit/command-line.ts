/**
 * dinit's command line. As process 1 of the machine it comes from the kernel, with words that are meant for others: until `-m` or `-o` says that somebody means
 * it, only `single` is a service and what is unknown is passed over.
 */
import { fstatSync } from 'node:fs';
import { parseServiceName } from '../../service/names.ts';
import { Failure } from '../failure.ts';

export const program = 'dinit';

const levels = ['none', 'error', 'warn', 'info', 'debug'] as const;
export type Level = (typeof levels)[number];

export interface DinitOptions {
  readonly kind: 'run';
  readonly isUser: boolean | undefined;
  /** Undefined: by whether it is process 1. */
  readonly isSystemManager: boolean | undefined;
  readonly serviceDirectories: readonly string[];
  readonly environmentFile: string | undefined;
  readonly socketPath: string | undefined;
  readonly readyDescriptor: number | undefined;
  readonly logFile: string | undefined;
  readonly console: ConsoleOptions;
  readonly logLevel: Level;
  readonly recoversAutomatically: boolean;
  readonly cgroupPath: string | undefined;
  readonly services: readonly string[];
}

export interface ConsoleOptions {
  readonly level: Level;
  /** Status lines are shown at any level; after `--quiet` they follow it. */
  readonly alwaysShowsStatus: boolean;
}

/** @param isInit Process 1, as root. @throws {Failure} */
export function parseCommandLine(
  args: readonly string[],
  isInit: boolean,
): DinitOptions | { readonly kind: 'help' | 'version' } {
  let isUser: boolean | undefined;
  let isSystemManager: boolean | undefined;
  let environmentFile: string | undefined;
  let socketPath: string | undefined;
  let readyDescriptor: number | undefined;
  let logFile: string | undefined;
  let cgroupPath: string | undefined;
  let recoversAutomatically = false;
  let console: ConsoleOptions = { level: 'warn', alwaysShowsStatus: true };
  let logLevel: Level = 'info';
  const serviceDirectories: string[] = [];
  const services: string[] = [];
  const rest = args.values();
  const next = (option: string): string => {
    const { done, value } = rest.next();
    if (done === true || value === '') throw Failure.of(program, `${option} requires an argument`);
    return value;
  };
  for (const arg of rest) {
    switch (arg) {
      case '--help':
        return { kind: 'help' };
      case '--version':
        return { kind: 'version' };
      case '-e':
      case '--env-file':
        environmentFile = next("'--env-file' (-e)");
        break;
      case '-d':
      case '--services-dir':
        serviceDirectories.push(next("'--services-dir' (-d)"));
        break;
      case '-s':
      case '--system':
        isUser = false;
        break;
      case '-u':
      case '--user':
        isUser = true;
        break;
      case '-m':
      case '--system-mgr':
        isSystemManager = true;
        break;
      case '-o':
      case '--container':
        isSystemManager = false;
        break;
      case '-r':
      case '--auto-recovery':
        recoversAutomatically = true;
        break;
      case '-p':
      case '--socket-path':
        socketPath = next("'--socket-path' (-p)");
        break;
      case '-F':
      case '--ready-fd':
        readyDescriptor = descriptor(rest.next());
        break;
      case '-b':
      case '--cgroup-path':
        cgroupPath = next("'--cgroup-path' (-b)");
        break;
      case '-l':
      case '--log-file':
        logFile = next("'--log-file' (-l)");
        break;
      case '-q':
      case '--quiet':
        console = { level: 'none', alwaysShowsStatus: false };
        break;
      case '--console-level':
        console = { ...console, level: level("'--console-level'", next("'--console-level'")) };
        break;
      case '--log-level':
        logLevel = level("'--log-level'", next("'--log-level'"));
        break;
      case '-t':
      case '--service':
        services.push(serviceName(next("'--service' (-t)")));
        break;
      default: {
        const isForeign = isInit && isSystemManager === undefined;
        if (arg === '') throw Failure.of(program, 'error: empty command-line argument');
        if (arg.startsWith('-')) {
          if (!isForeign) throw Failure.of(program, `unrecognized option: ${arg}`);
        } else if (!isForeign || arg === 'single') {
          services.push(serviceName(arg));
        }
      }
    }
  }
  return {
    kind: 'run',
    isUser,
    isSystemManager,
    serviceDirectories,
    environmentFile,
    socketPath,
    readyDescriptor,
    logFile,
    console,
    logLevel,
    recoversAutomatically,
    cgroupPath,
    services,
  };
}

/** Only what dinit refuses; what a service may be called is found out when it is loaded. */
function serviceName(name: string): string {
  const parsed = parseServiceName(name);
  const isRefused = name.startsWith('.') || name.startsWith('@');
  if (isRefused || (parsed.kind === 'refused' && name.includes('\0'))) {
    throw Failure.of(program, `error: invalid service name '${name}'.`);
  }
  return name;
}

function level(option: string, text: string): Level {
  const found = levels.find((each) => each === text);
  if (found !== undefined) return found;
  const list = levels.map((each) => `'${each}'`).join(', ');
  throw Failure.of(program, `${option} accepts only arguments: ${list}`);
}

function descriptor({ done, value }: IteratorResult<string>): number {
  if (done === true) throw Failure.of(program, "'--ready-fd' (-F) requires an argument");
  if (!/^\d+$/.test(value)) throw Failure.of(program, "'--ready-fd' (-F) requires a numerical argument");
  const number = Number(value);
  if (number === 0 || !isOpen(number)) throw Failure.of(program, "'--ready-fd' (-F) requires an open file descriptor");
  return number;
}

function isOpen(number: number): boolean {
  try {
    fstatSync(number);
    return true;
  } catch {
    return false;
  }
}
