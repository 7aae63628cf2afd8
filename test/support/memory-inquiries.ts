/** The past of the memory manager: what its services did, each step led to by the one before it of the service that it names, or of its own. */
import type { DependencyLink, HistoryStep, StepCause, StepKind } from '../../src/api/history.ts';
import type { ServiceEvent, ServiceStatus } from '../../src/api/service-status.ts';
import type { Inquiries, RehearsalOutcome } from '../../src/daemon/service-manager.ts';

const firstMoment = Date.UTC(2026, 10, 1, 12, 0, 0);

export class MemoryInquiries implements Inquiries {
  readonly #status: (name?: string) => readonly ServiceStatus[];
  readonly #steps: HistoryStep[] = [];
  readonly pastEvents: ServiceEvent[] = [];
  /** What the next rehearsal answers. */
  rehearsal: RehearsalOutcome = { kind: 'rehearsed', outcome: 'already', requiredBy: [], steps: [], unsettled: [] };

  constructor(status: (name?: string) => readonly ServiceStatus[]) {
    this.#status = status;
  }

  note(name: string, step: StepKind, cause: StepCause): void {
    const isFirst = ['request', 'exited', 'exec-failed'].includes(cause.kind);
    const before = isFirst ? undefined : this.#lastOf(cause.service ?? name);
    const sequence = this.#steps.length + 1;
    this.#steps.push({
      sequence,
      time: firstMoment + sequence * 100,
      name,
      step,
      cause,
      ...(before && { causedBy: before.sequence }),
      isBoot: false,
    });
  }

  why(name: string): readonly HistoryStep[] | undefined {
    if (this.#status(name).length === 0) return undefined;
    const way: HistoryStep[] = [];
    for (let step = this.#lastOf(name); step; step = this.#steps[(step.causedBy ?? 0) - 1]) way.push(step);
    return way;
  }

  steps(since: number): readonly HistoryStep[] {
    return this.#steps.filter(({ time }) => time >= since);
  }

  events(): readonly ServiceEvent[] {
    return this.pastEvents;
  }

  dependencies(): readonly DependencyLink[] {
    return this.#status().flatMap(({ name: from, dependencies }) =>
      dependencies.map(({ name: to, kind, isHolding, isWaiting }) => ({ from, to, kind, isHolding, isWaiting })),
    );
  }

  async rehearse(): Promise<RehearsalOutcome> {
    return this.rehearsal;
  }

  #lastOf(name: string): HistoryStep | undefined {
    return this.#steps.findLast((step) => step.name === name);
  }
}
