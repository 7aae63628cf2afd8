/** STARTSERVICE, STOPSERVICE, WAKESERVICE, RELEASESERVICE, UNPINSERVICE and SETTRIGGER. */
import type { Reply } from '../../dinit/replies.ts';
import type { RequestOf } from '../../dinit/requests.ts';
import { commandFlags } from '../../dinit/words.ts';
import type { Refusal, Verb } from '../service-manager.ts';
import { ack, badRequest, nak, outOfMemory, type RequestContext } from './client.ts';

type CommandRequest = RequestOf<'start' | 'stop' | 'wake' | 'release'>;

export function answerCommand(request: CommandRequest, { manager, client }: RequestContext): Reply {
  const { flags } = request;
  const name = client.handles.nameOf(request.handle);
  if (name === undefined) return badRequest;
  const verb: Verb = request.kind === 'stop' && (flags & commandFlags.restart) !== 0 ? 'restart' : request.kind;
  if ((flags & commandFlags.preAcknowledge) !== 0) client.send({ kind: 'pre-acknowledged' });
  const reply = manager.command(
    verb,
    name,
    { pin: verb !== 'restart' && (flags & commandFlags.pin) !== 0, force: (flags & commandFlags.gentle) === 0 },
    client.caller,
  );
  if (reply.kind === 'refused') return refusalReply(verb, name, reply.refusal, { manager, client });
  const wanted = verb === 'stop' || verb === 'release' ? 'stopped' : 'started';
  // What counts is what is so now, not whether something had to be done for it.
  return manager.facts(name)?.state === wanted ? { kind: 'already' } : ack;
}

function refusalReply(
  verb: Verb,
  name: string,
  refusal: Refusal,
  { manager, client }: Pick<RequestContext, 'manager' | 'client'>,
): Reply {
  switch (refusal.kind) {
    case 'pinned-stopped':
      return { kind: 'pinned-stopped' };
    case 'pinned-started':
      return { kind: 'pinned-started' };
    case 'shutting-down':
      return { kind: 'shutting-down' };
    case 'dependents':
      return dependentsReply(name, { manager, client });
    case 'no-active-dependents':
      return verb === 'wake' && manager.facts(name)?.state === 'started' ? { kind: 'already' } : nak;
    case 'not-loaded':
      return badRequest;
    case 'not-started':
    case 'not-triggered':
    case 'wrong-state':
    case 'cycle':
    case 'no-such-dependency':
    case 'in-use':
    case 'incompatible':
    case 'no-process':
    case 'not-allowed':
      return nak;
    default:
      return refusal satisfies never;
  }
}

/** One new handle for each link that holds the service up. */
function dependentsReply(name: string, { manager, client }: Pick<RequestContext, 'manager' | 'client'>): Reply {
  const handles: number[] = [];
  for (const { kind, name: dependent, isHolding } of manager.status(name)?.dependents ?? []) {
    if (!isHolding || (kind !== 'depends-on' && kind !== 'prepared-by')) continue;
    const handle = client.handles.open(dependent);
    if (handle === undefined) return outOfMemory;
    handles.push(handle);
  }
  return { kind: 'dependents', handles };
}

export function answerUnpin({ handle }: RequestOf<'unpin'>, { manager, client }: RequestContext): Reply {
  const name = client.handles.nameOf(handle);
  if (name === undefined) return badRequest;
  return manager.unpin(name, client.caller).kind === 'done' ? ack : nak;
}

export function answerTrigger({ handle, value }: RequestOf<'set-trigger'>, { manager, client }: RequestContext): Reply {
  const name = client.handles.nameOf(handle);
  if (name === undefined) return nak;
  return manager.setTrigger(name, value !== 0, client.caller).kind === 'done' ? ack : nak;
}
