/**
 * Starts of services, put together from their steps: when each began, when everything it waited for was there, when it was up or had failed. Pure.
 */
import type { HistoryStep } from '../../api/history.ts';

export interface ServiceStart {
  readonly name: string;
  readonly starting: number;
  /** Its own start action began; absent when it never came to that. */
  readonly acting?: number;
  /** It was up, or had failed; absent while it is on its way. */
  readonly end?: number;
  readonly hasFailed: boolean;
  /** The service that it waited for last. */
  readonly waitedFor?: string;
}

/** The first start of each service in these steps, in the order in which they began. @param steps Oldest first. */
export function serviceStarts(steps: readonly HistoryStep[]): readonly ServiceStart[] {
  const known = new Map(steps.map((step) => [step.sequence, step]));
  const starts = new Map<string, ServiceStart>();
  for (const step of steps) {
    const start = starts.get(step.name);
    if (step.step === 'starting') {
      if (!start) starts.set(step.name, { name: step.name, starting: step.time, hasFailed: false });
    } else if (start && start.end === undefined) {
      starts.set(step.name, advanced(start, step, known));
    }
  }
  return [...starts.values()];
}

function advanced(start: ServiceStart, step: HistoryStep, known: ReadonlyMap<number, HistoryStep>): ServiceStart {
  switch (step.step) {
    case 'acting': {
      const before = known.get(step.causedBy ?? 0);
      const waitedFor = before && before.name !== start.name ? before.name : undefined;
      return { ...start, acting: step.time, ...(waitedFor !== undefined && { waitedFor }) };
    }
    case 'started':
      return { ...start, end: step.time };
    case 'stopping':
    case 'stopped':
      return { ...start, end: step.time, hasFailed: true };
    case 'starting':
    case 'recovering':
      return start;
    default:
      return step.step satisfies never;
  }
}

/** Milliseconds of its own start action so far, and of waiting for others before it. */
export function startTimes({ starting, acting, end }: ServiceStart, now: number): { own: number; waited: number } {
  const last = end ?? now;
  return { own: acting === undefined ? 0 : last - acting, waited: (acting ?? last) - starting };
}

/**
 * What a service's start came down to: the service itself, the one it waited for last, the one that waited for, and so on.
 */
export function criticalChain(starts: readonly ServiceStart[], name: string): readonly ServiceStart[] {
  const byName = new Map(starts.map((start) => [start.name, start]));
  const chain: ServiceStart[] = [];
  for (let start = byName.get(name); start && !chain.includes(start); start = byName.get(start.waitedFor ?? '')) {
    chain.push(start);
  }
  return chain;
}
