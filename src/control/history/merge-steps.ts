/** Steps for people: one that had to follow from the step before it is told together with that one. */
import type { HistoryStep } from '../../api/history.ts';

/** @param steps Of whatever order, which is kept. */
export function mergeSteps(steps: readonly HistoryStep[]): readonly HistoryStep[] {
  const known = new Map(steps.map((step) => [step.sequence, step]));
  const swallowed = new Set<number>();
  const merged = new Map<number, HistoryStep>();
  for (const step of steps.toSorted((a, b) => a.sequence - b.sequence)) {
    const before = known.get(step.causedBy ?? 0);
    const isMatterOfCourse = step.cause.kind === 'done' && before?.name === step.name;
    if (!before || !isMatterOfCourse) {
      merged.set(step.sequence, step);
    } else if (step.step === 'acting') {
      // That it begins at once is nothing new; what follows from it follows from the step before.
      merged.set(step.sequence, merged.get(before.sequence) ?? before);
      swallowed.add(step.sequence);
    } else {
      const { cause, causedBy } = merged.get(before.sequence) ?? before;
      const { causedBy: _own, ...rest } = step;
      merged.set(step.sequence, { ...rest, cause, ...(causedBy !== undefined && { causedBy }) });
      swallowed.add(before.sequence);
    }
  }
  return steps.flatMap(({ sequence }) => {
    const step = merged.get(sequence);
    return step && !swallowed.has(sequence) ? [step] : [];
  });
}
