/**
 * dinitctl's command line, read from left to right: options may stand before or after the command, some of them only after theirs. The first thing that decides
 * (an error, `--help`, `--version`) wins.
 */
import type { LinkKind } from '../../dinit/words.ts';
import { Failure } from '../failure.ts';
import { failure } from './words.ts';
import { parseSignal } from './signals.ts';

export type Verb = 'start' | 'stop' | 'restart' | 'wake' | 'release';

export type Command =
  | { readonly kind: 'verb'; readonly verb: Verb; readonly service: string }
  | {
      readonly kind:
        'unpin' | 'unload' | 'reload' | 'status' | 'is-started' | 'is-failed' | 'trigger' | 'untrigger' | 'catlog';
      readonly service: string;
    }
  | { readonly kind: 'list' | 'shutdown' }
  | { readonly kind: 'list-signals' }
  | { readonly kind: 'add-dep' | 'rm-dep'; readonly dependency: LinkKind; readonly from: string; readonly to: string }
  | { readonly kind: 'enable' | 'disable'; readonly from: string | undefined; readonly to: string }
  | { readonly kind: 'setenv' | 'unsetenv'; readonly variables: readonly string[] }
  | { readonly kind: 'signal'; readonly signal: number; readonly service: string };

export interface Options {
  /** Undefined: by who calls. */
  readonly isUser: boolean | undefined;
  readonly socketPath: string | undefined;
  readonly usesPassedDescriptor: boolean;
  readonly isQuiet: boolean;
  readonly isOffline: boolean;
  readonly serviceDirectories: readonly string[];
  readonly isWaiting: boolean;
  readonly isPinned: boolean;
  readonly isForced: boolean;
  readonly ignoresUnstarted: boolean;
  readonly clears: boolean;
}

export type CommandLine =
  | { readonly kind: 'help' | 'version' }
  | { readonly kind: 'command'; readonly command: Command; readonly options: Options };

const invalid = () => new Failure("dinitctl: Invalid command line.\nTry 'dinitctl --help' for more information.\n");

const words = [
  'start',
  'stop',
  'restart',
  'wake',
  'release',
  'unpin',
  'unload',
  'reload',
  'list',
  'status',
  'is-started',
  'is-failed',
  'shutdown',
  'add-dep',
  'rm-dep',
  'enable',
  'disable',
  'setenv',
  'unsetenv',
  'trigger',
  'untrigger',
  'catlog',
  'signal',
] as const;
type Word = (typeof words)[number];

/** Options that are valid after these commands only. */
const commandOptions: Readonly<Record<string, readonly Word[]>> = {
  '--force': ['stop', 'restart'],
  '-f': ['stop', 'restart'],
  '--clear': ['catlog'],
  '--list': ['signal'],
  '-l': ['signal'],
  '--from': ['enable', 'disable'],
};

const dependencyWords: Readonly<Record<string, LinkKind>> = {
  need: 'depends-on',
  regular: 'depends-on',
  milestone: 'depends-ms',
  'waits-for': 'waits-for',
};

/** @throws {Failure} */
export function parseCommandLine(args: readonly string[]): CommandLine {
  if (args.length === 0) return { kind: 'help' };
  const options: { -readonly [P in keyof Options]: Options[P] } & { serviceDirectories: string[] } = {
    isUser: undefined,
    socketPath: undefined,
    usesPassedDescriptor: false,
    isQuiet: false,
    isOffline: false,
    serviceDirectories: [],
    isWaiting: true,
    isPinned: false,
    isForced: false,
    ignoresUnstarted: false,
    clears: false,
  };
  let word: Word | undefined;
  let from: string | undefined;
  let listsSignals = false;
  const operands: string[] = [];
  const rest = args.values();
  for (const arg of rest) {
    if (!arg.startsWith('-')) {
      if (word === undefined) word = wordOf(arg);
      else if (arg === '') throw failure('Invalid empty argument');
      else operands.push(arg);
      continue;
    }
    const permitted = commandOptions[arg];
    if (permitted && (word === undefined || !permitted.includes(word))) throw invalid();
    switch (arg) {
      case '--help':
        return { kind: 'help' };
      case '--version':
        return { kind: 'version' };
      case '-s':
      case '--system':
        options.isUser = false;
        break;
      case '-u':
      case '--user':
        options.isUser = true;
        break;
      case '-p':
      case '--socket-path':
        options.socketPath = valueAfter(rest, '--socket-path/-p should be followed by socket path');
        break;
      case '-d':
      case '--services-dir':
        options.serviceDirectories.push(valueAfter(rest, "'--services-dir' (-d) requires an argument"));
        break;
      case '--from':
        from = valueAfter(rest, '--from should be followed by a service name');
        break;
      case '--use-passed-cfd':
        options.usesPassedDescriptor = true;
        break;
      case '--quiet':
        options.isQuiet = true;
        break;
      case '-o':
      case '--offline':
        options.isOffline = true;
        break;
      case '--no-wait':
        options.isWaiting = false;
        break;
      case '--pin':
        options.isPinned = true;
        break;
      case '--force':
      case '-f':
        options.isForced = true;
        break;
      case '--ignore-unstarted':
        options.ignoresUnstarted = true;
        break;
      case '--clear':
        options.clears = true;
        break;
      case '--list':
      case '-l':
        listsSignals = true;
        break;
      default:
        throw failure(`unrecognized/invalid option: ${arg} (use --help for help)`);
    }
  }
  if (word === undefined) throw invalid();
  const command = commandOf(word, operands, from, listsSignals);
  if (options.isOffline && command.kind !== 'enable' && command.kind !== 'disable') {
    throw failure('offline mode (--offline/-o) not supported for this command');
  }
  return { kind: 'command', command, options };
}

function wordOf(arg: string): Word {
  const word = words.find((each) => each === arg);
  if (word === undefined) throw failure(`unrecognized command: ${arg} (use --help for help)`);
  return word;
}

function valueAfter(rest: Iterator<string>, complaint: string): string {
  const { done, value } = rest.next();
  if (done === true || value === '') throw failure(complaint);
  return value;
}

function commandOf(word: Word, operands: readonly string[], from: string | undefined, listsSignals: boolean): Command {
  switch (word) {
    case 'start':
    case 'stop':
    case 'restart':
    case 'wake':
    case 'release':
      return { kind: 'verb', verb: word, service: only(operands) };
    case 'unpin':
    case 'unload':
    case 'reload':
    case 'status':
    case 'is-started':
    case 'is-failed':
    case 'trigger':
    case 'untrigger':
    case 'catlog':
      return { kind: word, service: only(operands) };
    case 'list':
    case 'shutdown':
      if (operands.length > 0) throw invalid();
      return { kind: word };
    case 'add-dep':
    case 'rm-dep': {
      const [kind = '', first, second] = operands;
      const dependency = dependencyWords[kind];
      if (first === undefined || second === undefined || operands.length > 3 || !dependency) throw invalid();
      return { kind: word, dependency, from: first, to: second };
    }
    case 'enable':
    case 'disable':
      return { kind: word, from, to: only(operands) };
    case 'setenv':
    case 'unsetenv':
      if (operands.length === 0) throw invalid();
      return { kind: word, variables: operands };
    case 'signal':
      return signalCommand(operands, listsSignals);
    default:
      return word satisfies never;
  }
}

function signalCommand(operands: readonly string[], listsSignals: boolean): Command {
  const [written, service] = operands;
  if (listsSignals) {
    if (written !== undefined) throw invalid();
    return { kind: 'list-signals' };
  }
  if (written === undefined) throw failure('signal number/name must be specified');
  if (service === undefined) throw failure('service name must be specified');
  if (operands.length > 2) throw invalid();
  const signal = parseSignal(written);
  if (signal === undefined) throw failure(`'${written}' is not a valid signal name/number`);
  return { kind: 'signal', signal, service };
}

function only(operands: readonly string[]): string {
  const [first] = operands;
  if (first === undefined || operands.length > 1) throw invalid();
  return first;
}
