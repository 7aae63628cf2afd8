/** Changes of a service's state, with the count of active services. */
import type { ServiceState } from '../../api/service-status.ts';
import type { Service } from '../model/service.ts';
import { queuePins } from './pins.ts';
import { type Turn, emitStep } from './turn.ts';

export function enterState(turn: Turn, service: Service, state: ServiceState): void {
  if (service.state === state) return;
  if (service.state === 'stopped') {
    turn.state.active += 1;
    turn.state.isRestReported = false;
  }
  if (state === 'stopped') turn.state.active -= 1;
  const wasStarted = service.state === 'started';
  service.state = state;
  service.since = turn.now;
  emitStep(turn, service, state);
  // Only what has come up holds its dependencies by its pin.
  if (wasStarted || state === 'started') queuePins(turn, service);
}
