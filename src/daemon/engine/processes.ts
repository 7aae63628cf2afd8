/** Launching and signalling the processes of a service. */
import { runNumber } from '../model/ids.ts';
import type { Role, Service } from '../model/service.ts';
import { consoleGrant } from './console.ts';
import { setTimer } from './timers.ts';
import type { Turn } from './turn.ts';

export const signals = { interrupt: 2, kill: 9 } as const;

export const hasProcess = (service: Service): boolean => service.main.kind !== 'none' || service.stop.kind !== 'none';

export function pidOf(service: Service, role: Role): number | undefined {
  const process = service[role];
  return process.kind === 'executed' ? process.pid : undefined;
}

function launch(turn: Turn, service: Service, role: Role): void {
  service.lastRun = runNumber(service.lastRun + 1);
  service[role] = { kind: 'launched', run: service.lastRun };
  turn.actions.push({ kind: 'launch', id: service.id, role, run: service.lastRun, console: consoleGrant(service) });
}

/** The service's process or start command; the start time limit runs from here. */
export function launchMain(turn: Turn, service: Service): void {
  service.activity = 'launch';
  service.lastLaunch = turn.now;
  launch(turn, service, 'main');
  const { startTimeout } = service.description;
  if (startTimeout > 0) setTimer(turn, service, 'start-timeout', startTimeout);
}

export function launchStop(turn: Turn, service: Service): void {
  launch(turn, service, 'stop');
  armStopTimer(turn, service);
}

export function armStopTimer(turn: Turn, service: Service): void {
  const { stopTimeout } = service.description;
  if (stopTimeout > 0) setTimer(turn, service, 'stop-timeout', stopTimeout);
}

/** To the process group, unless the service wants the process only. Nothing happens without a process. */
export function sendSignal(turn: Turn, service: Service, role: Role, signal: number): void {
  if (service[role].kind === 'none') return;
  const scope = service.description.options.signalProcessOnly ? 'process' : 'process-group';
  turn.actions.push({ kind: 'signal', id: service.id, role, signal, scope });
}
