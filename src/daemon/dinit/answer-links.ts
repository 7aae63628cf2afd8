/** ADD_DEP, REM_DEP, ENABLESERVICE and ENABLE_SERVICE_V7. */
import type { Reply } from '../../dinit/replies.ts';
import type { RequestOf } from '../../dinit/requests.ts';
import { toStatus6 } from '../../dinit/service-status.ts';
import { type LinkKind, linkKindOf } from '../../dinit/words.ts';
import { ack, badRequest, nak, type RequestContext } from './client.ts';
import { wireStatus } from './wire-status.ts';

type LinkRequest = RequestOf<'add-dependency' | 'remove-dependency' | 'enable' | 'enable-7'>;

interface Link {
  readonly kind: LinkKind;
  readonly from: string;
  readonly to: string;
}

/** Undefined for what is against the protocol; then nothing is done. */
function linkOf({ dependency, from, to }: LinkRequest, { client }: RequestContext): Link | undefined {
  const kind = linkKindOf(dependency);
  const [fromName, toName] = [client.handles.nameOf(from), client.handles.nameOf(to)];
  if (kind === undefined || fromName === undefined || toName === undefined || fromName === toName) return undefined;
  return { kind, from: fromName, to: toName };
}

export function answerDependency(
  request: RequestOf<'add-dependency' | 'remove-dependency'>,
  context: RequestContext,
): Reply {
  const link = linkOf(request, context);
  if (!link) return badRequest;
  const { manager, client } = context;
  const outcome =
    request.kind === 'add-dependency'
      ? manager.addDependency(link.from, link.kind, link.to, client.caller)
      : manager.removeDependency(link.from, link.kind, link.to, client.caller);
  return outcome.kind === 'done' ? ack : nak;
}

export function answerEnable(request: RequestOf<'enable' | 'enable-7'>, context: RequestContext): Reply {
  const link = linkOf(request, context);
  if (!link) return badRequest;
  const { manager, client } = context;
  const links = manager.status(link.from)?.dependencies ?? [];
  const wasThere = links.some(({ kind, name }) => kind === link.kind && name === link.to);
  if (manager.enable(link.from, link.to, client.caller, link.kind).kind === 'refused') return nak;
  if (request.kind === 'enable') return ack;
  const facts = manager.facts(link.to);
  return facts ? { kind: 'status-6', wasThere: wasThere ? 1 : 0, ...toStatus6(wireStatus(facts)) } : nak;
}
