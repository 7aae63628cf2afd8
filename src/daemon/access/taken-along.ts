/** Whom a forced stop or restart takes along. The grants of whoever forces must cover them too: otherwise the right to one service would be one to all. */
import type { ServiceStatus } from '../../api/service-status.ts';

/** What of the service manager is needed. */
export interface Dependents {
  status(name: string): Pick<ServiceStatus, 'dependents'> | undefined;
}

const hardKinds: ReadonlySet<string> = new Set(['depends-on', 'prepared-by', 'depends-ms']);

/** Dependents that hold the service or one that holds it. */
export function takenAlong(manager: Dependents, name: string): readonly string[] {
  // A set goes on with what is added while it is walked.
  const found = new Set([name]);
  for (const next of found) collect(manager, next, found);
  found.delete(name);
  return [...found];
}

function collect(manager: Dependents, name: string, found: Set<string>): void {
  for (const { kind, name: dependent, isHolding, isWaiting } of manager.status(name)?.dependents ?? []) {
    if (hardKinds.has(kind) && (isHolding || isWaiting)) found.add(dependent);
  }
}
