/** Handles of services, and what the daemon says about them. */
import type { ServiceState } from '../../api/service-status.ts';
import { longestRequestText } from '../../dinit/limits.ts';
import { type DinitStatus, fromStatus } from '../../dinit/service-status.ts';
import { states } from '../../dinit/words.ts';
import type { DaemonSession } from '../daemon-session.ts';
import { failure } from './words.ts';

export interface LoadedService {
  readonly name: string;
  readonly handle: number;
  readonly state: ServiceState;
}

const longestName = 65_535;

/** @throws {Failure} for a name that no daemon would take. */
export function nameBytes(name: string): Buffer {
  const bytes = Buffer.from(name);
  if (bytes.length > longestName) throw failure('service name too long.');
  if (bytes.length > longestRequestText) throw failure('protocol error');
  return bytes;
}

/** @throws {Failure} when it cannot be loaded. */
export async function loadService(session: DaemonSession, name: string): Promise<LoadedService> {
  const reply = await session.ask({ kind: 'load', name: nameBytes(name) });
  switch (reply.kind) {
    case 'service-record':
      return { name, handle: reply.handle, state: stateOf(session, reply.state) };
    case 'no-service':
      throw failure(
        'failed to find service description.',
        'check service description file exists / service name spelling.',
      );
    case 'description-error':
      throw failure('error in service description.', advice);
    case 'load-error':
      throw failure('error loading service (or dependency of service).', advice);
    case 'bad-request':
    case 'out-of-memory':
      throw session.violation('load');
    default:
      return reply satisfies never;
  }
}

const advice = "try 'dinit-check <service-name>' or check log for more information.";

/** Undefined when it is not loaded. */
export async function findService(session: DaemonSession, name: string): Promise<LoadedService | undefined> {
  const reply = await session.ask({ kind: 'find', name: nameBytes(name) });
  switch (reply.kind) {
    case 'service-record':
      return { name, handle: reply.handle, state: stateOf(session, reply.state) };
    case 'no-service':
      return undefined;
    case 'bad-request':
    case 'out-of-memory':
      throw session.violation('find');
    default:
      return reply satisfies never;
  }
}

function stateOf(session: DaemonSession, code: number): ServiceState {
  const state = states[code];
  if (state === undefined) throw session.violation('load');
  return state;
}

/** The status in the fullest form that the daemon knows. */
export async function queryStatus(session: DaemonSession, handle: number): Promise<DinitStatus> {
  const kind = session.version >= 6 ? 'status-6' : session.version >= 5 ? 'status-5' : 'status';
  return await askStatus(session, kind, handle);
}

/** The status without the file's time. */
export async function queryShortStatus(session: DaemonSession, handle: number): Promise<DinitStatus> {
  return await askStatus(session, session.version >= 5 ? 'status-5' : 'status', handle);
}

async function askStatus(
  session: DaemonSession,
  kind: 'status' | 'status-5' | 'status-6',
  handle: number,
): Promise<DinitStatus> {
  const reply = await session.ask({ kind, handle });
  const status = 'state' in reply ? fromStatus(reply) : undefined;
  if (!status) throw session.violation(kind);
  return status;
}

/** The name of the service behind a handle that the daemon gave on its own. */
export async function queryName(session: DaemonSession, handle: number): Promise<string> {
  const reply = await session.ask({ kind: 'query-name', reserved: 0, handle });
  if (reply.kind !== 'service-name') throw session.violation('query-name');
  return reply.name.toString();
}
