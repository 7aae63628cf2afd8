/** A failed step of a start in words, with the place in the service file that is behind it. */
import { errnoName } from '../../api/errno-text.ts';
import type { LaunchFailure } from '../../api/service-status.ts';
import { describeStep } from '../../plan/describe-step.ts';
import type { PlannedService } from '../../plan/planned-service.ts';
import type { LaunchFailureFacts } from '../model/service.ts';

export function launchFailure(service: PlannedService, facts: LaunchFailureFacts): LaunchFailure {
  const { step, place } = describeStep(service, facts.role, facts.opIndex, facts.opType);
  return {
    step,
    errno: facts.errno,
    errnoName: errnoName(facts.errno),
    ...(place !== undefined && { origin: place }),
  };
}
