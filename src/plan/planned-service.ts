/**
 * The daemon's view of a service: its description without what only the launcher needs. Above all it has no environment values, which may be
 * secrets: the daemon talks to clients and must have nothing to leak. Paths are as the launcher uses them, absolute.
 */
import type {
  Dependency,
  LoadFailure,
  Origin,
  Problem,
  ResourceLimit,
  ServiceDescription,
} from '../service/description.ts';
import type { Role } from './records.ts';

type LauncherOnly =
  | 'environment'
  | 'umask'
  | 'nice'
  | 'ioPriority'
  | 'oomScoreAdjust'
  | 'limits'
  | 'cgroup'
  | 'capabilities'
  | 'securebits';

type Reduced = 'dependencies' | 'origins';

export type PlannedDependency = Omit<Dependency, 'origin'>;

export interface PlannedService extends Omit<ServiceDescription, LauncherOnly | Reduced> {
  readonly dependencies: readonly PlannedDependency[];
  /** The `rlimit-` words in the order of their ops. */
  readonly limitNames: readonly ResourceLimit['resource'][];
  /** Setting name to `file:line`. */
  readonly places: Readonly<Record<string, string>>;
  /** The op types of each program, two hexadecimal figures an op: enough to say what the n-th one does (describe-step.ts). */
  readonly programs: Readonly<Partial<Record<Role, string>>>;
}

/** The plan's DESCRIPTIONS: `services[i]` is the i-th SERVICE record. */
export interface PlanDescriptions {
  readonly version: 1;
  readonly generation: number;
  /** What was asked for. A name is in `services` or in `failures`. */
  readonly names: readonly string[];
  readonly services: readonly PlannedService[];
  readonly failures: readonly LoadFailure[];
  readonly warnings: readonly PlanWarning[];
}

/** Something worth saying about a service that is no error. */
export interface PlanWarning extends Problem {
  readonly name: string;
}

export function placeOf(origin: Origin): string {
  return `${origin.file}:${origin.line}`;
}
