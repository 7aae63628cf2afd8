/**
 * A service's status with its meaning, and its way into the bytes of each form and back.
 *
 * What a service's last process came to shares its place in the packet with the process id and with the error of an execution that failed; which one it is
 * depends on the flags and the stop reason.
 */
import type { ExitStatus, ServiceState, StopReason } from '../api/service-status.ts';
import type { Status1, Status5, Status6 } from './status-layout.ts';
import { exitCodes, states, statusFlags, stopReasons } from './words.ts';

export type ProcessStatus =
  | { readonly kind: 'running'; readonly pid: number }
  /** `stage` is a number of `execStages`, or one that only another program knows. */
  | { readonly kind: 'exec-failed'; readonly stage: number; readonly errno: number }
  | { readonly kind: 'exited' | 'killed' | 'core-dump'; readonly status: number }
  /** Nothing ran yet. */
  | { readonly kind: 'none' }
  /** All that the first form tells of a bad exit, and whatever else nobody understands. */
  | { readonly kind: 'unclean' };

export interface DinitStatus {
  readonly state: ServiceState;
  readonly target: 'started' | 'stopped';
  readonly isExplicit: boolean;
  readonly isSkipped: boolean;
  readonly console: 'none' | 'waiting' | 'held';
  readonly stopReason: StopReason;
  readonly process: ProcessStatus;
  /** Nanoseconds since 1970; absent in the older forms. */
  readonly modified?: bigint;
}

const second = 1_000_000_000n;

export function exitProcess(exit: ExitStatus | undefined): ProcessStatus {
  return exit === undefined ? { kind: 'none' } : exit;
}

export function toStatus1(status: DinitStatus): Status1 {
  const { process } = status;
  return { ...head(status), detail: detail1(process) };
}

export function toStatus5(status: DinitStatus): Status5 {
  const { process } = status;
  const head5 = head(status);
  switch (process.kind) {
    case 'running':
      return { ...head5, detail: process.pid, exitStatus: 0 };
    case 'exec-failed':
      return { ...head5, detail: process.errno, exitStatus: 0 };
    case 'exited':
    case 'killed':
    case 'core-dump':
      return { ...head5, detail: exitCodes[process.kind], exitStatus: process.status };
    case 'none':
    case 'unclean':
      return { ...head5, detail: 0, exitStatus: 0 };
    default:
      return process satisfies never;
  }
}

export function toStatus6(status: DinitStatus): Status6 {
  const { modified = 0n } = status;
  // Times before 1970 keep nanoseconds that count up, as in C.
  const nanoseconds = ((modified % second) + second) % second;
  return {
    ...toStatus5(status),
    modifiedSeconds: (modified - nanoseconds) / second,
    modifiedNanoseconds: nanoseconds,
  };
}

/** Undefined for numbers that mean nothing. */
export function fromStatus(status: Status1 | Status5 | Status6): DinitStatus | undefined {
  const { flags } = status;
  const state = states[status.state];
  const target = states[status.target];
  const stopReason = stopReasons[status.stopReason];
  if (state === undefined || stopReason === undefined) return undefined;
  if (target !== 'started' && target !== 'stopped') return undefined;
  return {
    state,
    target,
    isExplicit: (flags & statusFlags.isExplicit) !== 0,
    isSkipped: (flags & statusFlags.isSkipped) !== 0,
    console: consoleOf(flags),
    stopReason,
    process: processOf(status, stopReason),
    ...('modifiedSeconds' in status && { modified: status.modifiedSeconds * second + status.modifiedNanoseconds }),
  };
}

function head(status: DinitStatus): Omit<Status1, 'detail'> {
  const { process, stopReason } = status;
  const flags =
    (status.console === 'waiting' ? statusFlags.waitsForConsole : 0) |
    (status.console === 'held' ? statusFlags.hasConsole : 0) |
    (status.isSkipped ? statusFlags.isSkipped : 0) |
    (status.isExplicit ? statusFlags.isExplicit : 0) |
    (process.kind === 'running' ? statusFlags.hasProcess : 0);
  return {
    state: states.indexOf(status.state),
    target: states.indexOf(status.target),
    flags,
    stopReason: stopReasons.indexOf(stopReason),
    stage: process.kind === 'exec-failed' ? process.stage : 0,
  };
}

function detail1(process: ProcessStatus): number {
  switch (process.kind) {
    case 'running':
      return process.pid;
    case 'exec-failed':
      return process.errno;
    case 'none':
      return 0;
    case 'exited':
      return process.status === 0 ? 0 : -1;
    case 'killed':
    case 'core-dump':
    case 'unclean':
      return -1;
    default:
      return process satisfies never;
  }
}

function processOf(status: Status1 | Status5, stopReason: StopReason): ProcessStatus {
  const { flags, stage, detail } = status;
  if ((flags & statusFlags.hasProcess) !== 0) return { kind: 'running', pid: detail };
  if (stopReason === 'exec-failed') return { kind: 'exec-failed', stage, errno: detail };
  if (!('exitStatus' in status)) return fromWaitStatus(detail);
  switch (detail) {
    case 0:
      return { kind: 'none' };
    case exitCodes.exited:
      return { kind: 'exited', status: status.exitStatus };
    case exitCodes.killed:
      return { kind: 'killed', status: status.exitStatus };
    case exitCodes['core-dump']:
      return { kind: 'core-dump', status: status.exitStatus };
    default:
      return { kind: 'unclean' };
  }
}

/** Old servers send what wait(2) tells; the present one sends 0 or -1. */
function fromWaitStatus(status: number): ProcessStatus {
  const signal = status & 0x7f;
  if (signal === 0) return { kind: 'exited', status: (status >> 8) & 0xff };
  return signal === 0x7f ? { kind: 'unclean' } : { kind: 'killed', status: signal };
}

function consoleOf(flags: number): DinitStatus['console'] {
  if ((flags & statusFlags.hasConsole) !== 0) return 'held';
  return (flags & statusFlags.waitsForConsole) !== 0 ? 'waiting' : 'none';
}
