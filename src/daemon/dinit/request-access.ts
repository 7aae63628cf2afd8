/** Which verb each request is, and for which services; undefined for what anybody on the connection may ask, and for what makes no sense anyway. */
import type { Request, RequestOf } from '../../dinit/requests.ts';
import { commandFlags, logFlags } from '../../dinit/words.ts';
import type { AccessGate, AccessPeer, ChangeRequest } from '../access/access-gate.ts';
import type { Need } from '../access/access-rules.ts';
import { takenAlong } from '../access/taken-along.ts';
import type { Client } from './client.ts';
import type { DinitManager } from './dinit-manager.ts';
import { decodeUtf8, requestedName } from './service-name.ts';

export type RequestAccess =
  | { readonly kind: 'look'; readonly need: Need }
  | { readonly kind: 'change'; readonly request: ChangeRequest }
  | undefined;

interface Context {
  readonly manager: DinitManager;
  readonly client: Pick<Client, 'handles'>;
}

/** Whether the caller's grants cover a request; one that changes something leaves its audit line. */
export function isGranted(gate: AccessGate, peer: AccessPeer, request: Request, context: Context): boolean {
  const access = accessOfRequest(request, context);
  switch (access?.kind) {
    case undefined:
      return true;
    case 'look':
      return gate.decideLook(peer, access.need.verb, access.need.services).kind === 'granted';
    case 'change':
      return gate.decideChange(peer, access.request).kind === 'granted';
    default:
      return access satisfies never;
  }
}

export function accessOfRequest(request: Request, context: Context): RequestAccess {
  const { handles } = context.client;
  switch (request.kind) {
    case 'query-version':
    case 'query-load-mechanism':
    case 'close-handle':
      return undefined;
    case 'list':
    case 'list-5':
      return look('observe', []);
    case 'find':
      return observed(nameIn(request.name));
    case 'query-name':
    case 'query-directory':
    case 'status':
    case 'status-5':
    case 'status-6':
      return observed(handles.nameOf(request.handle));
    case 'get-environment':
    case 'listen-environment':
      return look('getallenv', []);
    case 'load':
      return loading(nameIn(request.name), context);
    case 'start':
    case 'stop':
    case 'wake':
    case 'release':
      return commanding(request, context);
    case 'unpin':
    case 'unload':
    case 'reload':
      return changing(request.kind, handles.nameOf(request.handle));
    case 'set-trigger':
      return changing(request.value === 0 ? 'untrigger' : 'trigger', handles.nameOf(request.handle));
    case 'signal':
      return changing('signal', handles.nameOf(request.handle), String(request.signal));
    case 'read-log':
      return reading(request, context);
    case 'add-dependency':
      return linking('add-dep', request, context);
    case 'remove-dependency':
      return linking('rm-dep', request, context);
    case 'enable':
    case 'enable-7':
      return linking('enable', request, context);
    case 'set-environment':
      return settingEnvironment(request);
    case 'shutdown':
      return { kind: 'change', request: { verb: 'shutdown', services: [] } };
    default:
      return request satisfies never;
  }
}

function look(verb: Need['verb'], services: readonly string[]): RequestAccess {
  return { kind: 'look', need: { verb, services } };
}

function observed(name: string | undefined): RequestAccess {
  return name === undefined ? undefined : look('observe', [name]);
}

function changing(verb: Need['verb'], name: string | undefined, detail?: string): RequestAccess {
  if (name === undefined) return undefined;
  return { kind: 'change', request: { verb, services: [name], ...(detail !== undefined && { detail }) } };
}

function nameIn(bytes: Buffer): string | undefined {
  const requested = requestedName(bytes);
  return requested.kind === 'name' ? requested.name : undefined;
}

/** A handle of what is loaded changes nothing. */
function loading(name: string | undefined, { manager }: Context): RequestAccess {
  return name !== undefined && manager.facts(name) ? observed(name) : changing('load', name);
}

function commanding(
  { kind, flags, handle }: RequestOf<'start' | 'stop' | 'wake' | 'release'>,
  { manager, client }: Context,
): RequestAccess {
  const name = client.handles.nameOf(handle);
  if (name === undefined) return undefined;
  const verb = kind === 'stop' && (flags & commandFlags.restart) !== 0 ? 'restart' : kind;
  const isPinned = verb !== 'restart' && (flags & commandFlags.pin) !== 0;
  const isForced = kind === 'stop' && (flags & commandFlags.gentle) === 0;
  const others = isForced ? takenAlong(manager, name) : [];
  const also: Need[] = [];
  if (isPinned) also.push({ verb: 'pin', services: [name] });
  if (others.length > 0) also.push({ verb, services: others });
  const detail = [...(isPinned ? ['--pin'] : []), ...(isForced ? ['--force'] : [])].join(' ');
  return { kind: 'change', request: { verb, services: [name], also, ...(detail !== '' && { detail }) } };
}

function reading({ flags, handle }: RequestOf<'read-log'>, { client }: Context): RequestAccess {
  const name = client.handles.nameOf(handle);
  if (name === undefined) return undefined;
  if ((flags & logFlags.clear) === 0) return look('logs', [name]);
  return {
    kind: 'change',
    request: { verb: 'clear-log', services: [name], also: [{ verb: 'logs', services: [name] }] },
  };
}

function linking(
  verb: Need['verb'],
  { from, to }: RequestOf<'add-dependency' | 'remove-dependency' | 'enable' | 'enable-7'>,
  { client }: Context,
): RequestAccess {
  const [first, second] = [client.handles.nameOf(from), client.handles.nameOf(to)];
  if (first === undefined || second === undefined) return undefined;
  return { kind: 'change', request: { verb, services: [first, second] } };
}

/** Of the variable only the name is told, never the value. */
function settingEnvironment({ text }: RequestOf<'set-environment'>): RequestAccess {
  const [name, ...value] = (decodeUtf8(text) ?? '?').split('=');
  const verb = value.length === 0 ? 'unsetenv' : 'setenv';
  return { kind: 'change', request: { verb, services: [], detail: name ?? '' } };
}
