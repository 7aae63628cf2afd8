/** Steps as clients see them. */
import type { HistoryStep } from '../../api/history.ts';
import type { History } from './history.ts';
import type { StepRecord } from './step-record.ts';

export function historyStep(history: History, record: StepRecord, toWall: (monotonic: number) => number): HistoryStep {
  const { sequence, id, step, isBoot, causedBy } = record;
  const { service, ...cause } = record.cause;
  return {
    sequence,
    time: toWall(record.time),
    name: history.nameOf(id),
    step,
    cause: { ...cause, ...(service !== undefined && { service: history.nameOf(service) }) },
    ...(causedBy !== 0 && { causedBy }),
    isBoot,
  };
}
