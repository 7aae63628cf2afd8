/**
 * What happened to services, and why. Every turn of the engine is shown to the history, which keeps the steps that services took in it.
 *
 * It is bounded: the newest steps are kept, and of the older ones those that explain where a service is now, and those by which the tree was started. It is
 * part of the journal, so a new daemon knows what happened under the former one.
 */
import type { RequestFacts, StepKind } from '../../api/history.ts';
import type { Action, StepAction } from '../engine/action.ts';
import type { EngineEvent } from '../engine/event.ts';
import { dependencyLinks, dependentLinks } from '../engine/links.ts';
import type { ServiceId } from '../model/ids.ts';
import type { Service } from '../model/service.ts';
import type { EngineState } from '../model/state.ts';
import { type DescribeFailure, noticeCause, type RootCause, rootCause } from './root-cause.ts';
import { type Relation, stepReason } from './step-cause.ts';
import type { CauseRecord, Origin, StepRecord } from './step-record.ts';

/** Steps that are kept for their age alone. */
const newestSteps = 2_048;
/** Steps back from where a service is now that are kept for it. */
const longestChain = 64;

/** One turn of the engine. */
export interface EngineTurn {
  readonly state: EngineState;
  readonly event: EngineEvent;
  readonly origin: Origin | undefined;
  readonly now: number;
  readonly actions: readonly Action[];
}

interface TurnFacts {
  readonly state: EngineState;
  readonly now: number;
  readonly root: RootCause;
  readonly first: number;
  /** Made when there is something to put in: in most turns there is not. */
  noticed: Map<ServiceId, CauseRecord> | undefined;
  givingUp: Set<ServiceId> | undefined;
}

export class History {
  readonly #describe: DescribeFailure;
  #steps = new Map<number, StepRecord>();
  #last = new Map<ServiceId, StepRecord>();
  /** Also of services that are not loaded any more, as long as there are steps of them. */
  #names = new Map<ServiceId, string>();
  readonly #stopTimedOut = new Set<ServiceId>();
  /** Who has sent a signal to the process that there is now. */
  readonly #signals = new Map<ServiceId, RequestFacts>();
  #sequence = 0;
  #pruneAt = 2 * newestSteps;

  constructor(describe: DescribeFailure) {
    this.#describe = describe;
  }

  get sequence(): number {
    return this.#sequence;
  }

  /** Oldest first. */
  get steps(): Iterable<StepRecord> {
    return this.#steps.values();
  }

  step(sequence: number): StepRecord | undefined {
    return this.#steps.get(sequence);
  }

  lastOf(id: ServiceId): StepRecord | undefined {
    return this.#last.get(id);
  }

  nameOf(id: ServiceId): string {
    return this.#names.get(id) ?? '';
  }

  get names(): ReadonlyMap<ServiceId, string> {
    return this.#names;
  }

  /** Takes over what a former daemon knew. */
  restore(steps: readonly StepRecord[], names: ReadonlyMap<ServiceId, string>, sequence: number): void {
    this.#steps = new Map(steps.map((step) => [step.sequence, step]));
    this.#last = new Map(steps.map((step) => [step.id, step]));
    this.#names = new Map(names);
    this.#sequence = sequence;
    this.#pruneAt = this.#steps.size + newestSteps;
  }

  record(turn: EngineTurn): void {
    const { state, now, actions } = turn;
    const facts: TurnFacts = {
      state,
      now,
      root: this.#rootOf(turn),
      first: this.#sequence,
      noticed: undefined,
      givingUp: undefined,
    };
    for (const action of actions) {
      if (action.kind === 'step') this.#take(action, facts);
      else if (action.kind === 'notice') this.#notice(action, facts);
    }
    if (turn.event.kind === 'exited' && turn.event.role === 'main') this.#noteRecovery(turn.event.id, facts);
    if (this.#steps.size >= this.#pruneAt) this.#prune(turn.state);
  }

  #rootOf({ event, origin }: EngineTurn): RootCause {
    const root = rootCause(event, origin, this.#describe);
    if (event.kind !== 'exited' || event.role !== 'main') return root;
    const request = this.#signals.get(event.id);
    this.#signals.delete(event.id);
    return request && event.exit.kind !== 'exited' ? { ...root, cause: { ...root.cause, request } } : root;
  }

  /** A client has a signal sent to the service's process: perhaps that is why it ends. */
  noteSignal(id: ServiceId, request: RequestFacts): void {
    this.#signals.set(id, request);
  }

  #notice({ id, notice }: Extract<Action, { kind: 'notice' }>, facts: TurnFacts): void {
    if (notice.kind === 'stop-timeout') this.#stopTimedOut.add(id);
    if (notice.kind === 'restarting-too-quickly') (facts.givingUp ??= new Set()).add(id);
    const cause = noticeCause(notice);
    if (cause) (facts.noticed ??= new Map()).set(id, cause);
  }

  #take(action: StepAction, facts: TurnFacts): void {
    const { id, by, step } = action;
    const { state, root, first } = facts;
    const service = state.services[id];
    const last = this.#last.get(id);
    const { cause, causedBy } = stepReason(action, {
      root,
      noticed: facts.noticed?.get(id),
      last,
      isLastOfThisTurn: last !== undefined && last.sequence > first,
      relation: service && by !== null ? relationOf(state, service, by) : 'other',
      mover: by === null ? undefined : this.#last.get(by),
      before: root.after === null ? undefined : this.#last.get(root.after),
      hasStopTimedOut: this.#stopTimedOut.has(id),
      isGivingUp: facts.givingUp?.has(id) ?? false,
      restartLimit: service ? limitOf(service) : undefined,
    });
    this.#add(facts, id, step, cause, causedBy);
    if (step === 'stopped') this.#stopTimedOut.delete(id);
  }

  /** A smooth recovery changes no state, so no step of the engine tells it. */
  #noteRecovery(id: ServiceId, facts: TurnFacts): void {
    const service = facts.state.services[id];
    if (service?.state !== 'started' || !service.isRecovering) return;
    const limit = limitOf(service);
    const { restarts } = service.window;
    const counted = restarts > 0 ? { restarts, ...(limit !== undefined && { restartLimit: limit }) } : {};
    this.#add(facts, id, 'recovering', { ...facts.root.cause, ...counted }, undefined);
  }

  #add(
    { state, now }: TurnFacts,
    id: ServiceId,
    step: StepKind,
    cause: CauseRecord,
    causedBy: StepRecord | undefined,
  ): void {
    this.#sequence += 1;
    const isUpward = step === 'starting' || step === 'acting' || step === 'started';
    const isBoot = isUpward && (cause.kind === 'boot' || (causedBy?.isBoot === true && cause.kind !== 'restart'));
    const record = { sequence: this.#sequence, time: now, id, step, cause, causedBy: causedBy?.sequence ?? 0, isBoot };
    this.#steps.set(record.sequence, record);
    this.#last.set(id, record);
    const name = state.services[id]?.description.name;
    if (name !== undefined) this.#names.set(id, name);
  }

  #prune(state: EngineState): void {
    for (const id of this.#last.keys()) if (!state.services[id]) this.#last.delete(id);
    const held = this.#explaining();
    const isHeld = (step: StepRecord): boolean => step.isBoot || held.has(step.sequence);
    let surplus = [...this.#steps.values()].reduce((count, step) => count + Number(!isHeld(step)), -newestSteps);
    for (const step of this.#steps.values()) {
      if (surplus <= 0) break;
      if (isHeld(step)) continue;
      this.#steps.delete(step.sequence);
      surplus -= 1;
    }
    const ids = new Set([...this.#steps.values()].map(({ id }) => id));
    for (const id of this.#names.keys()) if (!ids.has(id)) this.#names.delete(id);
    this.#pruneAt = this.#steps.size + newestSteps;
  }

  /** The steps that explain the present states. */
  #explaining(): ReadonlySet<number> {
    const held = new Set<number>();
    for (const last of this.#last.values()) {
      let step: StepRecord | undefined = last;
      for (let length = 0; step && length < longestChain && !held.has(step.sequence); length++) {
        held.add(step.sequence);
        step = this.#steps.get(step.causedBy);
      }
    }
    return held;
  }
}

function relationOf(state: EngineState, service: Service, other: ServiceId): Relation {
  if (dependencyLinks(state, service).some(({ to }) => to === other)) return 'dependency';
  if (dependentLinks(state, service).some(({ from }) => from === other)) return 'dependent';
  return 'other';
}

function limitOf({ description: { type, restart } }: Service): number | undefined {
  const isLimited = type === 'process' || type === 'bgprocess';
  return isLimited && restart.limitInterval > 0 && restart.limitCount > 0 ? restart.limitCount : undefined;
}
