/**
 * What a start, a stop and the interruption of a start consist of, for each type:
 *
 *     internal    nothing to do
 *     triggered   up when its trigger is set
 *     process     up when executed, or when it reports ready; down when its process, and its stop command if it has one, have ended
 *     bgprocess   up when its launched process has ended well and the pid file names a process of ours; down as process
 *     scripted    up when its start command has ended well; down when its stop command has ended
 */
import type { Service } from '../model/service.ts';
import { armStopTimer, launchMain, launchStop, pidOf, sendSignal, signals } from './processes.ts';
import { beginWindow, remainingDelay } from './restart-limit.ts';
import { setTimer } from './timers.ts';
import { type Turn, notice } from './turn.ts';

/** Begins the start action; true if that was all, and the service is up. */
export function beginAction(turn: Turn, service: Service): boolean {
  const { type } = service.description;
  switch (type) {
    case 'internal':
      return true;
    case 'triggered':
      if (!service.isTriggered) service.activity = 'completion';
      return service.isTriggered;
    case 'process':
    case 'bgprocess':
      // A stop that was called off before its action began has left the process alone.
      if (service.main.kind !== 'none') return true;
      launchInTime(turn, service);
      return false;
    case 'scripted':
      launchInTime(turn, service);
      return false;
    default:
      return type satisfies never;
  }
}

/** An automatic start keeps the restart delay; any other one begins a new window of the restart limit. */
export function launchInTime(turn: Turn, service: Service): void {
  const isAutomatic = service.restart === 'automatic' || service.isRecovering;
  if (!isAutomatic) beginWindow(turn, service);
  const delay = isAutomatic && service.description.type !== 'scripted' ? remainingDelay(turn, service) : 0;
  if (delay === 0) return launchMain(turn, service);
  service.activity = 'delay';
  return setTimer(turn, service, 'restart-delay', delay);
}

/** Begins the stop action; true if that was all, and nothing of the service is left. */
export function beginStopAction(turn: Turn, service: Service): boolean {
  const { type, stopCommand } = service.description;
  switch (type) {
    case 'internal':
    case 'triggered':
      return true;
    case 'process':
    case 'bgprocess':
      if (service.activity === 'interrupt') return false;
      if (isLaunching(service)) armStopTimer(turn, service);
      else if (service.main.kind === 'none') return true;
      else stopProcess(turn, service);
      return false;
    case 'scripted':
      // The stop command undoes what the start command has done; without the one there is nothing for the other.
      if (service.activity === 'idle' || stopCommand.length === 0) return true;
      service.activity = 'stop';
      launchStop(turn, service);
      return false;
    default:
      return type satisfies never;
  }
}

/** A recovery is under way: what has just been launched is not yet, or not yet known to be, the process to stop. */
function isLaunching({ description, activity }: Service): boolean {
  if (activity === 'launch' || activity === 'pid-file') return true;
  return description.type === 'bgprocess' && activity === 'completion';
}

export function stopProcess(turn: Turn, service: Service): void {
  service.activity = 'stop';
  if (service.description.stopCommand.length > 0) return launchStop(turn, service);
  const { termSignal } = service.description;
  if (termSignal !== null) sendSignal(turn, service, 'main', termSignal);
  return armStopTimer(turn, service);
}

/** Calls off a start whose process is there. */
export function interrupt(turn: Turn, service: Service): void {
  notice(turn, service, { kind: 'interrupting-start', pid: pidOf(service, 'main') });
  if (service.activity !== 'pid-file') {
    if (service.activity !== 'launch') sendSignal(turn, service, 'main', signals.interrupt);
    service.activity = 'interrupt';
  }
  armStopTimer(turn, service);
}
