/**
 * The engine: one event in, what is to be done out.
 *
 * THE MODEL
 *
 * A service is *stopped*, *starting*, *started* or *stopping*, and has a *target*: started or stopped. It is wanted by whoever asked for it by name (it
 * is then *explicit*) and by each dependent that holds it; when nobody wants it any more it stops. What keeps it where it is: a *pin*, then a
 * *forced stop*, then its target, in this order.
 *
 * Up: a start requires all dependencies, which start too. The service waits until none of its links is waited for any more (a hard dependency has
 * started; a soft one has started or failed; an ordering one is not on its way up), then for the console if it needs it, then begins its
 * type's start action. When that is done it is started, and those that waited for it go on. When it fails, hard dependents that wait fail with it.
 *
 * Down: a stop takes hard dependents down first and lets go of dependencies as it begins. When no hard dependent is in the way any more the type's stop
 * action begins; when everything of it has ended the service is stopped, and starts again if its target is still started.
 * A start that has not begun its action can be called off at once; one whose process runs can be interrupted only if the service says so, and is waited
 * for otherwise.
 *
 * Restarts: a service that has to stop though it should be up restarts by its `restart` setting, within its limit and after its delay. A client's
 * restart takes hard dependents along and is not limited. Smooth recovery replaces the process only; nobody else learns of it.
 *
 * Every event is settled completely before `reduce` returns (propagation.ts says in which order), so between two events no queue exists, and the state
 * is plain data. Every accepted command has one outcome (outcomes.ts).
 */
import type { Service } from '../model/service.ts';
import type { EngineState } from '../model/state.ts';
import type { Action, Reply } from './action.ts';
import { finishRelease, runCommand, setTrigger, shutDown, unpinCommand } from './commands.ts';
import type { EngineEvent, Report, Request } from './event.ts';
import { load, unload } from './loading.ts';
import { drain } from './propagation.ts';
import { recover } from './recovery.ts';
import { reload } from './reloading.ts';
import { executed, exited, pidFileRead, ready, readyClosed, startFailed } from './reports.ts';
import { addDependency, enable, removeDependency } from './runtime-links.ts';
import { finishBringDown } from './stopping.ts';
import { takeDue } from './timers.ts';
import { timerEnded } from './timeouts.ts';
import { type Turn, createTurn, serviceOf } from './turn.ts';

/**
 * Takes one event and returns what is to be done about it, in order. Changes `state` in place; otherwise pure.
 * `now` is milliseconds of the monotonic clock and never goes back.
 */
export function reduce(state: EngineState, event: EngineEvent, now: number): Action[] {
  const turn = createTurn(state, now);
  if (event.kind === 'timer') fireTimers(turn);
  else if (event.kind === 'recovered') {
    recover(turn, event.processes);
    drain(turn);
  } else if ('command' in event) answer(turn, event);
  else report(turn, event);
  if (state.active === 0 && !state.isRestReported) {
    state.isRestReported = true;
    turn.actions.push({ kind: 'all-stopped', isAsked: state.isShuttingDown });
  }
  return turn.actions;
}

function fireTimers(turn: Turn): void {
  for (let due = takeDue(turn); due; due = takeDue(turn)) {
    turn.current = due.service.id;
    timerEnded(turn, due.service, due.kind);
    drain(turn);
  }
}

function report(turn: Turn, event: Report): void {
  const service = turn.state.services[event.id];
  // Of a service that was unloaded meanwhile.
  if (!service) return;
  turn.current = service.id;
  handleReport(turn, service, event);
  drain(turn);
}

function handleReport(turn: Turn, service: Service, event: Report): void {
  switch (event.kind) {
    case 'executed':
      return executed(turn, service, event);
    case 'start-failed':
      return startFailed(turn, service, event);
    case 'exited':
      return exited(turn, service, event);
    case 'ready':
      return ready(turn, service, event);
    case 'ready-closed':
      return readyClosed(turn, service, event);
    case 'pid-file':
      return pidFileRead(turn, service, event);
    case 'killed-all':
      return service.activity === 'kill-all' ? finishBringDown(turn, service) : undefined;
    default:
      return event satisfies never;
  }
}

/** The reply comes after everything that the request has brought about at once. */
function answer(turn: Turn, request: Request): void {
  if ('id' in request) turn.current = request.id;
  const reply = handleRequest(turn, request);
  drain(turn);
  turn.actions.push({ kind: 'reply', command: request.command, reply });
  if (request.kind !== 'command' || request.verb !== 'release' || reply.kind !== 'accepted') return;
  const outcome = finishRelease(turn, serviceOf(turn.state, request.id), request.command);
  if (outcome) turn.actions.push({ kind: 'outcome', command: request.command, outcome });
}

function handleRequest(turn: Turn, request: Request): Reply {
  const { state } = turn;
  switch (request.kind) {
    case 'load':
      return load(turn, request.services);
    case 'reload':
      return reload(turn, serviceOf(state, request.id), request.description);
    case 'unload':
      return unload(turn, serviceOf(state, request.id));
    case 'command':
      return runCommand(turn, serviceOf(state, request.id), request);
    case 'unpin':
      return unpinCommand(turn, serviceOf(state, request.id));
    case 'trigger':
      return setTrigger(turn, serviceOf(state, request.id), request.isSet);
    case 'add-dependency':
      return addDependency(turn, request.from, request.dependency, request.to);
    case 'remove-dependency':
      return removeDependency(turn, request.from, request.dependency, request.to);
    case 'enable':
      return enable(turn, request.command, request.from, request.to);
    case 'disable':
      return removeDependency(turn, request.from, 'waits-for', request.to);
    case 'shutdown':
      return shutDown(turn);
    default:
      return request satisfies never;
  }
}
