/** The command line of dinit-monitor. */
import { Failure } from '../failure.ts';
import { splitCommand } from './command-template.ts';

export const program = 'dinit-monitor';

export interface Words {
  readonly started: string;
  readonly stopped: string;
  readonly failed: string;
  readonly set: string;
  readonly unset: string;
}

export interface MonitorOptions {
  readonly kind: 'monitor';
  readonly isUser: boolean | undefined;
  readonly socketPath: string | undefined;
  /** Watch variables instead of services. */
  readonly isEnvironment: boolean;
  readonly showsInitial: boolean;
  readonly endsAfterFirst: boolean;
  readonly command: readonly string[];
  readonly words: Words;
  readonly names: readonly string[];
}

/** @throws {Failure} */
export function parseCommandLine(args: readonly string[]): MonitorOptions | { readonly kind: 'help' | 'version' } {
  if (args.length === 0) return { kind: 'help' };
  let isUser: boolean | undefined;
  let socketPath: string | undefined;
  let command: string | undefined;
  let isEnvironment = false;
  let showsInitial = false;
  let endsAfterFirst = false;
  const names: string[] = [];
  const words = { started: 'started', stopped: 'stopped', failed: 'failed', set: 'set', unset: 'unset' };
  const rest = args.values();
  const valueAfter = (complaint: string): string => {
    const { done, value } = rest.next();
    if (done === true) throw Failure.of(program, complaint);
    return value;
  };
  for (const arg of rest) {
    switch (arg) {
      case '--help':
        return { kind: 'help' };
      case '--version':
        return { kind: 'version' };
      case '-e':
      case '--exit':
        endsAfterFirst = true;
        break;
      case '-E':
      case '--env':
        isEnvironment = true;
        break;
      case '-i':
      case '--initial':
        showsInitial = true;
        break;
      case '-s':
      case '--system':
        isUser = false;
        break;
      case '-u':
      case '--user':
        isUser = true;
        break;
      case '-p':
      case '--socket-path':
        socketPath = valueAfter('--socket-path/-p should be followed by socket path');
        if (socketPath === '') throw Failure.of(program, '--socket-path/-p should be followed by socket path');
        break;
      case '-c':
      case '--command':
        command = valueAfter('--command/-c should be followed by command');
        break;
      case '--str-started':
      case '--str-stopped':
      case '--str-failed':
      case '--str-set':
      case '--str-unset':
        words[wordOf(arg)] = valueAfter(`${arg} should be followed by an argument`);
        break;
      default:
        // Options that nobody knows mean nothing.
        if (!arg.startsWith('-')) names.push(arg);
    }
  }
  if (names.length === 0 && !isEnvironment) throw Failure.of(program, 'specify at least one service name');
  if (command === undefined) throw Failure.of(program, 'command must specified');
  const template = splitCommand(command);
  if (template.length === 0) throw Failure.of(program, 'specified command is empty');
  return {
    kind: 'monitor',
    isUser,
    socketPath,
    isEnvironment,
    showsInitial,
    endsAfterFirst,
    command: template,
    words,
    names,
  };
}

function wordOf(option: '--str-started' | '--str-stopped' | '--str-failed' | '--str-set' | '--str-unset'): keyof Words {
  switch (option) {
    case '--str-started':
      return 'started';
    case '--str-stopped':
      return 'stopped';
    case '--str-failed':
      return 'failed';
    case '--str-set':
      return 'set';
    case '--str-unset':
      return 'unset';
    default:
      return option satisfies never;
  }
}
