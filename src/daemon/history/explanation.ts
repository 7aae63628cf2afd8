/** The way from where a service is now back to the first cause, newest step first. */
import type { ServiceId } from '../model/ids.ts';
import type { History } from './history.ts';
import type { StepRecord } from './step-record.ts';

/** Longer ones are cut: nobody reads them. */
const longestExplanation = 64;

export function explain(history: History, id: ServiceId): readonly StepRecord[] {
  const way: StepRecord[] = [];
  for (let step = history.lastOf(id); step && way.length < longestExplanation; step = history.step(step.causedBy)) {
    way.push(step);
  }
  return way;
}
