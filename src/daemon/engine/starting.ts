/** The way up: from the wish to start to `started` or to a failed start. */
import { isHard, isOrdering } from '../model/link.ts';
import type { Service } from '../model/service.ts';
import type { EngineState } from '../model/state.ts';
import { acquireConsole, leaveConsole } from './console.ts';
import {
  dependencyLinks,
  dependentLinks,
  hold,
  proceedIfReady,
  queueRelease,
  queueRequire,
  recheckDependencies,
  setWaiting,
  stopWaiting,
} from './links.ts';
import { settleFailed, settleStarted, settleStopCancelled, settleStopTakenBack } from './outcomes.ts';
import { isHeldUp, removeStartPin } from './pins.ts';
import { beginAction } from './service-types.ts';
import { enterState } from './states.ts';
import { clearTimer } from './timers.ts';
import { type Turn, emitEvent, emitStep, notice, queuePropagation, serviceOf } from './turn.ts';

/** Somebody asks for the service by name. */
export function startExplicitly(turn: Turn, service: Service): void {
  const isDown = service.state === 'stopped' || service.state === 'stopping';
  if (service.isPinnedStopped && (isDown || service.requiredBy === 0)) return;
  if (!service.isExplicit && !service.isPinnedStopped) {
    service.isExplicit = true;
    service.requiredBy += 1;
  }
  start(turn, service);
}

export function start(turn: Turn, service: Service): void {
  const wasToStart = service.target === 'started';
  service.target = 'started';
  if (service.isPinnedStopped && service.state !== 'starting' && service.state !== 'started') {
    failToStart(turn, service);
    return;
  }
  switch (service.state) {
    case 'starting':
      if (wasToStart) return;
      // It was to go down as soon as it is up, and has let go of what it counts on. That may be gone by now.
      queueRequire(turn, service);
      service.hasStartFailed = false;
      if (!service.isWaiting && !isGroundFirm(turn.state, service)) service.isForcedToStop = true;
      return;
    case 'started':
      return;
    case 'stopping':
      queueRequire(turn, service);
      if (!canStopBeCalledOff(service) || !isGroundFirm(turn.state, service)) {
        // It goes down first and then starts again.
        if (!wasToStart) service.restart = 'user';
        return;
      }
      settleStopCancelled(turn, service, emitEvent(turn, service, 'stop-cancelled'));
      break;
    case 'stopped':
      reattachDependents(turn, service);
      queueRequire(turn, service);
      break;
    default:
      service.state satisfies never;
  }
  beginStarting(turn, service);
}

/** Its stop action has not begun, and everything of it is still there. */
const canStopBeCalledOff = ({ state, isWaiting, isForcedToStop, isPinnedStopped, activity }: Service): boolean =>
  state === 'stopping' && isWaiting && !isForcedToStop && !isPinnedStopped && activity === 'run';

/** When its stop is called off, its start command runs again, or it waits for its trigger again. */
const mustDoMore = ({ description: { type }, isTriggered }: Service): boolean =>
  type === 'scripted' || (type === 'triggered' && !isTriggered);

/** Its stop was called off, and everything of it is there, though it waits for something again. */
const isStillThere = ({ state, isWaiting, activity }: Service): boolean =>
  state === 'starting' && isWaiting && activity === 'run';

/** What the service stands on is up, or can be kept up: it need not go down. */
function isGroundFirm(state: EngineState, service: Service): boolean {
  const seen = new Set([service]);
  for (const standing of seen) {
    for (const link of dependencyLinks(state, standing)) {
      if (link.kind !== 'depends-on' && link.kind !== 'prepared-by') continue;
      const dependency = serviceOf(state, link.to);
      if (dependency.state === 'started') continue;
      if (mustDoMore(dependency)) return false;
      if (isStillThere(dependency)) continue;
      if (!canStopBeCalledOff(dependency)) return false;
      seen.add(dependency);
    }
  }
  return true;
}

/** A soft dependency that comes back is counted on again by those that are up. */
function reattachDependents(turn: Turn, service: Service): void {
  for (const link of dependentLinks(turn.state, service)) {
    if (isHard(link) || isOrdering(link)) continue;
    const { state } = serviceOf(turn.state, link.from);
    if (state === 'starting' || state === 'started') hold(turn, link);
  }
}

function beginStarting(turn: Turn, service: Service): void {
  const { state } = turn;
  service.hasStartFailed = false;
  service.isSkipped = false;
  service.isWaiting = true;
  enterState(turn, service, 'starting');
  for (const link of dependencyLinks(state, service)) {
    const dependency = serviceOf(state, link.to);
    const mustWait = isOrdering(link) ? dependency.state === 'starting' : dependency.state !== 'started';
    setWaiting(state, link, mustWait);
  }
  for (const link of dependentLinks(state, service)) {
    if (!isOrdering(link)) continue;
    const dependent = serviceOf(state, link.from);
    if (dependent.state === 'starting' && dependent.isWaiting) setWaiting(state, link, true);
  }
  recheckDependencies(turn, service);
  proceedIfReady(turn, service);
}

/** Everything it waited for is there: the console, then its own action. */
export function bringUp(turn: Turn, service: Service): void {
  if (!acquireConsole(turn, service)) return;
  service.isWaiting = false;
  emitStep(turn, service, 'acting');
  const isUp = beginAction(turn, service);
  // From here on it tells what follows a stop that has to wait for the end of this start.
  service.restart = 'none';
  if (isUp) started(turn, service);
}

/** Its action is done: it is up. */
export function started(turn: Turn, service: Service): void {
  clearTimer(turn, service);
  service.activity = 'run';
  // A bgprocess that runs on the console has it for its launched process only.
  const { type, console } = service.description;
  if (console !== 'runs' || type === 'bgprocess') leaveConsole(turn, service);
  enterState(turn, service, 'started');
  if (service.hasStartFailed) {
    tellFailed(turn, service);
    service.pending.stop = true;
    queuePropagation(turn, service);
    return;
  }
  const event = emitEvent(turn, service, 'started');
  settleStarted(turn, service, event);
  notice(turn, service, { kind: 'started', isSkipped: service.isSkipped });
  const { startsRwfs, startsLog } = service.description.options;
  if (startsRwfs) turn.actions.push({ kind: 'available', id: service.id, what: 'writable-file-system' });
  if (startsLog) turn.actions.push({ kind: 'available', id: service.id, what: 'system-log' });
  const isToStop = service.isForcedToStop || service.target === 'stopped';
  if (isToStop && !isHeldUp(service)) {
    service.pending.stop = true;
    service.pending.userRestart = service.restart === 'user';
    queuePropagation(turn, service);
    return;
  }
  service.restart = 'none';
  if (!isToStop) settleStopTakenBack(turn, service, event);
  for (const link of dependentLinks(turn.state, service)) stopWaiting(turn, link);
}

/**
 * The start has failed: tells the dependents and lets go of everything. The service itself is still where it was; `failAndStop` in
 * stopping.ts is for those that have nothing left to end.
 */
export function failToStart(turn: Turn, service: Service): void {
  removeStartPin(turn, service);
  service.target = 'stopped';
  service.restart = 'none';
  leaveConsole(turn, service);
  if (service.isExplicit) {
    service.isExplicit = false;
    service.requiredBy -= 1;
  }
  tellDependents(turn, service);
  queueRelease(turn, service);
  service.hasStartFailed = true;
  tellFailed(turn, service);
}

function tellFailed(turn: Turn, service: Service): void {
  settleFailed(turn, service, emitEvent(turn, service, 'start-failed'));
  notice(turn, service, {
    kind: 'start-failed',
    isDependencyFailure: service.stopReason === 'dependency-failed',
  });
}

function tellDependents(turn: Turn, service: Service): void {
  for (const link of dependentLinks(turn.state, service)) {
    const dependent = serviceOf(turn.state, link.from);
    if (isHard(link) && dependent.state === 'starting') failDependent(turn, service, dependent);
    else stopWaiting(turn, link);
    if (link.isHolding) {
      link.isHolding = false;
      service.requiredBy -= 1;
    }
  }
}

/** A dependent that only waits fails too; one whose own start is under way is interrupted, or goes down as soon as it is up. */
function failDependent(turn: Turn, service: Service, dependent: Service): void {
  dependent.stopReason = 'dependency-failed';
  dependent.failedDependency = service.description.name;
  if (dependent.isWaiting && dependent.activity === 'idle') {
    dependent.pending.failDependency = true;
  } else {
    dependent.target = 'stopped';
    dependent.isForcedToStop = true;
    dependent.pending.stop = true;
    // Told when its own start has ended too.
    dependent.hasStartFailed = true;
  }
  queuePropagation(turn, dependent);
}

/** Its links may have changed: what waits for nothing any more goes on. */
export function takeTransition(turn: Turn, service: Service): void {
  if (service.isWaiting && service.waitingLinks === 0) bringUp(turn, service);
}
