/** What is counted of services since the first daemon: starts and how long they took, restarts, ends of processes, lost output. */
import type { Action } from '../engine/action.ts';
import type { EngineEvent } from '../engine/event.ts';
import type { ServiceId } from '../model/ids.ts';
import type { EngineTurn } from './history.ts';

export interface ServiceTotals {
  starts: number;
  failedStarts: number;
  /** Milliseconds of its own start action, over all starts. */
  startTime: number;
  restarts: number;
  /** Ends of its process: with status 0, with another one, by a signal. */
  succeeded: number;
  failed: number;
  killed: number;
  lostBytes: number;
}

/** In the order in which they are written to the journal. */
const fields = [
  'starts',
  'failedStarts',
  'startTime',
  'restarts',
  'succeeded',
  'failed',
  'killed',
  'lostBytes',
] as const satisfies readonly (keyof ServiceTotals)[];

const zero = (): ServiceTotals => ({
  starts: 0,
  failedStarts: 0,
  startTime: 0,
  restarts: 0,
  succeeded: 0,
  failed: 0,
  killed: 0,
  lostBytes: 0,
});

export class Totals {
  readonly #services = new Map<ServiceId, ServiceTotals>();
  readonly #actingSince = new Map<ServiceId, number>();
  /** Of the logger, as the launcher counts them. */
  loggerStarts = 1;

  of(id: ServiceId): Readonly<ServiceTotals> {
    return this.#services.get(id) ?? zero();
  }

  record({ event, actions, now }: Pick<EngineTurn, 'event' | 'actions' | 'now'>): void {
    if (event.kind === 'exited' && event.role === 'main') this.#ended(event);
    for (const action of actions) this.#act(action, now);
  }

  lost(id: ServiceId, bytes: number): void {
    this.#change(id).lostBytes += bytes;
  }

  forget(id: ServiceId): void {
    this.#services.delete(id);
    this.#actingSince.delete(id);
  }

  write(): readonly (readonly number[])[] {
    return [...this.#services].map(([id, totals]) => [id, ...fields.map((field) => Math.round(totals[field]))]);
  }

  restore(written: readonly (readonly number[])[]): void {
    for (const [id, ...values] of written) {
      const totals = this.#change(id as ServiceId);
      fields.forEach((field, index) => (totals[field] = values[index] ?? 0));
    }
  }

  #ended({ id, exit }: Extract<EngineEvent, { kind: 'exited' }>): void {
    const totals = this.#change(id);
    if (exit.kind !== 'exited') totals.killed += 1;
    else if (exit.status === 0) totals.succeeded += 1;
    else totals.failed += 1;
  }

  #act(action: Action, now: number): void {
    if (action.kind === 'event' && action.event.event === 'start-failed') this.#change(action.id).failedStarts += 1;
    if (action.kind !== 'step') return;
    const { id, step, restart } = action;
    if (step === 'starting' && restart === 'automatic') this.#change(id).restarts += 1;
    if (step === 'acting') this.#actingSince.set(id, now);
    if (step !== 'started') return;
    const totals = this.#change(id);
    totals.starts += 1;
    totals.startTime += now - (this.#actingSince.get(id) ?? now);
    this.#actingSince.delete(id);
  }

  #change(id: ServiceId): ServiceTotals {
    let totals = this.#services.get(id);
    if (!totals) this.#services.set(id, (totals = zero()));
    return totals;
  }
}
