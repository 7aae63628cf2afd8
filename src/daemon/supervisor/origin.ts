/** Where a request comes from, as the history keeps it. */
import { programName } from '../access/program-name.ts';
import { findService } from '../engine/status.ts';
import type { Origin } from '../history/step-record.ts';
import type { EngineState } from '../model/state.ts';
import type { Caller } from '../service-manager.ts';

export function originOf(verb: string, { uid, pid, occasion }: Caller, state: EngineState): Origin {
  if (!occasion) {
    const program = programName(pid);
    return { kind: 'request', verb, uid, pid, ...(program !== '' && { program }) };
  }
  if (occasion.kind !== 'chain') return occasion;
  const from = findService(state, occasion.from);
  return from === undefined ? { kind: 'request', verb, uid, pid } : { kind: 'chain', from };
}
