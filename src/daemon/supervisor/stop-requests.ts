/**
 * What a person at the terminal asks for with Ctrl-C, or another program with a signal: the first time stop everything in order, the second time show
 * what that waits for, the third time kill.
 */
import { constants } from 'node:os';

export type StopStep = 'shutdown' | 'explain' | 'kill' | 'ignore';

export class StopRequests {
  #presses = 0;

  step(signal: number): StopStep {
    const { SIGINT, SIGTERM, SIGQUIT } = constants.signals;
    if (signal === SIGQUIT) return 'kill';
    if (signal !== SIGINT && signal !== SIGTERM) return 'ignore';
    this.#presses += 1;
    if (this.#presses === 1) return 'shutdown';
    return this.#presses === 2 ? 'explain' : 'kill';
  }
}
