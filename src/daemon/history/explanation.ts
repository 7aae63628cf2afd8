/** The way from where a service is now back to the first cause, newest step first. */
import type { ServiceId } from '../model/ids.ts';
import type { History } from './history.ts';
import type { StepRecord } from './step-record.ts';

/** Longer ones are cut: nobody reads them. */
const longestExplanation = 64;

export function explain(history: History, id: ServiceId): readonly StepRecord[] {
  const way: StepRecord[] = [];
  for (let step = history.lastOf(id); step && way.length < longestExplanation;) {
    const told = withoutMatterOfCourse(history, step);
    way.push(told);
    step = history.step(told.causedBy);
  }
  return way;
}

/** A step that had to follow from the one before it is told together with that one. */
function withoutMatterOfCourse(history: History, step: StepRecord): StepRecord {
  let told = step;
  for (;;) {
    const before = history.step(told.causedBy);
    if (told.cause.kind !== 'done' || !before || before.id !== step.id) return told;
    told = told.step === 'acting' ? before : { ...told, cause: before.cause, causedBy: before.causedBy };
  }
}
