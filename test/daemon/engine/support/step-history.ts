/** The states of all services as the engine tells them step by step, also within one event. */
import type { ServiceState } from '../../../../src/api/service-status.ts';
import type { Action } from '../../../../src/daemon/engine/action.ts';
import type { ServiceId } from '../../../../src/daemon/model/ids.ts';
import type { EngineState } from '../../../../src/daemon/model/state.ts';
import { Broken } from './story.ts';

const nextStates: Readonly<Record<ServiceState, readonly ServiceState[]>> = {
  stopped: ['starting'],
  starting: ['started', 'stopping', 'stopped'],
  started: ['stopping'],
  stopping: ['stopped', 'starting'],
};

export class StepHistory {
  readonly #states = new Map<ServiceId, ServiceState>();
  /** Services whose last start was called off, or has failed. */
  readonly calledOff = new Set<string>();

  note(state: EngineState, action: Action): void {
    if (action.kind === 'event') {
      const { name, event } = action.event;
      if (event === 'started') this.calledOff.delete(name);
      if (event === 'start-cancelled' || event === 'start-failed') this.calledOff.add(name);
    }
    if (action.kind !== 'step') return;
    const { id, step } = action;
    if (step === 'acting') {
      this.#checkGround(state, id);
      return;
    }
    const before = this.#stateOf(id);
    if (!nextStates[before].includes(step)) throw new Broken('states follow each other', `${id}: ${before}, ${step}`);
    this.#states.set(id, step);
  }

  compare({ services }: EngineState): void {
    for (const service of services) {
      if (!service || this.#stateOf(service.id) === service.state) continue;
      throw new Broken('every change of state is told', service.description.name);
    }
  }

  /** What a start action stands on is up at the very moment when it begins. */
  #checkGround({ services, links }: EngineState, id: ServiceId): void {
    if (this.#stateOf(id) !== 'starting') throw new Broken('only what is starting begins its start action', `${id}`);
    for (const linkId of services[id]?.dependencies ?? []) {
      const link = links[linkId];
      const dependency = link && services[link.to];
      if (!dependency || (link.kind !== 'depends-on' && link.kind !== 'prepared-by')) continue;
      const isStillThere = dependency.activity === 'run' && dependency.isWaiting;
      if (this.#stateOf(link.to) === 'started' || isStillThere) continue;
      const words = `${id} on ${dependency.description.name}, which is ${this.#stateOf(link.to)}`;
      throw new Broken('no start action begins while a hard dependency is not up', words);
    }
  }

  #stateOf(id: ServiceId): ServiceState {
    return this.#states.get(id) ?? 'stopped';
  }
}
