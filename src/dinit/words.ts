/** Numbers of the protocol and the words for them that the rest of the project uses. */
import type { ServiceEventKind, ServiceState, StopReason } from '../api/service-status.ts';

export const states = ['stopped', 'starting', 'started', 'stopping'] as const satisfies readonly ServiceState[];

export const events = [
  'started',
  'stopped',
  'start-failed',
  'start-cancelled',
  'stop-cancelled',
] as const satisfies readonly ServiceEventKind[];

export const stopReasons = [
  'normal',
  'dependency-restart',
  'dependency-failed',
  'failed',
  'exec-failed',
  'timed-out',
  'terminated',
] as const satisfies readonly StopReason[];

/** From 1: number 0 means that nothing was asked for and is not accepted. */
export const shutdownTypes = ['remain', 'halt', 'power-off', 'reboot', 'soft-reboot', 'kexec'] as const;
export type ShutdownType = (typeof shutdownTypes)[number];

export function shutdownTypeOf(code: number): ShutdownType | undefined {
  return shutdownTypes[code - 1];
}

/** The dependency kinds that can be added and removed while services run. */
export const linkKinds = { 'depends-on': 0, 'waits-for': 2, 'depends-ms': 3 } as const;
export type LinkKind = keyof typeof linkKinds;

export function linkKindOf(code: number): LinkKind | undefined {
  return (Object.keys(linkKinds) as LinkKind[]).find((kind) => linkKinds[kind] === code);
}

/** Bits of the requests that start and stop. */
export const commandFlags = { pin: 1, gentle: 2, restart: 4, preAcknowledge: 128 } as const;

/** Bits of the request for a log. */
export const logFlags = { clear: 1 } as const;

/** Bits of a status. */
export const statusFlags = { waitsForConsole: 1, hasConsole: 2, isSkipped: 4, isExplicit: 8, hasProcess: 16 } as const;

/** si_code of waitid. */
export const exitCodes = { exited: 1, killed: 2, 'core-dump': 3 } as const;

/** The execution stages that have a meaning, by number. */
export const execStages = {
  descriptors: 0,
  environment: 1,
  'readiness-variable': 2,
  'activation-socket': 3,
  'control-socket': 4,
  'working-directory': 5,
  'standard-streams': 6,
  cgroup: 7,
  limits: 8,
  identity: 9,
  'log-file': 10,
  capabilities: 11,
  priority: 12,
  exec: 18,
} as const;
export type ExecStage = keyof typeof execStages;
