/**
 * The plan as data: what the encoder writes and the decoder gives back.
 *
 * A service's *program* is the list of ops that the launcher's child works through, in order, between fork and exec. Everything in it is resolved:
 * users are numbers, paths are what the kernel gets, the environment is a list of changes. What an op means is said in docs/protocol.md, section 2.
 */
import type { FileIdentity } from '../service/service-files.ts';
import type { logTypes, Role } from './records.ts';

export type Op =
  | { readonly kind: 'chdir'; readonly path: string }
  | { readonly kind: 'umask'; readonly mask: number }
  | {
      readonly kind: 'rlimit';
      readonly resource: number;
      readonly side: 'soft' | 'hard' | 'both';
      readonly soft: bigint;
      readonly hard: bigint;
    }
  | { readonly kind: 'nice'; readonly value: number }
  | { readonly kind: 'ioprio'; readonly value: number }
  | { readonly kind: 'oom-score-adj'; readonly value: number }
  | { readonly kind: 'groups'; readonly gids: readonly number[] }
  | { readonly kind: 'gid'; readonly gid: number }
  | { readonly kind: 'uid'; readonly uid: number }
  | { readonly kind: 'no-new-privs' }
  | { readonly kind: 'streams'; readonly which: 'service' | 'log-file-only' }
  | { readonly kind: 'setsid' }
  | { readonly kind: 'env-clear' }
  | { readonly kind: 'env-unset'; readonly name: string }
  | { readonly kind: 'env-import'; readonly name: string }
  | { readonly kind: 'env-set'; readonly assignment: string }
  | { readonly kind: 'exec'; readonly candidates: readonly string[]; readonly argv: readonly string[] }
  | { readonly kind: 'open-log' }
  | { readonly kind: 'open-socket' }
  | { readonly kind: 'pass-descriptors' };

export interface Program {
  readonly role: Role;
  readonly ops: readonly Op[];
}

/** -1 leaves the owner or group as it is. */
export interface PlanOwner {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

export type PlanSocket =
  | { readonly family: 'unix'; readonly path: string; readonly owner: PlanOwner }
  | { readonly family: 'inet' | 'inet6'; readonly address: Uint8Array; readonly port: number };

export interface PlanLog {
  readonly type: (typeof logTypes)[number];
  readonly bufferSize: number;
  readonly timestamps: boolean;
  /** Absolute; empty unless the type is `file`. */
  readonly path: string;
  readonly owner: PlanOwner;
  /** Bytes, 0 = never. */
  readonly rotateSize: number;
  readonly rotateCount: number;
}

export interface ServicePlan {
  readonly name: string;
  readonly programs: readonly Program[];
  readonly socket?: PlanSocket;
  readonly log?: PlanLog;
  /** `owner` is the uid besides 0 that may own the file. */
  readonly pidFile?: { readonly path: string; readonly owner: number };
  readonly consumes?: string;
  /** Sum of `serviceFlags`. */
  readonly flags: number;
  /** `descriptor` -1: any number, told in `variable`. */
  readonly readiness?: { readonly descriptor: number; readonly variable: string };
}

export interface Plan {
  readonly generation: number;
  /** SHA-256 of every input that is not a file. */
  readonly digest: Uint8Array;
  readonly identities: readonly FileIdentity[];
  readonly services: readonly ServicePlan[];
  /** The daemon's part: JSON of `PlanDescriptions`. */
  readonly descriptions: string;
}
