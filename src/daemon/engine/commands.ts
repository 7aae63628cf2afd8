/** Requests of clients about loaded services: what is refused, what is done, and who waits for what. */
import { isOrdering } from '../model/link.ts';
import type { CommandId } from '../model/ids.ts';
import type { PendingCommand, Service } from '../model/service.ts';
import type { Refusal } from '../service-manager.ts';
import type { Outcome, Reply } from './action.ts';
import type { Request } from './event.ts';
import { dependentLinks, hold } from './links.ts';
import { hasStartPin, isHeldUp, pinStarted, unpin } from './pins.ts';
import { failToStart, start, started, startExplicitly } from './starting.ts';
import { bringDownOnRequest, dropExplicit, restartOnRequest, willBeHeldUp } from './stopping.ts';
import { type Turn, queuePropagation, serviceOf } from './turn.ts';

type CommandRequest = Extract<Request, { readonly kind: 'command' }>;

const refused = (refusal: Refusal): Reply => ({ kind: 'refused', refusal });
const accepted: Reply = { kind: 'accepted' };
const already: Reply = { kind: 'already' };

export function runCommand(turn: Turn, service: Service, request: CommandRequest): Reply {
  switch (request.verb) {
    case 'start':
      return startCommand(turn, service, request);
    case 'wake':
      return wakeCommand(turn, service, request);
    case 'stop':
      return stopCommand(turn, service, request);
    case 'restart':
      return restartCommand(turn, service, request);
    case 'release':
      return releaseCommand(turn, service, request);
    default:
      return request.verb satisfies never;
  }
}

/** The command gets its outcome when the service gets there. */
function awaitOutcome(service: Service, command: CommandId, awaits: PendingCommand['awaits']): void {
  service.commands.push({ command, awaits });
}

const isDown = ({ state }: Service): boolean => state === 'stopped' || state === 'stopping';

function refusalToStart(turn: Turn, service: Service): Reply | undefined {
  if (turn.state.isShuttingDown) return refused({ kind: 'shutting-down' });
  const isGoingDown = isDown(service) || (service.state === 'starting' && service.requiredBy === 0);
  if (service.isPinnedStopped && isGoingDown) return refused({ kind: 'pinned-stopped' });
  return undefined;
}

function startCommand(turn: Turn, service: Service, { command, pin }: CommandRequest): Reply {
  const refusal = refusalToStart(turn, service);
  if (refusal) return refusal;
  if (pin) pinStarted(turn, service);
  const isUp = service.state === 'started';
  if (!isUp) awaitOutcome(service, command, 'start');
  startExplicitly(turn, service);
  return isUp ? already : accepted;
}

function wakeCommand(turn: Turn, service: Service, { command, pin }: CommandRequest): Reply {
  if (service.state === 'started') {
    if (pin) pinStarted(turn, service);
    return already;
  }
  const refusal = refusalToStart(turn, service);
  if (refusal) return refusal;
  const links = dependentLinks(turn.state, service).filter((link) => {
    const { state } = serviceOf(turn.state, link.from);
    return !isOrdering(link) && (state === 'starting' || state === 'started');
  });
  if (links.length === 0) return refused({ kind: 'no-active-dependents' });
  if (pin) pinStarted(turn, service);
  awaitOutcome(service, command, 'start');
  for (const link of links) hold(turn, link);
  start(turn, service);
  return accepted;
}

function refusalToStop(turn: Turn, service: Service, isForced: boolean): Reply | undefined {
  if (hasStartPin(service) && !isDown(service)) return refused({ kind: 'pinned-started' });
  if (isForced) return undefined;
  const names = dependentLinks(turn.state, service)
    .filter(({ kind, isHolding }) => isHolding && (kind === 'depends-on' || kind === 'prepared-by'))
    .map((link) => serviceOf(turn.state, link.from).description.name);
  return names.length === 0 ? undefined : refused({ kind: 'dependents', names: [...new Set(names)] });
}

function stopCommand(turn: Turn, service: Service, { command, pin, force }: CommandRequest): Reply {
  const refusal = refusalToStop(turn, service, force);
  if (refusal) return refusal;
  if (pin) service.isPinnedStopped = true;
  const isDone = service.state === 'stopped';
  if (!isDone) awaitOutcome(service, command, 'stop');
  bringDownOnRequest(turn, service);
  return isDone ? already : accepted;
}

function restartCommand(turn: Turn, service: Service, { command, force }: CommandRequest): Reply {
  if (turn.state.isShuttingDown) return refused({ kind: 'shutting-down' });
  if (service.state !== 'started') return refused({ kind: 'not-started' });
  if (service.isPinnedStopped && !hasStartPin(service)) return refused({ kind: 'pinned-stopped' });
  const refusal = refusalToStop(turn, service, force);
  if (refusal) return refusal;
  awaitOutcome(service, command, 'restart');
  service.stopReason = 'normal';
  service.target = 'started';
  restartOnRequest(turn, service);
  return accepted;
}

function releaseCommand(turn: Turn, service: Service, { command, pin }: CommandRequest): Reply {
  if (pin) service.isPinnedStopped = true;
  if (service.state === 'stopped') {
    dropExplicit(service);
    return already;
  }
  awaitOutcome(service, command, 'stop');
  // It was to come up again after this stop: whoever waits for that is told now that it will not.
  if (pin && service.state === 'stopping' && service.target === 'started') failToStart(turn, service);
  dropExplicit(service);
  if (service.requiredBy === 0) {
    service.stopReason = 'normal';
    service.pending.released = true;
    queuePropagation(turn, service);
  }
  return accepted;
}

/** After everything has settled: a release that leaves the service up is over, and says who still wants it. */
export function finishRelease(turn: Turn, service: Service, command: CommandId): Outcome | undefined {
  const isPending = service.commands.some((pending) => pending.command === command);
  const isStayingUp = service.target === 'started' || isHeldUp(service) || willBeHeldUp(service);
  if (!isPending || !isStayingUp) return undefined;
  service.commands = service.commands.filter((pending) => pending.command !== command);
  const by = dependentLinks(turn.state, service)
    .filter(({ isHolding }) => isHolding)
    .map((link) => serviceOf(turn.state, link.from).description.name);
  return { kind: 'still-required', by: [...new Set(by)] };
}

export function unpinCommand(turn: Turn, service: Service): Reply {
  unpin(turn, service);
  return { kind: 'done' };
}

export function setTrigger(turn: Turn, service: Service, isSet: boolean): Reply {
  if (service.description.type !== 'triggered') return refused({ kind: 'not-triggered' });
  service.isTriggered = isSet;
  if (isSet && service.state === 'starting' && service.activity === 'completion') started(turn, service);
  return { kind: 'done' };
}

/** From now on only stops: every explicit mark and every pin goes at once, so that nothing is left that anything could restart for. */
export function shutDown(turn: Turn): Reply {
  const { state } = turn;
  state.isShuttingDown = true;
  state.isRestReported = false;
  // The last one loaded is released first: what is needed is mostly loaded after what needs it.
  const services = state.services.filter((service) => service !== null).toSorted((a, b) => b.order - a.order);
  for (const service of services) {
    unpin(turn, service);
    if (!service.isExplicit) continue;
    dropExplicit(service);
    if (service.state !== 'stopped') service.stopReason = 'normal';
    if (service.requiredBy > 0) continue;
    service.pending.released = true;
    queuePropagation(turn, service);
  }
  return { kind: 'done' };
}
