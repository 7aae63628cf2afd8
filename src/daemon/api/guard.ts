/** Methods behind the gate: each is carried out only for callers whose grants cover it. */
import { type Role, roleFor } from '../../api/access/verb.ts';
import type { JsonObject } from '../../api/varlink/envelope.ts';
import type { Method, MethodCall } from '../../api/varlink/method.ts';
import { serviceErrors } from '../../api/varlink/varlink-error.ts';
import type { AccessGate, AccessPeer } from '../access/access-gate.ts';
import type { Decision, Right } from '../access/access-rules.ts';
import type { ServiceManager } from '../service-manager.ts';
import { controlError } from './control-errors.ts';
import { accessOf } from './method-access.ts';

/** @param name Of the method, without its interface. */
export function guarded(name: string, method: Method, gate: AccessGate, manager: ServiceManager): Method {
  const access = accessOf(name);
  return (call) => {
    const { rules } = gate;
    switch (access?.kind) {
      case undefined:
        if (!rules.isAdmin(call.peer)) throw serviceErrors.permissionDenied();
        break;
      case 'open':
        if (!rules.isKnown(call.peer)) throw serviceErrors.permissionDenied();
        break;
      case 'look': {
        const { verb, services } = access.need(call);
        requireGranted(gate.decideLook(call.peer, verb, services));
        break;
      }
      case 'change':
        requireGranted(gate.decideChange(call.peer, access.request(call, { manager, rules })));
        break;
      default:
        access satisfies never;
    }
    return method(call);
  };
}

/** What the caller may do, or, for those who may ask, somebody else. */
export function answerAccess(gate: AccessGate, call: MethodCall): JsonObject {
  const peer = meant(gate, call);
  const { uid, gid, groups } = peer;
  return { uid, gid, groups, rights: gate.rules.rightsOf(peer).map(toReply) };
}

function meant(gate: AccessGate, { parameters, peer }: MethodCall): Pick<AccessPeer, 'uid' | 'gid' | 'groups'> {
  const uid = parameters.optionalInteger('uid');
  if (uid === undefined) return peer;
  const gid = parameters.optionalInteger('gid') ?? uid;
  const groups = parameters.integers('groups') ?? [];
  for (const [name, numbers] of Object.entries({ uid: [uid], gid: [gid], groups })) {
    if (numbers.some((number) => number < 0 || number > largestId)) throw serviceErrors.invalidParameter(name);
  }
  requireGranted(gate.decideLook(peer, 'access', []));
  return { uid, gid, groups };
}

const largestId = 0xffff_fffe;

function toReply({ reason, verbs }: Right): JsonObject {
  if (reason.kind !== 'grant') return { because: reason.kind, role: 'admin' satisfies Role, verbs };
  const { allows, services, origin, text } = reason.grant;
  return {
    because: origin === undefined ? 'default' : 'grant',
    ...(allows.kind === 'role' && { role: allows.role }),
    verbs,
    ...(services && { services }),
    ...(origin !== undefined && { origin }),
    text,
  };
}

function requireGranted(decision: Decision): void {
  if (decision.kind === 'granted') return;
  const { verb, service } = decision;
  throw controlError('NotPermitted', { verb, role: roleFor(verb), ...(service !== undefined && { name: service }) });
}
