/**
 * What the launcher reports to the daemon, decoded (docs/protocol.md, section 6). Times are milliseconds of CLOCK_MONOTONIC, which is also the
 * clock of `performance` and `process.hrtime` in this process.
 */
import type { ExitStatus } from '../../api/service-status.ts';
import type { PidFileResult } from '../engine/event.ts';
import type { Role } from '../model/service.ts';

/** What the process used, over its life. */
export interface ProcessUsage {
  readonly userMs: number;
  readonly systemMs: number;
  readonly peakResidentBytes: number;
}

export type ComponentName = 'daemon' | 'logger' | 'compiler';

export type LogTrouble = 'lost' | 'disk-full' | 'disk-back' | 'rotated' | 'rotation-failed';

export type LauncherEvent =
  | {
      readonly kind: 'welcome';
      readonly launcherPid: number;
      readonly mode: 'user' | 'system';
      /** How often a daemon was started, this one included. */
      readonly daemonStarts: number;
      /** 0 while the boot plan is being compiled. */
      readonly bootGeneration: number;
      /** The present program does not work: this is the one that was kept. */
      readonly isFormerProgram: boolean;
      readonly formerDaemon: string;
    }
  | {
      readonly kind: 'plan';
      readonly generation: number;
      /** The number given to `compile`, or 0 for the boot plan and for plans that were in use before this daemon came. */
      readonly request: number;
      readonly json: string;
      /** The slot of each service, in the order of the JSON's `services`. */
      readonly slots: readonly number[];
      /** Those of them that run by this plan now. */
      readonly used: readonly number[];
    }
  | { readonly kind: 'plan-failed'; readonly request: number; readonly text: string }
  | {
      readonly kind: 'process';
      readonly slot: number;
      readonly role: Role;
      readonly run: number;
      readonly pid: number;
      readonly isExecuted: boolean;
      readonly isReady: boolean;
      readonly since: number;
    }
  | { readonly kind: 'synced' }
  | {
      readonly kind: 'executed';
      readonly slot: number;
      readonly role: Role;
      readonly run: number;
      readonly pid: number;
      readonly when: number;
    }
  | {
      readonly kind: 'start-failed';
      readonly slot: number;
      readonly role: Role;
      readonly run: number;
      readonly opIndex: number;
      readonly opType: number;
      readonly errno: number;
    }
  | {
      readonly kind: 'exited';
      readonly slot: number;
      readonly role: Role;
      readonly run: number;
      readonly pid: number;
      readonly exit: ExitStatus;
      readonly when: number;
      /** Absent where it cannot be known (portable mode). */
      readonly usage?: ProcessUsage;
    }
  | { readonly kind: 'ready'; readonly slot: number; readonly run: number }
  | { readonly kind: 'ready-closed'; readonly slot: number; readonly run: number }
  | {
      readonly kind: 'pid-file';
      readonly slot: number;
      readonly run: number;
      readonly result: PidFileResult;
      readonly errno: number;
      readonly pid: number;
    }
  | {
      readonly kind: 'signal-failed';
      readonly slot: number;
      readonly role: Role;
      readonly signal: number;
      readonly errno: number;
    }
  | {
      readonly kind: 'environment';
      readonly result: 'set' | 'unset' | 'not-allowed' | 'too-many';
      /** `NAME=value`, or `NAME` when it was unset. */
      readonly text: string;
    }
  | { readonly kind: 'requested'; readonly signal: number }
  | {
      readonly kind: 'component';
      readonly component: ComponentName;
      readonly event: 'started' | 'ended';
      readonly pid: number;
      readonly exit: ExitStatus;
      readonly count: number;
    }
  | {
      readonly kind: 'log';
      readonly slot: number;
      readonly what: LogTrouble;
      readonly amount: number;
      readonly errno: number;
    }
  | { readonly kind: 'refused'; readonly messageType: number; readonly slot: number; readonly errno: number };
