/** What the launcher reports of a service's processes. A report of an earlier run is about a process that is forgotten already, and ignored. */
import type { ExitStatus } from '../../api/service-status.ts';
import type { Role, Service } from '../model/service.ts';
import type { Report } from './event.ts';
import { launchStop, sendSignal, signals } from './processes.ts';
import { mayRestart } from './restart-limit.ts';
import { launchInTime, stopProcess } from './service-types.ts';
import { failToStart, started } from './starting.ts';
import { enterState } from './states.ts';
import { failAndStop, stopAfterEnd, stopForGood, stopped } from './stopping.ts';
import { clearTimer, setTimer } from './timers.ts';
import { type Turn, notice } from './turn.ts';

type ReportOf<K extends Report['kind']> = Extract<Report, { readonly kind: K }>;

/** Milliseconds. Closing the pipe and ending are one act of a process; the kernel shows them one after the other. */
const exitGrace = 100;

const isRun = (service: Service, role: Role, run: number): boolean => {
  const process = service[role];
  return process.kind !== 'none' && process.run === run;
};

const succeeded = (exit: ExitStatus): boolean => exit.kind === 'exited' && exit.status === 0;

export function executed(turn: Turn, service: Service, { role, run, pid }: ReportOf<'executed'>): void {
  if (!isRun(service, role, run)) return;
  service[role] = { kind: 'executed', run, pid };
  if (role === 'stop') return;
  if (service.activity === 'interrupt') return sendSignal(turn, service, 'main', signals.interrupt);
  if (service.activity !== 'launch') return;
  service.activity = 'completion';
  const { type, readiness } = service.description;
  if (type === 'process' && !readiness) completed(turn, service);
  else if (type === 'process' && isStopDue(service)) stopProcess(turn, service);
}

/** Its dependents are down and its stop is under way, but was held back by a recovery. */
const isStopDue = (service: Service): boolean => service.state === 'stopping' && !service.isWaiting;

/** The start action has done its work: the service is up, or its recovery is over, or its stop goes on. */
function completed(turn: Turn, service: Service): void {
  if (service.state === 'starting') return started(turn, service);
  service.isRecovering = false;
  service.activity = 'run';
  clearTimer(turn, service);
  if (isStopDue(service)) stopProcess(turn, service);
}

/** The start action has failed. */
function notCompleted(turn: Turn, service: Service, reason: Service['stopReason']): void {
  clearTimer(turn, service);
  if (service.state === 'starting') {
    service.stopReason = reason;
    // Clients know a process that could not be executed as one on its way down.
    if (reason === 'exec-failed' && service.description.type === 'process') enterState(turn, service, 'stopping');
    return failAndStop(turn, service);
  }
  service.activity = 'idle';
  if (service.state === 'started') {
    service.isRecovering = false;
    return stopForGood(turn, service, 'terminated');
  }
  if (isStopDue(service)) stopped(turn, service);
}

export function startFailed(turn: Turn, service: Service, report: ReportOf<'start-failed'>): void {
  const { role, run, opIndex, opType, errno } = report;
  if (!isRun(service, role, run)) return;
  service[role] = { kind: 'none' };
  const failure = { role, opIndex, opType, errno };
  if (role === 'stop') {
    notice(turn, service, { kind: 'stop-command-not-executed', failure });
    if (service.main.kind === 'none') return stopped(turn, service);
    return sendSignal(turn, service, 'main', service.description.termSignal ?? signals.kill);
  }
  service.launchFailure = failure;
  notice(turn, service, { kind: 'execution-failed', failure });
  if (service.activity === 'interrupt') return interruptionOver(turn, service);
  return notCompleted(turn, service, 'exec-failed');
}

export function exited(turn: Turn, service: Service, { role, run, exit }: ReportOf<'exited'>): void {
  if (!isRun(service, role, run)) return;
  service[role] = { kind: 'none' };
  if (role === 'stop') return stopCommandEnded(turn, service, exit);
  service.exit = exit;
  switch (service.activity) {
    case 'launch':
    case 'completion':
      return startActionEnded(turn, service, exit, run);
    case 'interrupt':
      return interruptedEnded(turn, service, exit, run);
    case 'run':
      return runEnded(turn, service, exit);
    case 'stop':
      return service.stop.kind === 'none' ? stopped(turn, service) : undefined;
    case 'idle':
    case 'delay':
    case 'pid-file':
    case 'undo':
    case 'kill-all':
      return undefined;
    default:
      return service.activity satisfies never;
  }
}

function startActionEnded(turn: Turn, service: Service, exit: ExitStatus, run: Service['lastRun']): void {
  const { type, options } = service.description;
  if (type === 'bgprocess' && succeeded(exit)) return readPidFile(turn, service, run);
  if (type === 'scripted') {
    const isSkipped = options.skippable && exit.kind === 'killed' && exit.status === signals.interrupt;
    if (isSkipped) service.isSkipped = true;
    if (isSkipped || succeeded(exit)) return completed(turn, service);
    notice(turn, service, { kind: 'start-command-failed', exit });
  } else if (!succeeded(exit)) {
    notice(turn, service, { kind: 'process-ended', exit });
  }
  return notCompleted(turn, service, 'failed');
}

function readPidFile(turn: Turn, service: Service, run: Service['lastRun']): void {
  service.activity = 'pid-file';
  // The run goes on: it is the one of the process that the file will name.
  service.main = { kind: 'launched', run };
  turn.actions.push({ kind: 'read-pid-file', id: service.id, run });
}

function interruptedEnded(turn: Turn, service: Service, exit: ExitStatus, run: Service['lastRun']): void {
  const { type, stopCommand } = service.description;
  if (!succeeded(exit)) notice(turn, service, { kind: 'start-interrupted', exit });
  if (type === 'bgprocess' && succeeded(exit)) return readPidFile(turn, service, run);
  const mayHaveWorked = succeeded(exit) || (exit.kind === 'killed' && exit.status === signals.interrupt);
  if (type !== 'scripted' || !mayHaveWorked || stopCommand.length === 0) return interruptionOver(turn, service);
  service.activity = 'undo';
  return launchStop(turn, service);
}

/** Nothing is left of an interrupted start, or of an interrupted recovery: that one may have to wait for dependents, or be held up by a pin. */
function interruptionOver(turn: Turn, service: Service): void {
  if (isStopDue(service)) return stopped(turn, service);
  clearTimer(turn, service);
  service.activity = 'idle';
  service.isVacant = service.state === 'started';
}

/** The process of a service that was up has ended without being told to. */
function runEnded(turn: Turn, service: Service, exit: ExitStatus): void {
  service.activity = 'idle';
  // Its stop had been called off, and it waits for something again: those above it have lost it all the same.
  if (service.state === 'starting') return stopAfterEnd(turn, service);
  if (service.state !== 'started') return undefined;
  if (!succeeded(exit)) notice(turn, service, { kind: 'process-ended', exit });
  const { restart, type } = service.description;
  const isRecoverable = type === 'process' || service.target === 'started';
  if (!restart.smoothRecovery || !isRecoverable) return stopAfterEnd(turn, service);
  if (!mayRestart(turn, service)) {
    notice(turn, service, { kind: 'restarting-too-quickly' });
    return stopForGood(turn, service, 'terminated');
  }
  service.isRecovering = true;
  return launchInTime(turn, service);
}

function stopCommandEnded(turn: Turn, service: Service, exit: ExitStatus): void {
  if (service.description.type === 'scripted') service.exit = exit;
  if (!succeeded(exit)) notice(turn, service, { kind: 'stop-command-failed', exit });
  if (service.main.kind === 'none') stopped(turn, service);
}

export function ready(turn: Turn, service: Service, { run }: ReportOf<'ready'>): void {
  if (isRun(service, 'main', run) && service.activity === 'completion') completed(turn, service);
}

export function readyClosed(turn: Turn, service: Service, { run }: ReportOf<'ready-closed'>): void {
  if (!isRun(service, 'main', run) || service.activity !== 'completion') return;
  setTimer(turn, service, 'exit-grace', exitGrace);
}

/** It will never be ready, and lives on: the start has failed, and its process is brought down. */
export function neverReady(turn: Turn, service: Service): void {
  notice(turn, service, { kind: 'closed-readiness' });
  if (service.state === 'started') {
    service.isRecovering = false;
    service.activity = 'run';
    return stopForGood(turn, service, 'failed');
  }
  service.activity = 'run';
  if (service.state !== 'starting') return undefined;
  service.stopReason = 'failed';
  enterState(turn, service, 'stopping');
  failToStart(turn, service);
  return stopProcess(turn, service);
}

export function pidFileRead(turn: Turn, service: Service, report: ReportOf<'pid-file'>): void {
  const { run, result, errno, pid } = report;
  if (!isRun(service, 'main', run) || service.activity !== 'pid-file') return;
  if (result === 'supervised') {
    service.main = { kind: 'executed', run, pid };
    completed(turn, service);
    return;
  }
  service.main = { kind: 'none' };
  notice(turn, service, { kind: 'bad-pid-file', result, errno, pid });
  notCompleted(turn, service, 'failed');
}
