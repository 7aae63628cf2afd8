/**
 * What a daemon answers instead of success, for programs (`kind` and fields) and for people (`message`). Every error that `io.reeve.Control` declares has
 * one kind here; one that a newer daemon has in addition becomes `other`.
 */
import {
  loadFailures,
  problems,
  serviceEvent,
  type ServiceLoadFailure,
  type ServiceProblem,
} from './control-decoders.ts';
import { list, named, optional, record, text } from './decoder.ts';
import { reasonText } from './event-text.ts';
import type { ServiceEvent } from './service-status.ts';
import type { JsonObject } from './varlink/envelope.ts';
import type { VarlinkError } from './varlink/varlink-error.ts';

export type ControlProblem =
  | { readonly kind: 'service-not-found'; readonly name: string; readonly problems: readonly ServiceProblem[] }
  | { readonly kind: 'service-not-loaded'; readonly name: string }
  | { readonly kind: 'load-failed'; readonly name: string; readonly failures: readonly ServiceLoadFailure[] }
  | { readonly kind: 'failed'; readonly name: string; readonly verb: string; readonly event: ServiceEvent }
  | { readonly kind: 'cancelled'; readonly name: string; readonly verb: string; readonly event: ServiceEvent }
  | { readonly kind: 'abandoned'; readonly name: string; readonly verb: string }
  | { readonly kind: 'pinned-stopped'; readonly name: string }
  | { readonly kind: 'pinned-started'; readonly name: string }
  | { readonly kind: 'has-dependents'; readonly name: string; readonly dependents: readonly string[] }
  | { readonly kind: 'not-started'; readonly name: string }
  | { readonly kind: 'no-active-dependents'; readonly name: string }
  | { readonly kind: 'shutting-down' }
  | { readonly kind: 'not-triggered'; readonly name: string }
  | { readonly kind: 'wrong-state'; readonly name: string; readonly text: string }
  | { readonly kind: 'dependency-cycle'; readonly path: readonly string[] }
  | { readonly kind: 'no-such-dependency'; readonly from: string; readonly dependency: string; readonly to: string }
  | { readonly kind: 'in-use'; readonly name: string; readonly text: string }
  | { readonly kind: 'incompatible'; readonly name: string; readonly text: string }
  | { readonly kind: 'no-process'; readonly name: string }
  | { readonly kind: 'log-unavailable'; readonly name: string; readonly text: string }
  | { readonly kind: 'not-allowed'; readonly text: string }
  /** Which verb on which service; a daemon need not say. */
  | { readonly kind: 'permission-denied'; readonly verb?: string; readonly role?: string; readonly name?: string }
  | { readonly kind: 'invalid-parameter'; readonly parameter: string }
  | { readonly kind: 'other'; readonly error: string };

/** A call that the daemon refused, or that did not succeed. */
export class ControlError extends Error {
  override readonly name = 'ControlError';
  readonly code = 'REEVE_CONTROL';
  readonly problem: ControlProblem;

  constructor(problem: ControlProblem, options?: ErrorOptions) {
    super(controlProblemText(problem), options);
    this.problem = problem;
  }
}

/** @throws {DecodeError} when the parameters are not those that are declared. */
export function toControlError(error: VarlinkError): ControlError {
  return new ControlError(decodeProblem(error), { cause: error });
}

function decodeProblem({ error, parameters }: VarlinkError): ControlProblem {
  const name = (): string => named('name', parameters['name'], text);
  const words = (): string => named('text', parameters['text'], text);
  switch (error) {
    case 'io.reeve.Control.ServiceNotFound':
      return { kind: 'service-not-found', name: name(), problems: named('problems', parameters['problems'], problems) };
    case 'io.reeve.Control.ServiceNotLoaded':
      return { kind: 'service-not-loaded', name: name() };
    case 'io.reeve.Control.LoadFailed':
      return { kind: 'load-failed', name: name(), failures: named('failures', parameters['failures'], loadFailures) };
    case 'io.reeve.Control.Failed':
      return { kind: 'failed', name: name(), ...verbAndEvent(parameters) };
    case 'io.reeve.Control.Cancelled':
      return { kind: 'cancelled', name: name(), ...verbAndEvent(parameters) };
    case 'io.reeve.Control.Abandoned':
      return { kind: 'abandoned', name: name(), verb: named('verb', parameters['verb'], text) };
    case 'io.reeve.Control.PinnedStopped':
      return { kind: 'pinned-stopped', name: name() };
    case 'io.reeve.Control.PinnedStarted':
      return { kind: 'pinned-started', name: name() };
    case 'io.reeve.Control.HasDependents':
      return {
        kind: 'has-dependents',
        name: name(),
        dependents: named('dependents', parameters['dependents'], list(text)),
      };
    case 'io.reeve.Control.NotStarted':
      return { kind: 'not-started', name: name() };
    case 'io.reeve.Control.NoActiveDependents':
      return { kind: 'no-active-dependents', name: name() };
    case 'io.reeve.Control.ShuttingDown':
      return { kind: 'shutting-down' };
    case 'io.reeve.Control.NotTriggered':
      return { kind: 'not-triggered', name: name() };
    case 'io.reeve.Control.WrongState':
      return { kind: 'wrong-state', name: name(), text: words() };
    case 'io.reeve.Control.DependencyCycle':
      return { kind: 'dependency-cycle', path: named('path', parameters['path'], list(text)) };
    case 'io.reeve.Control.NoSuchDependency':
      return {
        kind: 'no-such-dependency',
        from: named('from', parameters['from'], text),
        dependency: named('kind', parameters['kind'], text),
        to: named('to', parameters['to'], text),
      };
    case 'io.reeve.Control.InUse':
      return { kind: 'in-use', name: name(), text: words() };
    case 'io.reeve.Control.Incompatible':
      return { kind: 'incompatible', name: name(), text: words() };
    case 'io.reeve.Control.NoProcess':
      return { kind: 'no-process', name: name() };
    case 'io.reeve.Control.LogUnavailable':
      return { kind: 'log-unavailable', name: name(), text: words() };
    case 'io.reeve.Control.NotAllowed':
      return { kind: 'not-allowed', text: words() };
    case 'io.reeve.Control.NotPermitted':
      return { kind: 'permission-denied', ...notPermitted(parameters) };
    case 'org.varlink.service.PermissionDenied':
      return { kind: 'permission-denied' };
    case 'org.varlink.service.InvalidParameter':
      return { kind: 'invalid-parameter', parameter: named('parameter', parameters['parameter'], text) };
    default:
      return { kind: 'other', error };
  }
}

const notPermitted = record({ verb: text, role: text, name: optional(text) });

function verbAndEvent(parameters: JsonObject): { readonly verb: string; readonly event: ServiceEvent } {
  return { verb: named('verb', parameters['verb'], text), event: named('event', parameters['event'], serviceEvent) };
}

/** What happened in one line, the service first. */
export function controlProblemText(problem: ControlProblem): string {
  switch (problem.kind) {
    case 'service-not-found':
      return `${problem.name}: there is no service description of this name`;
    case 'service-not-loaded':
      return `${problem.name}: not loaded`;
    case 'load-failed':
      return `${problem.name}: cannot be loaded${firstProblem(problem.name, problem.failures)}`;
    case 'failed':
      return `${problem.name}: ${failureText(problem.verb, problem.event)}`;
    case 'cancelled':
      return `${problem.name}: ${problem.verb} cancelled by another command`;
    case 'abandoned':
      return `${problem.name}: ${problem.verb} abandoned: the daemon is ending`;
    case 'pinned-stopped':
      return `${problem.name}: cannot be started: it is pinned stopped`;
    case 'pinned-started':
      return `${problem.name}: cannot be stopped: it is pinned started`;
    case 'has-dependents':
      return `${problem.name}: not stopped: ${problem.dependents.join(', ')} ${problem.dependents.length === 1 ? 'depends' : 'depend'} on it`;
    case 'not-started':
      return `${problem.name}: cannot be restarted: it is not started`;
    case 'no-active-dependents':
      return `${problem.name}: cannot be woken: nothing that depends on it is up`;
    case 'shutting-down':
      return 'everything is being stopped: nothing can be started any more';
    case 'not-triggered':
      return `${problem.name}: has no trigger: its type is not triggered`;
    case 'wrong-state':
    case 'in-use':
    case 'incompatible':
    case 'log-unavailable':
      return `${problem.name}: ${problem.text}`;
    case 'dependency-cycle':
      return `${problem.path[0] ?? ''}: the dependency would close a circle: ${problem.path.join(' -> ')}`;
    case 'no-such-dependency':
      return `${problem.from}: has no ${problem.dependency} dependency ${problem.to} to remove`;
    case 'no-process':
      return `${problem.name}: has no process now`;
    case 'not-allowed':
      return problem.text;
    case 'permission-denied':
      return permissionText(problem);
    case 'invalid-parameter':
      return `the daemon does not accept ${problem.parameter}`;
    case 'other':
      return `the daemon answered ${problem.error}`;
    default:
      return problem satisfies never;
  }
}

function permissionText({ verb, name }: Extract<ControlProblem, { kind: 'permission-denied' }>): string {
  const text = verb === undefined ? 'permission denied' : `permission denied: you are not granted '${verb}'`;
  return name === undefined ? text : `${name}: ${text}`;
}

function failureText(verb: string, event: ServiceEvent): string {
  const what = verb === 'stop' || verb === 'release' ? `${verb} failed` : 'start failed';
  const reason = reasonText(event);
  return reason === '' ? what : `${what}: ${reason}`;
}

function firstProblem(name: string, failures: readonly ServiceLoadFailure[]): string {
  // The root of the matter comes last: what a dependent says is only that its dependency failed.
  const failure = failures.find((each) => each.name !== name) ?? failures[0];
  const problem = failure?.problems[0];
  if (!failure || !problem) return '';
  const place = problem.origin ? ` (${problem.origin.file}:${problem.origin.line})` : '';
  return `: ${failure.name === name ? '' : `${failure.name}: `}${problem.message}${place}`;
}
