/** Answers about the past (from the chronicle), the graph (from the engine) and the future (from a rehearsal). */
import type { DependencyLink, HistoryStep } from '../../api/history.ts';
import type { ServiceEvent } from '../../api/service-status.ts';
import type { LoadedDescription } from '../engine/event.ts';
import { findService } from '../engine/status.ts';
import type { Chronicle } from '../history/chronicle.ts';
import { explain } from '../history/explanation.ts';
import { historyStep } from '../history/history-view.ts';
import type { EngineState } from '../model/state.ts';
import { type Rehearsed, rehearse } from '../rehearsal/rehearsal.ts';
import type {
  Caller,
  CommandOptions,
  Inquiries,
  LoadOutcome,
  RehearsalOutcome,
  RehearsedVerb,
} from '../service-manager.ts';
import type { Clocks } from './clocks.ts';
import { originOf } from './origin.ts';

export interface InquiryParts {
  readonly state: () => EngineState;
  readonly chronicle: Chronicle;
  readonly clocks: Clocks;
  /** The descriptions of a service that is not loaded, and of what it needs; or why there are none. */
  readonly describe: (
    name: string,
  ) => Promise<readonly LoadedDescription[] | Extract<LoadOutcome, { readonly kind: 'failed' }>>;
}

export class SupervisorInquiries implements Inquiries {
  readonly #parts: InquiryParts;

  constructor(parts: InquiryParts) {
    this.#parts = parts;
  }

  why(name: string): readonly HistoryStep[] | undefined {
    const { state, chronicle, clocks } = this.#parts;
    const id = findService(state(), name);
    if (id === undefined) return undefined;
    return explain(chronicle.history, id).map((step) => historyStep(chronicle.history, step, clocks.toWall));
  }

  *steps(since: number): Iterable<HistoryStep> {
    const { chronicle, clocks } = this.#parts;
    for (const record of chronicle.history.steps) {
      const step = historyStep(chronicle.history, record, clocks.toWall);
      if (step.time >= since) yield step;
    }
  }

  *events(): Iterable<ServiceEvent> {
    const { chronicle, clocks } = this.#parts;
    for (const event of chronicle.events.events) yield { ...event, time: clocks.toWall(event.time) };
  }

  *dependencies(): Iterable<DependencyLink> {
    const { links, services } = this.#parts.state();
    for (const link of links) {
      const [from, to] = [link && services[link.from], link && services[link.to]];
      if (!link || !from || !to) continue;
      const { kind, isHolding, isWaiting } = link;
      yield { from: from.description.name, to: to.description.name, kind, isHolding, isWaiting };
    }
  }

  async rehearse(
    verb: RehearsedVerb,
    name: string,
    { pin = false, force = false }: CommandOptions,
    caller: Caller,
  ): Promise<RehearsalOutcome> {
    const { state, clocks, describe } = this.#parts;
    const isMissing = verb !== 'shutdown' && findService(state(), name) === undefined;
    if (isMissing && verb !== 'start') return { kind: 'refused', refusal: { kind: 'not-loaded' } };
    const load = isMissing ? await describe(name) : [];
    if ('kind' in load) return { kind: 'load-failed', failures: load.failures };
    const rehearsed = rehearse(
      state(),
      {
        load: load.filter(({ description }) => findService(state(), description.name) === undefined),
        origin: originOf(verb, caller, state()),
        request: (stage) => {
          if (verb === 'shutdown') return { kind: 'shutdown' };
          const id = findService(stage, name);
          return id === undefined ? undefined : { kind: 'command', verb, id, pin, force };
        },
      },
      clocks.monotonic(),
    );
    return this.#told(verb, rehearsed);
  }

  #told(verb: RehearsedVerb, { reply, outcome, steps, history, unsettled }: Rehearsed): RehearsalOutcome {
    if (!reply) return { kind: 'refused', refusal: { kind: 'not-loaded' } };
    if (reply.kind === 'refused') return reply;
    if (reply.kind === 'not-loaded') return { kind: 'load-failed', failures: reply.failures };
    const isDone = reply.kind === 'already';
    const isDown = verb === 'shutdown' && unsettled.length === 0;
    return {
      kind: 'rehearsed',
      outcome: isDone ? 'already' : (outcome?.kind ?? (isDown ? 'stopped' : 'unsettled')),
      requiredBy: outcome?.kind === 'still-required' ? outcome.by : [],
      steps: steps.map((step) => historyStep(history, step, this.#parts.clocks.toWall)),
      unsettled,
    };
  }
}
