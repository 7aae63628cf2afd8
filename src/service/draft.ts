/**
 * What the lines of a file have said so far about one service: absent means "not given". Texts that are substituted only when the whole file and
 * the environment file are known are still words.
 */
import type {
  Dependency,
  Identity,
  IoPriority,
  LimitValue,
  LogType,
  Origin,
  Readiness,
  RestartMode,
  ServiceType,
} from './description.ts';
import type { Word } from './words.ts';

export interface LimitPair {
  readonly soft: LimitValue;
  readonly hard: LimitValue;
}

export type ResourceName = 'nofile' | 'core' | 'data' | 'addrspace';

export interface Draft {
  type?: ServiceType;
  command?: readonly Word[];
  stopCommand?: readonly Word[];
  workingDirectory?: readonly Word[];
  pidFile?: readonly Word[];
  logFile?: readonly Word[];
  socketListen?: readonly Word[];
  /** Path as written and where it starts from. */
  environmentFile?: { readonly path: string; readonly directory: string; readonly origin: Origin };
  chainTo?: string;
  consumerOf?: string;
  restart?: RestartMode;
  smoothRecovery?: boolean;
  restartDelay?: number;
  restartLimitInterval?: number;
  restartLimitCount?: number;
  startTimeout?: number;
  stopTimeout?: number;
  runAs?: Identity;
  umask?: number;
  nice?: number;
  ioPriority?: IoPriority;
  oomScoreAdjust?: number;
  limits?: ReadonlyMap<ResourceName, LimitPair>;
  cgroup?: string;
  capabilities?: string;
  securebits?: readonly string[];
  logType?: LogType;
  logPermissions?: number;
  logOwner?: Identity;
  logGroup?: Identity;
  logBufferSize?: number;
  logRotateSize?: number;
  logRotateCount?: number;
  logTimestamps?: boolean;
  readiness?: Readiness;
  socketPermissions?: number;
  socketOwner?: Identity;
  socketGroup?: Identity;
  termSignal?: number | null;
  inittabId?: string;
  inittabLine?: string;
  /** Option words in the order given, each with the place of its last mention. */
  options?: ReadonlyMap<OptionWord, Origin>;
  exportsPasswdVariables?: boolean;
  exportsServiceName?: boolean;
  readonly dependencies: Dependency[];
  readonly waitsForDirectories: string[];
  enableVia?: string;
  readonly origins: Record<string, Origin>;
}

/** The parts that may be absent. */
export type DraftField = { [K in keyof Draft]-?: object extends Pick<Draft, K> ? K : never }[keyof Draft];

export const optionWords = [
  'runs-on-console',
  'starts-on-console',
  'shares-console',
  'unmask-intr',
  'starts-rwfs',
  'starts-log',
  'pass-cs-fd',
  'start-interruptible',
  'skippable',
  'signal-process-only',
  'always-chain',
  'kill-all-on-stop',
  'no-new-privs',
] as const;
export type OptionWord = (typeof optionWords)[number];

export function createDraft(): Draft {
  return { dependencies: [], waitsForDirectories: [], origins: {} };
}

/** Where a setting stands, as properties of a problem. */
export function placeOf(draft: Draft, setting: string): { readonly setting: string; readonly origin?: Origin } {
  const origin = draft.origins[setting];
  return origin === undefined ? { setting } : { setting, origin };
}
