/** An event of the engine as clients see it. */
import type { ServiceEvent } from '../../api/service-status.ts';
import type { ServiceEventFacts } from '../engine/action.ts';
import type { ServiceId } from '../model/ids.ts';
import type { DescribeFailure } from './root-cause.ts';

export function serviceEvent(
  facts: ServiceEventFacts,
  id: ServiceId | undefined,
  time: number,
  describe: DescribeFailure,
): ServiceEvent {
  const { launchFailure: failure, isExplicit: _isExplicit, pid: _pid, console: _console, ...event } = facts;
  const launchFailure = failure && id !== undefined ? describe(id, failure) : undefined;
  return { ...event, time, ...(launchFailure && { launchFailure }) };
}
