/**
 * The way down: from the wish to stop, or the end of the process, to `stopped`, and from there up again if the service restarts.
 *
 * A service never begins its own stop action while a hard dependent is up: dependents first, then dependencies.
 */
import { isHard } from '../model/link.ts';
import type { RestartIntent, Service } from '../model/service.ts';
import { leaveConsole } from './console.ts';
import {
  dependencyLinks,
  dependentLinks,
  isBlockedByDependents,
  queueRelease,
  recheckDependencies,
  setWaiting,
  stopWaiting,
} from './links.ts';
import { settleStartCancelled, settleStopped } from './outcomes.ts';
import { isHeldUp } from './pins.ts';
import { mayRestart } from './restart-limit.ts';
import { beginStopAction, interrupt } from './service-types.ts';
import { failToStart, start } from './starting.ts';
import { enterState } from './states.ts';
import { clearTimer } from './timers.ts';
import { type Turn, emitEvent, notice, queuePropagation, queueTransition, serviceOf } from './turn.ts';

/** Nothing counts on the service any more: it stops, and lets go of what it counts on, when its stop begins. */
export function released(turn: Turn, service: Service): void {
  if (service.requiredBy > 0) return;
  const wasToRestart = service.state === 'stopping' && service.target === 'started';
  service.target = 'stopped';
  if (isHeldUp(service) || willBeHeldUp(service)) return;
  queueRelease(turn, service);
  if (wasToRestart) settleStartCancelled(turn, service, emitEvent(turn, service, 'start-cancelled'));
  if (service.state !== 'starting' && service.state !== 'started') return;
  // Whoever has told it to stop already has said why.
  if (!service.pending.stop) service.stopReason = 'normal';
  service.pending.stop = true;
}

/** Drops the explicit mark, without any other effect. */
export function dropExplicit(service: Service): void {
  if (!service.isExplicit) return;
  service.isExplicit = false;
  service.requiredBy -= 1;
}

/** A client's stop: whoever counts on it, and no restart. */
export function bringDownOnRequest(turn: Turn, service: Service): void {
  const wasToRestart = service.state === 'stopping' && service.target === 'started';
  if (service.state !== 'stopped') service.stopReason = 'normal';
  dropExplicit(service);
  service.target = 'stopped';
  service.isForcedToStop = service.state !== 'stopped';
  if (wasToRestart) settleStartCancelled(turn, service, emitEvent(turn, service, 'start-cancelled'));
  stop(turn, service, 'none');
}

/** A restart of its own or because a dependency was restarted, as asked for by a client. */
export function restartOnRequest(turn: Turn, service: Service): void {
  service.isForcedToStop = true;
  stop(turn, service, 'user');
}

export function stop(turn: Turn, service: Service, intent: RestartIntent): void {
  if (service.state === 'stopped' || isHeldUp(service)) return;
  const willRestart = decideRestart(turn, service, intent);
  if (!willRestart) dropExplicit(service);
  tellDependents(turn, service, intent === 'user' && willRestart, willRestart);
  if (!willRestart && service.requiredBy === 0) {
    service.target = 'stopped';
    queueRelease(turn, service);
  }
  if (service.state === 'stopping') return;
  if (service.state === 'starting' && !callOffStart(turn, service)) return;
  beginStopping(turn, service);
}

function decideRestart(turn: Turn, service: Service, intent: RestartIntent): boolean {
  // What is on its way down already has been decided (and counted) once.
  if (service.state === 'stopping') return service.target === 'started';
  // So has a stop that had to wait for the end of the start.
  const isCounted = service.restart === 'automatic' && !service.isWaiting;
  service.restart = 'none';
  if (turn.state.isShuttingDown || service.isPinnedStopped) {
    service.target = 'stopped';
    return false;
  }
  if (intent === 'user') service.restart = 'user';
  else if (wantsRestart(service) && service.target === 'started') {
    if (isCounted || mayRestart(turn, service)) {
      service.restart = 'automatic';
    } else {
      service.target = 'stopped';
      notice(turn, service, { kind: 'restarting-too-quickly' });
    }
  }
  return service.restart !== 'none';
}

const gentleSignals: readonly number[] = [1, 2, 10, 12, 15];

/** By its `restart` setting and, for `on-failure`, the way its last process ended. */
function wantsRestart({ description, exit }: Service): boolean {
  const { mode } = description.restart;
  if (mode !== 'on-failure') return mode === 'yes';
  if (description.type !== 'process' && description.type !== 'bgprocess') return false;
  if (!exit) return false;
  return exit.kind === 'exited' ? exit.status !== 0 : !gentleSignals.includes(exit.status);
}

function tellDependents(turn: Turn, service: Service, isUserRestart: boolean, willRestart: boolean): void {
  for (const link of dependentLinks(turn.state, service)) {
    if (!isHard(link)) {
      if (willRestart) continue;
      stopWaiting(turn, link);
      if (!link.isHolding) continue;
      link.isHolding = false;
      service.requiredBy -= 1;
      continue;
    }
    const dependent = serviceOf(turn.state, link.from);
    if (dependent.state !== 'stopped') tellHardDependent(turn, service, dependent, isUserRestart);
  }
}

function tellHardDependent(turn: Turn, service: Service, dependent: Service, isUserRestart: boolean): void {
  if (isUserRestart) {
    if (dependent.state === 'stopping') return;
    dependent.stopReason = 'dependency-restart';
    dependent.failedDependency = service.description.name;
    dependent.isForcedToStop = true;
    dependent.pending.userRestart = true;
  } else if (service.isForcedToStop && service.target === 'stopped') {
    dependent.stopReason = 'dependency-failed';
    dependent.failedDependency = service.description.name;
    dependent.target = 'stopped';
    dependent.isForcedToStop = true;
  } else if (service.isForcedToStop) {
    dependent.isForcedToStop = true;
  } else if (service.target === 'stopped') {
    dependent.target = 'stopped';
    dropExplicit(dependent);
  } else {
    return;
  }
  dependent.pending.stop = true;
  queuePropagation(turn, dependent);
}

/** Its start cannot be called off any more, and then its own pin holds it. */
export const willBeHeldUp = (service: Service): boolean =>
  service.state === 'starting' &&
  service.isPinnedStarted &&
  !isCancellable(service) &&
  !service.description.options.startInterruptible;

/** Nothing of its start has to end first. */
const isCancellable = ({ isWaiting, activity, description }: Service): boolean =>
  isWaiting || activity === 'delay' || description.type === 'triggered';

/** True if the start was called off and the service can go on to stop now. */
function callOffStart(turn: Turn, service: Service): boolean {
  if (isCancellable(service)) {
    clearTimer(turn, service);
    if (service.activity !== 'run') service.activity = 'idle';
    leaveConsole(turn, service);
    tellStartCancelled(turn, service);
    return true;
  }
  if (!service.description.options.startInterruptible) return false;
  interrupt(turn, service);
  enterState(turn, service, 'stopping');
  service.isWaiting = false;
  tellStartCancelled(turn, service);
  return false;
}

/** A start that another one follows goes on, for whoever waits for it. */
function tellStartCancelled(turn: Turn, service: Service): void {
  if (service.target === 'stopped') settleStartCancelled(turn, service, emitEvent(turn, service, 'start-cancelled'));
}

/** What does not start any more waits for none of its dependencies. */
function waitNoMore(turn: Turn, service: Service): void {
  if (service.waitingLinks === 0) return;
  for (const link of dependencyLinks(turn.state, service)) setWaiting(turn.state, link, false);
}

function beginStopping(turn: Turn, service: Service): void {
  waitNoMore(turn, service);
  enterState(turn, service, 'stopping');
  service.isWaiting = true;
  if (!isBlockedByDependents(turn.state, service)) queueTransition(turn, service);
}

/** No hard dependent is in the way any more: the service's own stop action. */
export function bringDown(turn: Turn, service: Service): void {
  if (!service.isWaiting || isBlockedByDependents(turn.state, service)) return;
  service.isWaiting = false;
  if (service.description.options.killAllOnStop && service.activity === 'run') {
    service.activity = 'kill-all';
    turn.actions.push({ kind: 'kill-all', id: service.id });
    return;
  }
  finishBringDown(turn, service);
}

export function finishBringDown(turn: Turn, service: Service): void {
  if (beginStopAction(turn, service)) stopped(turn, service);
}

/** The process of a service that was up has ended on its own: it goes down, and perhaps up again. */
export function stopAfterEnd(turn: Turn, service: Service): void {
  service.stopReason = 'terminated';
  service.isForcedToStop = true;
  if (isHeldUp(service)) {
    service.isVacant = true;
    return;
  }
  stop(turn, service, 'none');
  if (service.restart !== 'none') turn.restarts.push(service.id);
}

/** An end that no restart can follow: dependents go down for good too. */
export function stopForGood(turn: Turn, service: Service, reason: Service['stopReason']): void {
  service.stopReason = reason;
  service.isForcedToStop = true;
  service.target = 'stopped';
  if (isHeldUp(service)) service.isVacant = service.main.kind === 'none';
  stop(turn, service, 'none');
}

/**
 * A service whose process died restarts at once: it does not wait for dependents that need time to stop. They have lost it already, and start again when
 * they have stopped and it is up.
 */
export function restartWithoutWaiting(turn: Turn, service: Service): void {
  if (service.state !== 'stopping' || !service.isWaiting) return;
  if (service.target !== 'started' || service.isPinnedStopped) return;
  if (!isBlockedByDependents(turn.state, service)) return;
  service.isForcedToStop = false;
  startAgain(turn, service);
}

/** Everything of it has ended. */
export function stopped(turn: Turn, service: Service): void {
  clearTimer(turn, service);
  leaveConsole(turn, service);
  service.isForcedToStop = false;
  service.isVacant = false;
  service.isRecovering = false;
  service.activity = 'idle';
  service.isWaiting = false;
  const { isShuttingDown } = turn.state;
  const willRestart = service.target === 'started' && !service.isPinnedStopped && !isShuttingDown;
  const isChaining = chains(turn, service, willRestart);
  if (!willRestart) {
    service.target = 'stopped';
    breakLinks(turn, service);
  }
  enterState(turn, service, 'stopped');
  recheckDependencies(turn, service);
  if (willRestart) {
    if (service.restart === 'none') service.restart = 'automatic';
    startAgain(turn, service);
  } else {
    service.restart = 'none';
    if (service.description.socket) turn.actions.push({ kind: 'close-socket', id: service.id });
    dropExplicit(service);
    if (service.requiredBy === 0) queueRelease(turn, service);
  }
  if (!service.hasStartFailed || willRestart) notice(turn, service, { kind: 'stopped' });
  if (isChaining && service.description.chainTo !== undefined) {
    turn.actions.push({ kind: 'chain', from: service.id, name: service.description.chainTo });
  }
  settleStopped(turn, service, emitEvent(turn, service, 'stopped'));
}

/** The start has failed and there is nothing left to end. */
export function failAndStop(turn: Turn, service: Service): void {
  clearTimer(turn, service);
  failToStart(turn, service);
  service.activity = 'idle';
  service.isWaiting = false;
  waitNoMore(turn, service);
  stopped(turn, service);
}

/** Up again, after everything that prepares it. */
function startAgain(turn: Turn, service: Service): void {
  for (const link of dependencyLinks(turn.state, service)) {
    if (link.kind !== 'prepared-by') continue;
    const preparation = serviceOf(turn.state, link.to);
    // What may not start again is not restarted, here as little as by a client.
    if (preparation.state === 'started' && !preparation.isPinnedStopped) restartOnRequest(turn, preparation);
  }
  if (service.state !== 'stopped') {
    enterState(turn, service, 'stopped');
    recheckDependencies(turn, service);
  }
  start(turn, service);
}

/** Nobody counts on it any more. (Of hard dependents only one that a pin keeps up can still do so.) */
function breakLinks(turn: Turn, service: Service): void {
  for (const link of dependentLinks(turn.state, service)) {
    if (!isHard(link)) stopWaiting(turn, link);
    if (!link.isHolding) continue;
    link.isHolding = false;
    service.requiredBy -= 1;
  }
}

/** `chain-to`: after a clean end of its own, or after any stop with `always-chain`; never after a failed start or in a shutdown. */
function chains(turn: Turn, service: Service, willRestart: boolean): boolean {
  const { description, exit } = service;
  if (description.chainTo === undefined || service.hasStartFailed || turn.state.isShuttingDown) return false;
  if (description.options.alwaysChain) return true;
  const endedWell = service.stopReason === 'terminated' && exit?.kind === 'exited' && exit.status === 0;
  return endedWell && !willRestart;
}
