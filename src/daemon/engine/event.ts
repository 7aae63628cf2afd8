/**
 * What happens to the engine: requests of clients, reports of the launcher, the passing of time.
 *
 * Requests carry a command id chosen by the caller; each is answered by exactly one `reply` action within the same call of `reduce`, and a command
 * whose reply is `accepted` by exactly one `outcome` action then or later.
 */
import type { ExitStatus } from '../../api/service-status.ts';
import type { DependencyKind } from '../../service/description.ts';
import type { CommandId, Run, ServiceId } from '../model/ids.ts';
import type { Role } from '../model/service.ts';
import type { SupervisedDescription } from '../model/supervised-description.ts';
import type { RuntimeDependencyKind, Verb } from '../service-manager.ts';

export type { DependencyKind };

export interface LoadedDescription {
  readonly id: ServiceId;
  readonly description: SupervisedDescription;
}

export type EngineEvent = Request | Report | { readonly kind: 'timer' } | Recovery;

/** A process in the launcher's table, as a new daemon finds it. */
export interface LiveProcess {
  readonly id: ServiceId;
  readonly role: Role;
  readonly run: Run;
  readonly pid: number;
  readonly isExecuted: boolean;
  readonly isReady: boolean;
}

/** The state was taken over from a former daemon; these are the processes there are. */
export interface Recovery {
  readonly kind: 'recovered';
  readonly processes: readonly LiveProcess[];
}

export type Request =
  /** All of them or none: what they depend on must be among them or loaded. They may come in any order. */
  | { readonly kind: 'load'; readonly command: CommandId; readonly services: readonly LoadedDescription[] }
  /** A new description of a loaded service; its new dependencies must be loaded before. */
  | {
      readonly kind: 'reload';
      readonly command: CommandId;
      readonly id: ServiceId;
      readonly description: SupervisedDescription;
    }
  | { readonly kind: 'unload'; readonly command: CommandId; readonly id: ServiceId }
  | {
      readonly kind: 'command';
      readonly command: CommandId;
      readonly verb: Verb;
      readonly id: ServiceId;
      readonly pin: boolean;
      readonly force: boolean;
    }
  | { readonly kind: 'unpin'; readonly command: CommandId; readonly id: ServiceId }
  | { readonly kind: 'trigger'; readonly command: CommandId; readonly id: ServiceId; readonly isSet: boolean }
  | ({ readonly kind: 'add-dependency' | 'remove-dependency' } & DependencyRequest)
  /** A `waits-for` link from `from` to `to`; enable also starts `to` when `from` is up. */
  | {
      readonly kind: 'enable' | 'disable';
      readonly command: CommandId;
      readonly from: ServiceId;
      readonly to: ServiceId;
    }
  | { readonly kind: 'shutdown'; readonly command: CommandId };

export interface DependencyRequest {
  readonly command: CommandId;
  readonly from: ServiceId;
  readonly dependency: RuntimeDependencyKind;
  readonly to: ServiceId;
}

export type Report =
  | {
      readonly kind: 'executed';
      readonly id: ServiceId;
      readonly role: Role;
      readonly run: Run;
      readonly pid: number;
    }
  /** The process never came to be, or could not execute its program; no `exited` follows. */
  | {
      readonly kind: 'start-failed';
      readonly id: ServiceId;
      readonly role: Role;
      readonly run: Run;
      readonly opIndex: number;
      readonly opType: number;
      readonly errno: number;
    }
  | {
      readonly kind: 'exited';
      readonly id: ServiceId;
      readonly role: Role;
      readonly run: Run;
      readonly pid: number;
      readonly exit: ExitStatus;
    }
  | { readonly kind: 'ready'; readonly id: ServiceId; readonly run: Run }
  | { readonly kind: 'ready-closed'; readonly id: ServiceId; readonly run: Run }
  | {
      readonly kind: 'pid-file';
      readonly id: ServiceId;
      readonly run: Run;
      readonly result: PidFileResult;
      readonly errno: number;
      /** The number found in it, 0 if none; the supervised process if the result is `supervised`. */
      readonly pid: number;
    }
  /** The host has ended all other processes, as asked by `kill-all`. */
  | { readonly kind: 'killed-all'; readonly id: ServiceId };

/** In the order of the launcher's result codes 0 to 6. */
export const pidFileResults = [
  'supervised',
  'cannot-open',
  'not-trusted',
  'no-number',
  'no-such-process',
  'not-ours',
  'of-another-service',
] as const;
export type PidFileResult = (typeof pidFileResults)[number];
