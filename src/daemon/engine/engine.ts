import type { EngineState } from '../model/state.ts';
import type { Action } from './action.ts';
import type { EngineEvent } from './event.ts';

/**
 * Takes one event and returns what is to be done about it, in order. Changes `state` in place; otherwise pure.
 * `now` is milliseconds of the monotonic clock and never goes back.
 */
export function reduce(state: EngineState, event: EngineEvent, now: number): Action[] {
  throw new Error(
    `Cannot handle '${event.kind}' at ${now} with ${state.active} active services: the engine is being written`,
  );
}
