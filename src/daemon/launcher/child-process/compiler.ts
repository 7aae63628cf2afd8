/** The plan compiler inside of this process. It reads files while it works, and nothing else happens meanwhile. */
import { compilePlan } from '../../../plan/compile-plan.ts';
import { decodePlan } from '../../../plan/decode-plan.ts';
import type { Plan } from '../../../plan/plan.ts';
import { portableRefusals } from '../../../plan/portable-refusals.ts';
import type { PlanUserDatabase } from '../../../plan/user-database.ts';
import { DiskFiles } from '../../../service/disk-files.ts';
import { PasswdUsers } from '../../../service/passwd-users.ts';
import { hasProcessTable } from './process-stat.ts';

export interface CompilerOptions {
  readonly serviceDirectories: readonly string[];
  /** What relative paths of services count from. */
  readonly directory: string;
}

export type Compile = (generation: number, names: readonly string[], environment: readonly string[]) => Plan;

/** Nothing is kept for later plans, so there is nothing that a digest would have to be compared with. */
const noDigest = new Uint8Array(32);

export function createCompiler({ serviceDirectories, directory }: CompilerOptions): Compile {
  const platform = { hasProcessTable: hasProcessTable() };
  return (generation, names, environment) => {
    const { bytes } = compilePlan({
      request: { generation, digest: noDigest, names, environment },
      files: new DiskFiles(),
      users: fileUsers(),
      self: { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 },
      serviceDirectories,
      daemonDirectory: directory,
      refusals: (description, plan) => portableRefusals(description, plan, platform),
    });
    return decodePlan(bytes);
  };
}

/** Without the addon that the compiler of the native launcher asks. */
function fileUsers(): PlanUserDatabase {
  const users = new PasswdUsers();
  return {
    byName: (name) => users.byName(name),
    byUid: (uid) => users.byUid(uid),
    groupByName: (name) => users.groupByName(name),
    groupsOf: (name, gid) => [...new Set([gid, ...users.groupsOf(name)])],
    limits: 'portable mode only looks into /etc/passwd and /etc/group: give any other user or group by number',
  };
}
