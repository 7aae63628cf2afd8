/**
 * What portable mode cannot do for a service: one row for each. A service that asks for such a thing must not run without it, so it is not loaded.
 *
 * The rest needs no row, because it can be done: the working directory and the umask are taken on by reeve itself for the moment of a start, nice is set a
 * moment after it, and pipes are named pipes whose name is gone.
 */
import type { Problem, ServiceDescription } from '../service/description.ts';
import type { ServicePlan } from './plan.ts';

export interface PortablePlatform {
  /** There is a /proc that tells of processes which are not children of ours. */
  readonly hasProcessTable: boolean;
}

interface Use {
  readonly description: ServiceDescription;
  readonly plan: ServicePlan;
  readonly platform: PortablePlatform;
}

interface Row {
  /** The setting it is about; `options:WORD` for a word of `options`. */
  readonly setting: string;
  /** Completes "portable mode cannot ...". */
  readonly cannot: string;
  readonly isUsed: (use: Use) => boolean;
}

const limitRow = (resource: ServiceDescription['limits'][number]['resource']): Row => ({
  setting: `rlimit-${resource}`,
  cannot: 'set resource limits',
  isUsed: ({ description }) =>
    description.limits.some(
      (limit) => limit.resource === resource && !(limit.soft === 'keep' && limit.hard === 'keep'),
    ),
});

export const portableTable: readonly Row[] = [
  limitRow('nofile'),
  limitRow('core'),
  limitRow('data'),
  limitRow('addrspace'),
  {
    setting: 'ioprio',
    cannot: 'set an I/O priority',
    isUsed: ({ description }) => description.ioPriority !== undefined,
  },
  {
    setting: 'oom-score-adj',
    cannot: 'set the out-of-memory score',
    isUsed: ({ description }) => description.oomScoreAdjust !== undefined,
  },
  {
    setting: 'options:no-new-privs',
    cannot: 'keep a service from gaining privileges',
    isUsed: ({ description }) => description.options.noNewPrivs,
  },
  {
    setting: 'options:starts-on-console',
    cannot: 'hand the console over',
    isUsed: ({ description }) => description.console === 'starts',
  },
  {
    setting: 'options:runs-on-console',
    cannot: 'hand the console over',
    isUsed: ({ description }) => description.console === 'runs',
  },
  {
    setting: 'run-as',
    cannot: 'give a service the supplementary groups of its user',
    isUsed: ({ plan }) => plan.programs.some(({ ops }) => hasSupplementaryGroups(ops)),
  },
  {
    setting: 'stop-command',
    cannot: 'pass an activation socket to a stop command',
    isUsed: ({ description }) => description.socket !== undefined && description.stopCommand.length > 0,
  },
  {
    setting: 'type',
    cannot: 'watch a process that has put itself into the background on a system without /proc',
    isUsed: ({ description, platform }) => description.type === 'bgprocess' && !platform.hasProcessTable,
  },
];

export function portableRefusals(
  description: ServiceDescription,
  plan: ServicePlan,
  platform: PortablePlatform,
): readonly Problem[] {
  const use = { description, plan, platform };
  return portableTable
    .filter((row) => row.isUsed(use))
    .map(({ setting, cannot }) => {
      const origin = description.origins[setting];
      const word = setting.startsWith('options:') ? setting.slice('options:'.length) : setting;
      return {
        setting: word,
        message: `portable mode cannot ${cannot}, the native launcher can`,
        ...(origin && { origin }),
      };
    });
}

function hasSupplementaryGroups(ops: ServicePlan['programs'][number]['ops']): boolean {
  const group = ops.find((op) => op.kind === 'gid')?.gid;
  return ops.some((op) => op.kind === 'groups' && op.gids.some((gid) => gid !== group));
}
