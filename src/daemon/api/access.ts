/** Who may do what. For now there is one role: root and the owner of the daemon may do everything, everybody else may only ask what is spoken here. */
import type { Peer } from '../../api/varlink/method.ts';

export interface AccessRules {
  /** The uid that the daemon serves: its own in user mode. */
  readonly ownerUid: number;
}

export function isAdmin(rules: AccessRules, peer: Pick<Peer, 'uid'>): boolean {
  return peer.uid === 0 || peer.uid === rules.ownerUid;
}

export function mayCall(rules: AccessRules, peer: Pick<Peer, 'uid'>, method: string): boolean {
  return isAdmin(rules, peer) || method.startsWith('org.varlink.service.');
}
