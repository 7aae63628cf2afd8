/** From a description and its plan to what the daemon gets to see of it. */
import type { ServiceDescription } from '../service/description.ts';
import { joinPath } from '../service/paths.ts';
import type { ServicePlan } from './plan.ts';
import { placeOf, type PlannedService } from './planned-service.ts';
import { opTypes } from './records.ts';

export function plannedService(
  description: ServiceDescription,
  plan: ServicePlan,
  daemonDirectory: string,
): PlannedService {
  const {
    environment: _environment,
    umask: _umask,
    nice: _nice,
    ioPriority: _ioPriority,
    oomScoreAdjust: _oomScoreAdjust,
    limits,
    cgroup: _cgroup,
    capabilities: _capabilities,
    securebits: _securebits,
    dependencies,
    origins,
    ...kept
  } = description;
  const { pidFile, socket, log } = kept;
  return {
    ...kept,
    workingDirectory: joinPath(daemonDirectory, kept.workingDirectory),
    ...(pidFile !== undefined && { pidFile: joinPath(daemonDirectory, pidFile) }),
    ...(socket?.address.kind === 'unix' && {
      socket: { ...socket, address: { kind: 'unix', path: joinPath(daemonDirectory, socket.address.path) } },
    }),
    ...(plan.log?.type === 'file' && { log: { ...log, file: plan.log.path } }),
    dependencies: dependencies.map(({ origin: _origin, ...dependency }) => dependency),
    limitNames: limits.filter(({ soft, hard }) => soft !== 'keep' || hard !== 'keep').map(({ resource }) => resource),
    places: Object.fromEntries(Object.entries(origins).map(([setting, origin]) => [setting, placeOf(origin)])),
    programs: Object.fromEntries(
      plan.programs.map(({ role, ops }) => [role, ops.map(({ kind }) => hex(opTypes[kind])).join('')]),
    ),
  };
}

function hex(type: number): string {
  return type.toString(16).padStart(2, '0');
}
