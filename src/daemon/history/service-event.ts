/** An event of the engine as clients see it. */
import type { ServiceEvent } from '../../api/service-status.ts';
import type { ServiceEventFacts } from '../engine/action.ts';
import type { ServiceId } from '../model/ids.ts';
import type { DescribeFailure } from './root-cause.ts';

export function serviceEvent(
  facts: ServiceEventFacts,
  id: ServiceId | undefined,
  time: number,
  describe?: DescribeFailure,
): ServiceEvent {
  const { sequence, name, event, state, target, stopReason, exit, isSkipped, because, launchFailure: failure } = facts;
  const launchFailure = failure && id !== undefined ? describe?.(id, failure) : undefined;
  // Each field by its name: copying all but some takes several times as long, and this is done for every event.
  return {
    sequence,
    time,
    name,
    event,
    state,
    target,
    stopReason,
    isSkipped,
    ...(exit && { exit }),
    ...(because !== undefined && { because }),
    ...(launchFailure && { launchFailure }),
  };
}
