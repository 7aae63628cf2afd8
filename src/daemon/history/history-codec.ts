/**
 * The history in the journal: few bytes for each step, because there are many and they are written again with every snapshot. A step is eight numbers; what a
 * cause has besides its kind follows beside them.
 */
import { causeKinds, stepKinds } from '../../api/history.ts';
import { type ServiceId, serviceId } from '../model/ids.ts';
import type { EngineState } from '../model/state.ts';
import type { History } from './history.ts';
import { type CauseRecord, simpleCause, type StepRecord } from './step-record.ts';

type Details = Omit<CauseRecord, 'kind' | 'service'>;

export interface WrittenHistory {
  readonly sequence: number;
  /** Names of services that are not loaded any more. */
  readonly names: readonly (readonly [ServiceId, string])[];
  /** For each step: sequence and time (hundredths of milliseconds) since the step before, id, step, cause, other service + 1, steps back to its cause, boot. */
  readonly steps: readonly number[];
  readonly details: readonly (readonly [number, Details])[];
}

const width = 8;
const fraction = 100;

export function writeHistory(history: History, state: EngineState): WrittenHistory {
  const steps: number[] = [];
  const details: [number, Details][] = [];
  let [sequence, time] = [0, 0];
  for (const record of history.steps) {
    const { kind, service, ...rest } = record.cause;
    const now = Math.round(record.time * fraction);
    steps.push(
      record.sequence - sequence,
      now - time,
      record.id,
      stepKinds.indexOf(record.step),
      causeKinds.indexOf(kind),
      service === undefined ? 0 : service + 1,
      record.causedBy === 0 ? 0 : record.sequence - record.causedBy,
      Number(record.isBoot),
    );
    if (hasAny(rest)) details.push([record.sequence, rest]);
    ({ sequence } = record);
    time = now;
  }
  const names = [...history.names].filter(([id]) => !state.services[id]);
  return { sequence: history.sequence, names, steps, details };
}

/** `state` is the engine's at the moment of writing. */
export function readHistory(history: History, written: WrittenHistory, state: EngineState): void {
  const details = new Map(written.details);
  const records: StepRecord[] = [];
  let [sequence, time] = [0, 0];
  for (let at = 0; at + width <= written.steps.length; at += width) {
    const [stepped = 0, passed = 0, id = 0, step = 0, kind = 0, other = 0, back = 0, isBoot = 0] = written.steps.slice(
      at,
      at + width,
    );
    sequence += stepped;
    time += passed;
    const base = simpleCause(causeKinds[kind] ?? 'done');
    const detail = details.get(sequence);
    records.push({
      sequence,
      time: time / fraction,
      id: serviceId(id),
      step: stepKinds[step] ?? 'stopped',
      cause:
        other === 0 && !detail ? base : { ...base, ...detail, ...(other > 0 && { service: serviceId(other - 1) }) },
      causedBy: back === 0 ? 0 : sequence - back,
      isBoot: isBoot === 1,
    });
  }
  const names = new Map(written.names);
  for (const service of state.services) if (service) names.set(service.id, service.description.name);
  history.restore(records, names, written.sequence);
}

function hasAny(details: Details): boolean {
  for (const _ in details) return true;
  return false;
}
