/** What is shown of services: read-only views of the state. */
import type { DependencyStatus, ServiceStatus } from '../../api/service-status.ts';
import type { EngineState } from '../model/state.ts';
import type { LaunchFailureFacts } from '../model/service.ts';
import type { ServiceId } from '../model/ids.ts';

/** A service's status without what only the host knows. `since` is monotonic. */
export type StatusFacts = Omit<
  ServiceStatus,
  'launchFailure' | 'dependencies' | 'dependents' | 'waitingFor' | 'logType' | 'logFile' | 'file' | 'fileModified'
> & { readonly launchFailure?: LaunchFailureFacts };

export declare function statusOf(state: EngineState, id: ServiceId): StatusFacts;
export declare function dependenciesOf(state: EngineState, id: ServiceId): DependencyStatus[];
export declare function dependentsOf(state: EngineState, id: ServiceId): DependencyStatus[];
/** What the service waits for now, in words, one entry each; empty when it waits for nothing. */
export declare function waitingFor(state: EngineState, id: ServiceId): string[];
/** Ids of the loaded services in load order. */
export declare function loadedServices(state: EngineState): ServiceId[];
/** The id of a loaded service. */
export declare function findService(state: EngineState, name: string): ServiceId | undefined;
/** When a `timer` event must come at the latest: the earliest due time, if there is one. */
export declare function nextDeadline(state: EngineState): number | undefined;
