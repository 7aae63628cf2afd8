/** Everything that only asks. */
import { currentVersion, minimumVersion } from '../../dinit/limits.ts';
import type { Reply } from '../../dinit/replies.ts';
import type { RequestOf } from '../../dinit/requests.ts';
import { toStatus1, toStatus5, toStatus6 } from '../../dinit/service-status.ts';
import { badRequest, nak, type RequestContext } from './client.ts';
import type { ServiceFacts } from './dinit-manager.ts';
import { wireStatus } from './wire-status.ts';

export function answerVersion(): Reply {
  return { kind: 'version', minimum: minimumVersion, current: currentVersion };
}

function factsOf(handle: number, { manager, client }: RequestContext): ServiceFacts | undefined {
  const name = client.handles.nameOf(handle);
  return name === undefined ? undefined : manager.facts(name);
}

export function answerStatus(
  { kind, handle }: RequestOf<'status' | 'status-5' | 'status-6'>,
  context: RequestContext,
): Reply {
  const facts = factsOf(handle, context);
  if (!facts) return nak;
  const status = wireStatus(facts);
  switch (kind) {
    case 'status':
      return { kind: 'status-1', wasThere: 0, ...toStatus1(status) };
    case 'status-5':
      return { kind: 'status-5', wasThere: 0, ...toStatus5(status) };
    case 'status-6':
      return { kind: 'status-6', wasThere: 0, ...toStatus6(status) };
    default:
      return kind satisfies never;
  }
}

/** A longer name would not fit its length byte; its beginning is better than a stream that nobody can read. */
const longestListedName = 255;

export function answerList({ kind }: RequestOf<'list' | 'list-5'>, { manager }: RequestContext): readonly Reply[] {
  const replies: Reply[] = [];
  for (const { name } of manager.list()) {
    const facts = manager.facts(name);
    if (!facts) continue;
    const bytes = Buffer.from(name).subarray(0, longestListedName);
    const status = wireStatus(facts);
    replies.push(
      kind === 'list'
        ? { kind: 'service-info-1', ...toStatus1(status), name: bytes }
        : { kind: 'service-info-5', ...toStatus5(status), name: bytes },
    );
  }
  replies.push({ kind: 'list-done' });
  return replies;
}

export function answerName({ handle }: RequestOf<'query-name'>, { client }: RequestContext): Reply {
  const name = client.handles.nameOf(handle);
  return name === undefined ? nak : { kind: 'service-name', reserved: 0, name: Buffer.from(name) };
}

export function answerDirectory({ reserved, handle }: RequestOf<'query-directory'>, context: RequestContext): Reply {
  const facts = reserved === 0 ? factsOf(handle, context) : undefined;
  return facts ? { kind: 'description-directory', directory: Buffer.from(facts.directory) } : nak;
}

export function answerLoadMechanism({ loadMechanism }: RequestContext): Reply {
  return {
    kind: 'load-mechanism',
    workingDirectory: Buffer.from(loadMechanism.workingDirectory),
    directories: loadMechanism.directories.map((directory) => Buffer.from(directory)),
  };
}

export function answerGetEnvironment({ reserved }: RequestOf<'get-environment'>, { manager }: RequestContext): Reply {
  if (reserved !== 0) return badRequest;
  const text = [...manager.environment()].map(([name, value]) => `${name}=${value}\0`).join('');
  return { kind: 'environment', environment: Buffer.from(text) };
}
