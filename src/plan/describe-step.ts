/** Words for a step of a program that failed: the launcher reports (index of the op, its type), people get `change directory to /srv/www`. */
import { opKindOf } from './decode-op.ts';
import type { PlannedService } from './planned-service.ts';
import type { Role } from './records.ts';

export interface StepDescription {
  /** Completes "cannot ...". */
  readonly step: string;
  /** The setting behind it, if one is. */
  readonly setting?: string;
  /** `file:line` of that setting, if it was given. */
  readonly place?: string;
}

/** `opType` 0 is what comes before the first op: making the process. */
export function describeStep(service: PlannedService, role: Role, opIndex: number, opType: number): StepDescription {
  const [step, setting] = words(service, role, opIndex, opType);
  const place = setting === undefined ? undefined : service.places[setting];
  return { step, ...(setting !== undefined && { setting }), ...(place !== undefined && { place }) };
}

function words(service: PlannedService, role: Role, index: number, type: number): readonly [string, string?] {
  const kind = opKindOf(type);
  switch (kind) {
    case undefined:
      return ['create a process'];
    case 'chdir':
      return [`change directory to ${service.workingDirectory}`, 'working-dir'];
    case 'umask':
      return ['set the file mode mask', 'umask'];
    case 'rlimit': {
      const name = service.limitNames[earlierOps(service, role, index, type)];
      return name === undefined ? ['set a resource limit'] : [`set the resource limit ${name}`, `rlimit-${name}`];
    }
    case 'nice':
      return ['set the nice value', 'nice'];
    case 'ioprio':
      return ['set the I/O priority', 'ioprio'];
    case 'oom-score-adj':
      return ['set the out-of-memory score', 'oom-score-adj'];
    case 'groups':
      return [`take on the supplementary groups of ${userOf(service)}`, 'run-as'];
    case 'gid':
      return [`take on the group of ${userOf(service)}`, 'run-as'];
    case 'uid':
      return [`become ${userOf(service)}`, 'run-as'];
    case 'no-new-privs':
      return ['renounce new privileges', 'options'];
    case 'streams':
      return ['connect the standard streams'];
    case 'setsid':
      return ['begin a session of its own'];
    case 'env-clear':
    case 'env-unset':
    case 'env-import':
    case 'env-set':
      return ['build the environment', 'env-file'];
    case 'exec':
      return role === 'main'
        ? [`execute ${service.command[0]}`, 'command']
        : [`execute ${service.stopCommand[0]}`, 'stop-command'];
    case 'open-log':
      return [`open log file ${service.log.file ?? ''}`, 'logfile'];
    case 'open-socket':
      return [`listen on ${addressOf(service)}`, 'socket-listen'];
    case 'pass-descriptors':
      return ['pass its descriptors', service.readiness ? 'ready-notification' : 'socket-listen'];
    default:
      return kind satisfies never;
  }
}

/** How many ops of this type come before the one at `index`. */
function earlierOps(service: PlannedService, role: Role, index: number, type: number): number {
  const types = service.programs[role] ?? '';
  let count = 0;
  for (let i = 0; i < index; i++) if (Number.parseInt(types.slice(2 * i, 2 * i + 2), 16) === type) count++;
  return count;
}

function userOf({ runAs }: PlannedService): string {
  if (!runAs) return 'another user';
  return runAs.kind === 'name' ? `user ${runAs.name}` : `uid ${runAs.id}`;
}

function addressOf({ socket }: PlannedService): string {
  if (!socket) return 'the activation socket';
  const { address } = socket;
  if (address.kind === 'unix') return address.path;
  return address.host.includes(':') ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
}
