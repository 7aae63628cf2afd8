/** FINDSERVICE, LOADSERVICE, CLOSEHANDLE, UNLOADSERVICE and RELOADSERVICE. */
import type { Reply } from '../../dinit/replies.ts';
import type { RequestOf } from '../../dinit/requests.ts';
import { states } from '../../dinit/words.ts';
import type { LoadFailure } from '../../service/description.ts';
import { ack, badRequest, nak, outOfMemory, type RequestContext } from './client.ts';
import { loadFailureTexts, reloadFailedText, reloadRefusedText } from './log-text.ts';
import { requestedName } from './service-name.ts';

export function answerFind({ name: bytes }: RequestOf<'find'>, context: RequestContext): Reply {
  const requested = requestedName(bytes);
  if (requested.kind === 'illegal') return badRequest;
  if (requested.kind === 'nobody') return { kind: 'no-service' };
  return record(requested.name, context) ?? { kind: 'no-service' };
}

export function answerLoad({ name: bytes }: RequestOf<'load'>, context: RequestContext): Reply | Promise<Reply> {
  const requested = requestedName(bytes);
  if (requested.kind === 'illegal') return badRequest;
  if (requested.kind === 'nobody') return { kind: 'load-error' };
  return record(requested.name, context) ?? load(requested.name, context);
}

async function load(name: string, context: RequestContext): Promise<Reply> {
  const outcome = await context.manager.load(name, context.client.caller);
  if (outcome.kind === 'failed') {
    const { loadMechanism, say } = context;
    for (const line of loadFailureTexts(name, outcome.failures, 'request', loadMechanism.directories)) say(line);
    return failureReply(name, outcome.failures);
  }
  return record(name, context) ?? { kind: 'load-error' };
}

/** A new handle of a loaded service. */
function record(name: string, { manager, client }: RequestContext): Reply | undefined {
  const facts = manager.facts(name);
  if (!facts) return undefined;
  const handle = client.handles.open(name);
  if (handle === undefined) return outOfMemory;
  return { kind: 'service-record', state: states.indexOf(facts.state), handle, target: states.indexOf(facts.target) };
}

/** What is wrong with the service itself decides; trouble with what it needs is a failed load. */
function failureReply(name: string, failures: readonly LoadFailure[]): Reply {
  switch (failures.find((failure) => failure.name === name)?.class) {
    case 'not-found':
      return { kind: 'no-service' };
    case 'description':
      return { kind: 'description-error' };
    case 'load':
    case undefined:
      return { kind: 'load-error' };
  }
}

export function answerCloseHandle({ handle }: RequestOf<'close-handle'>, { client }: RequestContext): Reply {
  return client.handles.close(handle) ? ack : badRequest;
}

export function answerUnload({ handle }: RequestOf<'unload'>, { manager, client }: RequestContext): Reply {
  const name = client.handles.nameOf(handle);
  if (name === undefined) return badRequest;
  if (client.isHeldByOthers(name)) return nak;
  const isUnloaded = client.handles.released(name, () => {
    if (manager.unload(name, client.caller).kind !== 'done') return false;
    client.handles.closeAll(name);
    return true;
  });
  return isUnloaded ? ack : nak;
}

/** The handles end whether or not it succeeds, unless another connection is in the way. */
export function answerReload({ handle }: RequestOf<'reload'>, context: RequestContext): Reply | Promise<Reply> {
  const { client } = context;
  const name = client.handles.nameOf(handle);
  if (name === undefined) return badRequest;
  if (client.isHeldByOthers(name)) return nak;
  client.handles.closeAll(name);
  return reload(name, context);
}

async function reload(name: string, { manager, client, say }: RequestContext): Promise<Reply> {
  const outcome = await manager.reload(name, client.caller);
  switch (outcome.kind) {
    case 'loaded':
      return ack;
    case 'failed':
      say(reloadFailedText(name, outcome.failures));
      return nak;
    case 'refused':
      say(reloadRefusedText(name, outcome.refusal));
      return nak;
    default:
      return outcome satisfies never;
  }
}
