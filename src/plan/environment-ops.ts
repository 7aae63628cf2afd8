/** A service's environment in the plan: changes to the daemon environment, made anew at every start. */
import type { EnvironmentStep } from '../service/description.ts';
import type { Op } from './plan.ts';

export function environmentOps(steps: readonly EnvironmentStep[]): Op[] {
  return steps.map((step): Op => {
    switch (step.kind) {
      case 'clear':
        return { kind: 'env-clear' };
      case 'unset':
        return { kind: 'env-unset', name: step.name };
      case 'import':
        return { kind: 'env-import', name: step.name };
      case 'set':
        return { kind: 'env-set', assignment: `${step.name}=${step.value}` };
      default:
        return step satisfies never;
    }
  });
}
