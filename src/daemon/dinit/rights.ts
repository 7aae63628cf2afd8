/**
 * What may be asked on a connection. Whoever can connect to the socket may ask what its grants cover (request-access.ts); a connection that was given to
 * a service (`pass-cs-fd`) has only the rights that it was given with it, so that a service is not the daemon's master by being its child.
 */
import type { Request, RequestKind } from '../../dinit/requests.ts';

export type Rights = 'all' | ReadonlySet<RequestKind>;

/** By default a service may look, but change nothing. */
export const serviceRights: ReadonlySet<RequestKind> = new Set<RequestKind>([
  'query-version',
  'find',
  'close-handle',
  'query-name',
  'query-directory',
  'query-load-mechanism',
  'list',
  'list-5',
  'status',
  'status-5',
  'status-6',
  'get-environment',
  'listen-environment',
]);

export function permits(rights: Rights, request: Request): boolean {
  return rights === 'all' || rights.has(request.kind);
}
