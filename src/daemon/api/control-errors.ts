/** Refusals and failures of the service manager as errors of `io.reeve.Control`. */
import { VarlinkError } from '../../api/varlink/varlink-error.ts';
import type { LoadFailure } from '../../service/description.ts';
import type { CommandOutcome, Refusal, RuntimeDependencyKind } from '../service-manager.ts';

export function controlError(name: string, parameters: Readonly<Record<string, unknown>> = {}): VarlinkError {
  return new VarlinkError(`io.reeve.Control.${name}`, parameters);
}

/** @param dependency What a change of dependencies was about. */
export function refusalError(
  name: string,
  refusal: Refusal,
  dependency?: { readonly kind: RuntimeDependencyKind; readonly to: string },
): VarlinkError {
  switch (refusal.kind) {
    case 'not-loaded':
      return controlError('ServiceNotLoaded', { name });
    case 'pinned-stopped':
      return controlError('PinnedStopped', { name });
    case 'pinned-started':
      return controlError('PinnedStarted', { name });
    case 'dependents':
      return controlError('HasDependents', { name, dependents: refusal.names });
    case 'not-started':
      return controlError('NotStarted', { name });
    case 'no-active-dependents':
      return controlError('NoActiveDependents', { name });
    case 'shutting-down':
      return controlError('ShuttingDown');
    case 'not-triggered':
      return controlError('NotTriggered', { name });
    case 'wrong-state':
      return controlError('WrongState', { name, text: refusal.text });
    case 'cycle':
      return controlError('DependencyCycle', { path: refusal.path });
    case 'no-such-dependency':
      return controlError('NoSuchDependency', { from: name, kind: dependency?.kind ?? '', to: dependency?.to ?? '' });
    case 'in-use':
      return controlError('InUse', { name, text: refusal.text });
    case 'incompatible':
      return controlError('Incompatible', { name, text: refusal.text });
    case 'no-process':
      return controlError('NoProcess', { name });
    case 'not-allowed':
      return controlError('NotAllowed', { text: refusal.text });
    default:
      return refusal satisfies never;
  }
}

export function loadError(name: string, failures: readonly LoadFailure[]): VarlinkError {
  const [first, ...others] = failures;
  return first?.class === 'not-found' && first.name === name && others.length === 0
    ? controlError('ServiceNotFound', { name, problems: first.problems })
    : controlError('LoadFailed', { name, failures });
}

/** Undefined for an outcome that is a success. */
export function outcomeError(name: string, verb: string, outcome: CommandOutcome): VarlinkError | undefined {
  switch (outcome.kind) {
    case 'failed':
      return controlError('Failed', { name, verb, event: outcome.event });
    case 'cancelled':
      return controlError('Cancelled', { name, verb, event: outcome.event });
    case 'abandoned':
      return controlError('Abandoned', { name, verb });
    case 'started':
    case 'stopped':
    case 'still-required':
      return undefined;
    default:
      return outcome satisfies never;
  }
}
