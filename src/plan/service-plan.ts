/** One description as one entry of the plan: the programs and what the launcher must know beside them. Pure; all policy is here and in program.ts. */
import type { LogRules, Problem, ServiceDescription, SocketRules } from '../service/description.ts';
import { joinPath } from '../service/paths.ts';
import { launcherRefusals } from './launcher-refusals.ts';
import type { PlanLog, PlanSocket, ServicePlan } from './plan.ts';
import { servicePrograms } from './program.ts';
import { serviceFlags } from './records.ts';
import { OwnerResolver, type Self } from './resolve-owner.ts';
import { addressBytes } from './socket-address.ts';
import type { PlanUserDatabase } from './user-database.ts';

export interface PlanContext {
  readonly users: PlanUserDatabase;
  readonly self: Self;
  readonly daemonDirectory: string;
  readonly environment: ReadonlyMap<string, string>;
  /** What this kind of launcher cannot do for a service; default: nothing is refused beyond what no launcher can. */
  readonly refusals?: (description: ServiceDescription, plan: ServicePlan) => readonly Problem[];
}

export type ServicePlanResult =
  | { readonly kind: 'planned'; readonly plan: ServicePlan }
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] };

export function planService(description: ServiceDescription, context: PlanContext): ServicePlanResult {
  const { name, type } = description;
  if (type === 'internal' || type === 'triggered') return { kind: 'planned', plan: { name, programs: [], flags: 0 } };
  const problems: Problem[] = [];
  const owners = new OwnerResolver(description, context.users, context.self, problems);
  const runAs = owners.runAs();
  const socket = description.socket && planSocket(description.socket, owners, context, problems);
  const log = planLog(description.log, description.workingDirectory, owners, context);
  const plan: ServicePlan = {
    name,
    programs: servicePrograms(description, { ...context, runAs }),
    flags: planFlags(description),
    ...(socket && { socket }),
    ...(log && { log }),
    ...(description.pidFile !== undefined &&
      type === 'bgprocess' && {
        pidFile: {
          path: joinPath(context.daemonDirectory, description.pidFile),
          owner: runAs.kind === 'unchanged' ? context.self.uid : runAs.uid,
        },
      }),
    ...(description.consumerOf !== undefined && { consumes: description.consumerOf }),
    ...(description.readiness && type === 'process' && { readiness: planReadiness(description.readiness) }),
  };
  problems.push(...launcherRefusals(plan), ...(context.refusals?.(description, plan) ?? []));
  return problems.length > 0 ? { kind: 'refused', problems } : { kind: 'planned', plan };
}

function planFlags({ options, console }: ServiceDescription): number {
  return (
    (options.signalProcessOnly ? serviceFlags.signalProcessOnly : 0) |
    (console === 'starts' || console === 'runs' ? serviceFlags.startsOnConsole : 0) |
    (console === 'runs' ? serviceFlags.runsOnConsole : 0) |
    (console === 'shares' ? serviceFlags.sharesConsole : 0) |
    (options.unmaskInterrupt ? serviceFlags.unmaskInterrupt : 0)
  );
}

function planReadiness(readiness: NonNullable<ServiceDescription['readiness']>): NonNullable<ServicePlan['readiness']> {
  return readiness.kind === 'descriptor'
    ? { descriptor: readiness.descriptor, variable: '' }
    : { descriptor: -1, variable: readiness.variable };
}

function planSocket(
  rules: SocketRules,
  owners: OwnerResolver,
  { daemonDirectory }: PlanContext,
  problems: Problem[],
): PlanSocket | undefined {
  const { address } = rules;
  if (address.kind === 'unix') {
    const owner = owners.owner('socket', rules, { uid: -1, gid: -1 });
    return { family: 'unix', path: joinPath(daemonDirectory, address.path), owner: { mode: rules.mode, ...owner } };
  }
  const bytes = addressBytes(address.host);
  if (bytes) return { ...bytes, port: address.port };
  problems.push({
    message: `'${address.host}' is not a numeric IP address`,
    setting: 'socket-listen',
    expected: 'an IPv4 or IPv6 address in figures',
    found: address.host,
  });
  return undefined;
}

/** A log file of root's reeve always gets its owner; anybody else's reeve owns what it makes anyway. */
function planLog(
  rules: LogRules,
  workingDirectory: string,
  owners: OwnerResolver,
  { self, daemonDirectory }: PlanContext,
): PlanLog | undefined {
  if (rules.type === 'none') return undefined;
  const { type, bufferSize, timestamps, rotateSize, rotateCount } = rules;
  const owner = owners.owner('logfile', rules, self.uid === 0 ? self : { uid: -1, gid: -1 });
  const directory = joinPath(daemonDirectory, workingDirectory);
  const path = type === 'file' && rules.file !== undefined ? joinPath(directory, rules.file) : '';
  return { type, bufferSize, timestamps, path, owner: { mode: rules.mode, ...owner }, rotateSize, rotateCount };
}
