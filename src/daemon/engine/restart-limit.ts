/**
 * How often a service may restart automatically: `limitCount` times within `limitInterval`, counted from the last start that was not automatic. Types
 * without a process of their own that can die are not limited.
 */
import type { Service } from '../model/service.ts';
import type { Turn } from './turn.ts';

/** Counts one more automatic restart; false if the limit is reached. */
export function mayRestart(turn: Turn, service: Service): boolean {
  const { type, restart } = service.description;
  if (type !== 'process' && type !== 'bgprocess') return true;
  if (restart.limitCount === 0 || restart.limitInterval === 0) return true;
  const { window } = service;
  if (turn.now - window.begin >= restart.limitInterval) {
    service.window = { begin: turn.now, restarts: 1 };
    return true;
  }
  if (window.restarts >= restart.limitCount) return false;
  window.restarts += 1;
  return true;
}

/** A start that is not automatic begins a new window. */
export function beginWindow(turn: Turn, service: Service): void {
  service.window = { begin: turn.now, restarts: 0 };
}

/** Milliseconds until an automatic launch is allowed. */
export function remainingDelay(turn: Turn, service: Service): number {
  if (service.lastLaunch === null) return 0;
  return Math.max(0, service.lastLaunch + service.description.restart.delay - turn.now);
}
