/** The lines that tell what is wrong in a plan: one for each failed service with all its problems, one for each warning. */
import { renderFailure, renderProblem } from '../../service/problem-text.ts';
import type { PlanDescriptions } from '../../plan/planned-service.ts';

export interface PlanTroubles {
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
}

export function planTroubles({ failures, warnings }: PlanDescriptions): PlanTroubles {
  return {
    errors: failures.map(renderFailure),
    warnings: warnings.map((warning) => renderProblem(warning.name, warning)),
  };
}
