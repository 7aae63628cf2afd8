/** The command line of dinit-check. */
import { Failure } from '../failure.ts';

export const program = 'dinit-check';

export interface CheckOptions {
  readonly kind: 'check';
  readonly isUser: boolean | undefined;
  readonly isOnline: boolean;
  readonly socketPath: string | undefined;
  readonly environmentFile: string | undefined;
  readonly serviceDirectories: readonly string[];
  readonly services: readonly string[];
}

/** @throws {Failure} */
export function parseCommandLine(args: readonly string[]): CheckOptions | { readonly kind: 'help' } {
  let isUser: boolean | undefined;
  let isOnline = false;
  let socketPath: string | undefined;
  let environmentFile: string | undefined;
  const serviceDirectories: string[] = [];
  const services: string[] = [];
  const rest = args.values();
  const valueAfter = (complaint: string): string => {
    const { done, value } = rest.next();
    if (done === true || value === '') throw Failure.of(program, complaint);
    return value;
  };
  for (const arg of rest) {
    switch (arg) {
      case '--help':
        return { kind: 'help' };
      case '-d':
      case '--services-dir':
        serviceDirectories.push(valueAfter("'--services-dir' (-d) requires an argument"));
        break;
      case '-n':
      case '--online':
        isOnline = true;
        break;
      case '-p':
      case '--socket-path':
        socketPath = valueAfter('--socket-path/-p should be followed by socket path');
        break;
      case '-e':
      case '--env-file':
        environmentFile = valueAfter('--env-file/-e should be followed by environment file path');
        break;
      case '-s':
      case '--system':
        isUser = false;
        break;
      case '-u':
      case '--user':
        isUser = true;
        break;
      default:
        if (arg.startsWith('-')) {
          throw Failure.of(program, `unrecognized option: '${arg}' (use '--help' for help)`);
        }
        services.push(arg);
    }
  }
  return { kind: 'check', isUser, isOnline, socketPath, environmentFile, serviceDirectories, services };
}
