/** What went wrong, for people in two lines at most, for programs as an object, for scripts as an exit status. */
import { ControlError, type ControlProblem } from '../../api/control-error.ts';
import { SocketPathError } from '../../api/default-paths.ts';
import { errnoText } from '../../api/errno-text.ts';
import { ConnectionError } from '../../api/varlink/client-connection.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';

export interface Failure {
  readonly exitCode: ExitCode;
  readonly message: string;
  /** Lines that explain it. */
  readonly more?: readonly string[];
  /** What to do about it. */
  readonly advice?: string;
  /** `service-not-found`, `not-connected`… */
  readonly kind: string;
  /** What belongs to the kind. */
  readonly details?: object;
}

/** Something that reevectl itself finds wrong. */
export class ReevectlError extends Error {
  override readonly name = 'ReevectlError';
  readonly code = 'REEVE_CTL';
  readonly failure: Failure;

  constructor(failure: Failure, options?: ErrorOptions) {
    super(failure.message, options);
    this.failure = failure;
  }
}

export function usageError(message: string, advice?: string): ReevectlError {
  return new ReevectlError({
    exitCode: exitCodes.usage,
    kind: 'usage',
    message,
    ...(advice !== undefined && { advice }),
  });
}

/** @throws the error itself when it is a defect and no failure. */
export function toFailure(error: unknown): Failure {
  if (error instanceof ReevectlError) return error.failure;
  if (error instanceof ControlError) return controlFailure(error);
  if (error instanceof ConnectionError) return connectionFailure(error);
  if (error instanceof SocketPathError) {
    return { exitCode: exitCodes.notConnected, kind: 'not-connected', message: `reevectl: ${error.message}` };
  }
  throw error;
}

function controlFailure({ message, problem }: ControlError): Failure {
  const advice = adviceFor(problem);
  return {
    exitCode: exitCodeOf(problem),
    kind: problem.kind,
    // All problems follow on lines of their own.
    message: problem.kind === 'load-failed' ? `${problem.name}: cannot be loaded` : message,
    ...(advice !== undefined && { advice }),
    details: problem,
  };
}

function exitCodeOf(problem: ControlProblem): ExitCode {
  switch (problem.kind) {
    case 'service-not-found':
    case 'service-not-loaded':
    case 'no-such-dependency':
      return exitCodes.notFound;
    case 'load-failed':
    case 'failed':
    case 'cancelled':
    case 'abandoned':
    case 'other':
      return exitCodes.failed;
    case 'pinned-stopped':
    case 'pinned-started':
    case 'has-dependents':
    case 'not-started':
    case 'no-active-dependents':
    case 'shutting-down':
    case 'not-triggered':
    case 'wrong-state':
    case 'dependency-cycle':
    case 'in-use':
    case 'incompatible':
    case 'no-process':
    case 'log-unavailable':
    case 'not-allowed':
    case 'permission-denied':
      return exitCodes.refused;
    case 'invalid-parameter':
      return exitCodes.usage;
    default:
      return problem satisfies never;
  }
}

function adviceFor(problem: ControlProblem): string | undefined {
  switch (problem.kind) {
    case 'service-not-loaded':
      return `reevectl start ${problem.name} loads and starts it`;
    case 'pinned-stopped':
    case 'pinned-started':
      return `reevectl unpin ${problem.name} takes the pin off`;
    case 'has-dependents':
      return `add --force to take ${problem.dependents.length === 1 ? 'it' : 'them'} along`;
    case 'not-started':
      return `reevectl start ${problem.name} starts it`;
    case 'permission-denied':
      return 'reevectl access shows what you may do, and why';
    default:
      return undefined;
  }
}

function connectionFailure(error: ConnectionError): Failure {
  const { path, reason } = error;
  const base = { exitCode: exitCodes.notConnected, kind: 'not-connected', details: { path, reason } } as const;
  if (reason === 'CLOSED') return { ...base, message: 'reevectl: the daemon closed the connection' };
  if (reason === 'PROTOCOL') return { ...base, message: `reevectl: ${error.message}` };
  const message = `reevectl: cannot connect to ${path}: ${reasonText(error)}`;
  switch (reason) {
    case 'ENOENT':
    case 'ECONNREFUSED':
      return { ...base, message, advice: 'perhaps no instance is running: see --user, --system and --socket-path' };
    default:
      return { ...base, message };
  }
}

function reasonText({ cause, reason }: ConnectionError): string {
  const errno = cause instanceof Error && 'errno' in cause ? cause.errno : undefined;
  return typeof errno === 'number' ? errnoText(-errno) : reason;
}
