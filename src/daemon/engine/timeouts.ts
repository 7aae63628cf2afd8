/** What happens when a timer of a service ends. */
import type { Role, Service, TimerKind } from '../model/service.ts';
import { launchMain, pidOf, sendSignal, signals } from './processes.ts';
import { neverReady } from './reports.ts';
import { interrupt } from './service-types.ts';
import { failToStart } from './starting.ts';
import { enterState } from './states.ts';
import { stopForGood } from './stopping.ts';
import { type Turn, notice } from './turn.ts';

export function timerEnded(turn: Turn, service: Service, kind: TimerKind): void {
  switch (kind) {
    case 'restart-delay':
      return launchMain(turn, service);
    case 'start-timeout':
      return startTookTooLong(turn, service);
    case 'stop-timeout':
      return stopTookTooLong(turn, service);
    case 'exit-grace':
      return neverReady(turn, service);
    default:
      return kind satisfies never;
  }
}

function startTookTooLong(turn: Turn, service: Service): void {
  notice(turn, service, { kind: 'start-timeout', pid: pidOf(service, 'main') });
  if (service.state !== 'starting') {
    // A recovery that does not come to an end.
    service.isRecovering = false;
    interrupt(turn, service);
    return service.state === 'started' ? stopForGood(turn, service, 'timed-out') : undefined;
  }
  interrupt(turn, service);
  service.stopReason = 'timed-out';
  enterState(turn, service, 'stopping');
  return failToStart(turn, service);
}

/** `launched` counts too: its exec may hang, on a file system that does not answer. */
function stopTookTooLong(turn: Turn, service: Service): void {
  const roles: readonly Role[] = ['main', 'stop'];
  for (const role of roles) {
    if (service[role].kind === 'none') continue;
    notice(turn, service, { kind: 'stop-timeout', role, pid: pidOf(service, role) });
    sendSignal(turn, service, role, signals.kill);
  }
}
