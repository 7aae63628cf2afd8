/**
 * The program of a service: what the launcher's child does, step by step, to become the service's process. The order decides which failure a person
 * sees first and which privilege is still there for which step:
 *
 *   1. what the launcher makes before it forks (activation socket, log file): only marked here, so that a failure has a place;
 *   2. the environment, and descriptors at their numbers;
 *   3. working directory, standard streams, session;
 *   4. limits and priorities, which root may raise and others may not;
 *   5. group, supplementary groups, user: after this nothing needs privilege any more;
 *   6. no new privileges, umask, and the program itself.
 *
 * The stop command goes the same way. It has no readiness to report, and its activation socket is open already.
 */
import type { ResourceLimit, ServiceDescription } from '../service/description.ts';
import { environmentView } from '../service/environment-file.ts';
import { joinPath } from '../service/paths.ts';
import { commandCandidates } from './candidates.ts';
import { environmentOps } from './environment-ops.ts';
import type { Op, Program } from './plan.ts';
import { limitNumbers, type Role, unlimited } from './records.ts';
import type { RunAs } from './resolve-owner.ts';

export interface ProgramInputs {
  readonly runAs: RunAs;
  /** What relative paths count from. */
  readonly daemonDirectory: string;
  /** The daemon environment at compile time: only PATH is looked at. */
  readonly environment: ReadonlyMap<string, string>;
}

/** The programs a service has: none for a service without processes. */
export function servicePrograms(description: ServiceDescription, inputs: ProgramInputs): Program[] {
  const programs: Program[] = [];
  if (description.command.length > 0) programs.push(program(description, 'main', description.command, inputs));
  if (description.stopCommand.length > 0) programs.push(program(description, 'stop', description.stopCommand, inputs));
  return programs;
}

const largestStream = 2;

function program(
  description: ServiceDescription,
  role: Role,
  argv: readonly string[],
  { runAs, daemonDirectory, environment }: ProgramInputs,
): Program {
  const { options, umask, readiness } = description;
  const passesDescriptors = description.socket !== undefined || (role === 'main' && readiness !== undefined);
  // Then it is what the standard stream would have been.
  const isStream = readiness?.kind === 'descriptor' && readiness.descriptor <= largestStream;
  const sharesLog = role === 'main' || description.type === 'scripted';
  const path = environmentView(description.environment, environment)('PATH');
  const ops: (Op | false)[] = [
    role === 'main' && description.socket !== undefined && { kind: 'open-socket' },
    description.log.type === 'file' && { kind: 'open-log' },
    ...environmentOps(description.environment),
    passesDescriptors && !isStream && { kind: 'pass-descriptors' },
    { kind: 'chdir', path: joinPath(daemonDirectory, description.workingDirectory) },
    { kind: 'streams', which: sharesLog ? 'service' : 'log-file-only' },
    passesDescriptors && isStream && { kind: 'pass-descriptors' },
    { kind: 'setsid' },
    ...limitOps(description.limits),
    ...priorityOps(description),
    ...identityOps(runAs),
    options.noNewPrivs && { kind: 'no-new-privs' },
    umask !== undefined && { kind: 'umask', mask: umask },
    { kind: 'exec', candidates: commandCandidates(argv[0] ?? '', path), argv },
  ];
  return { role, ops: ops.filter((op) => op !== false) };
}

function limitOps(limits: readonly ResourceLimit[]): Op[] {
  const number = (value: ResourceLimit['soft']) => (typeof value === 'number' ? BigInt(value) : unlimited);
  return limits
    .filter(({ soft, hard }) => soft !== 'keep' || hard !== 'keep')
    .map(({ resource, soft, hard }) => ({
      kind: 'rlimit',
      resource: limitNumbers[resource],
      side: hard === 'keep' ? 'soft' : soft === 'keep' ? 'hard' : 'both',
      soft: number(soft),
      hard: number(hard),
    }));
}

function priorityOps({ nice, ioPriority, oomScoreAdjust }: ServiceDescription): Op[] {
  const ops: Op[] = [];
  if (nice !== undefined) ops.push({ kind: 'nice', value: Math.min(19, Math.max(-20, nice)) });
  if (ioPriority) ops.push({ kind: 'ioprio', value: (ioPriority.class << 13) | ioPriority.level });
  if (oomScoreAdjust !== undefined) ops.push({ kind: 'oom-score-adj', value: oomScoreAdjust });
  return ops;
}

function identityOps(runAs: RunAs): Op[] {
  switch (runAs.kind) {
    case 'unchanged':
      return [];
    case 'user':
      return [
        { kind: 'gid', gid: runAs.gid },
        { kind: 'groups', gids: runAs.groups },
        { kind: 'uid', uid: runAs.uid },
      ];
    case 'uid':
      return [
        { kind: 'groups', gids: [] },
        { kind: 'uid', uid: runAs.uid },
      ];
    default:
      return runAs satisfies never;
  }
}
