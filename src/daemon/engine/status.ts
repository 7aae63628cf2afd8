/** What is shown of services: read-only views of the state. */
import type { DependencyStatus, ServiceStatus } from '../../api/service-status.ts';
import type { ServiceId } from '../model/ids.ts';
import { type Link, isOrdering } from '../model/link.ts';
import type { LaunchFailureFacts, Service, ServiceTimer } from '../model/service.ts';
import { type EngineState, nameKey } from '../model/state.ts';
import { dependencyLinks, dependentLinks, isInTheWay } from './links.ts';
import { pidOf } from './processes.ts';
import { serviceOf } from './turn.ts';

/** A service's status without what only the host knows. `since` is monotonic. */
export type StatusFacts = Omit<
  ServiceStatus,
  | 'launchFailure'
  | 'timer'
  | 'restartDelay'
  | 'restartInterval'
  | 'restartsUntil'
  | 'dependencies'
  | 'dependents'
  | 'waitingFor'
  | 'sockets'
  | 'readiness'
  | 'logType'
  | 'logFile'
  | 'file'
  | 'fileModified'
> & { readonly launchFailure?: LaunchFailureFacts; readonly timer?: ServiceTimer };

export function statusOf(state: EngineState, id: ServiceId): StatusFacts {
  const service = serviceOf(state, id);
  const pid = pidOf(service, 'main');
  const stopPid = pidOf(service, 'stop');
  return {
    name: service.description.name,
    type: service.description.type,
    state: service.state,
    target: service.target,
    isExplicit: service.isExplicit,
    isFailed: isFailed(service),
    isSkipped: service.isSkipped,
    isPinnedStarted: service.isPinnedStarted,
    isPinnedStopped: service.isPinnedStopped,
    isForcedToStop: service.isForcedToStop,
    console: service.console,
    stopReason: service.stopReason,
    since: service.since,
    restarts: service.window.restarts,
    restartLimit: service.description.restart.limitInterval === 0 ? 0 : service.description.restart.limitCount,
    ...(service.timer && { timer: service.timer }),
    ...(service.exit && { exit: service.exit }),
    ...(service.launchFailure && service.stopReason === 'exec-failed' && { launchFailure: service.launchFailure }),
    ...(pid !== undefined && { pid }),
    ...(stopPid !== undefined && { stopPid }),
  };
}

/** At rest because a start has not succeeded. */
export function isFailed({ state, stopReason }: Service): boolean {
  if (state !== 'stopped') return false;
  return ['dependency-failed', 'failed', 'exec-failed', 'timed-out'].includes(stopReason);
}

export function dependenciesOf(state: EngineState, id: ServiceId): DependencyStatus[] {
  return dependencyLinks(state, serviceOf(state, id)).map((link) => dependencyStatus(state, link, link.to));
}

export function dependentsOf(state: EngineState, id: ServiceId): DependencyStatus[] {
  return dependentLinks(state, serviceOf(state, id)).map((link) => dependencyStatus(state, link, link.from));
}

function dependencyStatus(
  state: EngineState,
  { kind, isHolding, isWaiting }: Link,
  other: ServiceId,
): DependencyStatus {
  const service = serviceOf(state, other);
  return { kind, name: service.description.name, state: service.state, isHolding, isWaiting };
}

/** What the service waits for now, in words, one entry each; empty when it waits for nothing. */
export function waitingFor(state: EngineState, id: ServiceId): string[] {
  const service = serviceOf(state, id);
  if (service.state === 'starting' && service.isWaiting) return waitingToStart(state, service);
  if (service.state === 'stopping' && service.isWaiting) return waitingToStop(state, service);
  switch (service.activity) {
    case 'idle':
    case 'run':
      return [];
    case 'delay':
      return ['the restart delay'];
    case 'launch':
      return ['its program to be executed'];
    case 'completion':
      return [completionText(service)];
    case 'pid-file':
      return ['its pid file'];
    case 'interrupt':
      return ['its interrupted process to end'];
    case 'undo':
      return ['its stop command, which undoes the interrupted start'];
    case 'stop':
      return endings(service);
    case 'kill-all':
      return ['all other processes to be killed'];
    default:
      return service.activity satisfies never;
  }
}

function waitingToStart(state: EngineState, service: Service): string[] {
  const links = dependencyLinks(state, service).filter(({ isWaiting }) => isWaiting);
  const names = links.map((link) => {
    const { name } = serviceOf(state, link.to).description;
    return isOrdering(link) ? `${name} (it starts after it)` : `dependency ${name}`;
  });
  return service.console === 'waiting' ? [...names, 'the console'] : names;
}

function waitingToStop(state: EngineState, service: Service): string[] {
  return dependentLinks(state, service)
    .filter((link) => isInTheWay(state, link))
    .map((link) => serviceOf(state, link.from))
    .map((dependent) => `dependent ${dependent.description.name}`);
}

function completionText({ description: { type } }: Service): string {
  if (type === 'triggered') return 'its trigger';
  return type === 'process' ? 'its process to report ready' : 'its command to end';
}

function endings(service: Service): string[] {
  return [
    ...(service.main.kind === 'none' ? [] : ['its process to end']),
    ...(service.stop.kind === 'none' ? [] : ['its stop command to end']),
  ];
}

/** Ids of the loaded services in load order. */
export function loadedServices(state: EngineState): ServiceId[] {
  return state.services
    .filter((service) => service !== null)
    .toSorted((a, b) => a.order - b.order)
    .map(({ id }) => id);
}

/** Those of these names that are loaded, in load order. */
export function servicesNamed(state: EngineState, names: ReadonlySet<string>): ServiceId[] {
  const ids = [...names].map((name) => findService(state, name)).filter((id) => id !== undefined);
  return ids.length < 2 ? ids : ids.toSorted((a, b) => serviceOf(state, a).order - serviceOf(state, b).order);
}

/** The id of a loaded service. */
export function findService(state: EngineState, name: string): ServiceId | undefined {
  return state.ids[nameKey(name)];
}

/** When a `timer` event must come at the latest: the earliest due time, if there is one. */
export function nextDeadline(state: EngineState): number | undefined {
  const [first] = state.timers;
  return first === undefined ? undefined : serviceOf(state, first).timer?.due;
}
