/** The console: one service has it at a time, the others wait in the order in which they asked. While a service has it, the daemon's own log is silent there. */
import type { Service } from '../model/service.ts';
import { type Turn, queueTransition, serviceOf } from './turn.ts';

const needsConsole = ({ description }: Service): boolean =>
  description.console === 'starts' || description.console === 'runs';

/** True if the service has the console or needs none; otherwise it is in the queue now. */
export function acquireConsole(turn: Turn, service: Service): boolean {
  if (!needsConsole(service) || service.console === 'held') return true;
  const { state } = turn;
  if (state.consoleOwner === null) {
    turn.actions.push({ kind: 'console-log', isHeld: true });
    state.consoleOwner = service.id;
    service.console = 'held';
    return true;
  }
  if (service.console === 'none') {
    service.console = 'waiting';
    state.consoleQueue.push(service.id);
  }
  return false;
}

/** Gives up the console, or the place in the queue. */
export function leaveConsole(turn: Turn, service: Service): void {
  const { state } = turn;
  const was = service.console;
  service.console = 'none';
  if (was === 'waiting') state.consoleQueue = state.consoleQueue.filter((id) => id !== service.id);
  if (was !== 'held') return;
  state.consoleOwner = null;
  for (;;) {
    const next = state.consoleQueue.shift();
    if (next === undefined) break;
    const candidate = serviceOf(state, next);
    candidate.console = 'none';
    if (candidate.state !== 'starting' || !candidate.isWaiting || candidate.waitingLinks > 0) continue;
    state.consoleOwner = candidate.id;
    candidate.console = 'held';
    queueTransition(turn, candidate);
    return;
  }
  turn.actions.push({ kind: 'console-log', isHeld: false });
}

/** What a process of the service gets of the console. */
export function consoleGrant(service: Service): 'none' | 'shared' | 'exclusive' {
  if (service.console === 'held') return 'exclusive';
  return service.description.console === 'shares' ? 'shared' : 'none';
}
