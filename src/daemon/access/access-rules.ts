/**
 * Who may do what. Root and the owner of the instance may do everything; everybody else has the grants that name them, one of their groups, or everybody,
 * and nothing beyond. A grant that names services covers those alone, never the instance as a whole.
 *
 * Pure: peers come with the credentials that the kernel told when they connected.
 */
import { type Grant, grantedVerbs } from '../../api/access/grant.ts';
import { matchesPattern } from '../../api/access/service-pattern.ts';
import { type AccessVerb, verbs } from '../../api/access/verb.ts';

export interface Credentials {
  readonly uid: number;
  readonly gid: number;
  /** Supplementary groups. */
  readonly groups: readonly number[];
}

/** Why something is granted. */
export type Reason = { readonly kind: 'root' | 'owner' } | { readonly kind: 'grant'; readonly grant: Grant };

export type Decision =
  | { readonly kind: 'granted'; readonly reason: Reason }
  | { readonly kind: 'refused'; readonly verb: AccessVerb; readonly service?: string };

/** One thing that is needed: a verb, on each of these services, or (with none) on all of them and the instance as a whole. */
export interface Need {
  readonly verb: AccessVerb;
  readonly services: readonly string[];
}

export interface Right {
  readonly reason: Reason;
  readonly verbs: readonly AccessVerb[];
}

interface ExpandedGrant {
  readonly grant: Grant;
  readonly verbs: ReadonlySet<AccessVerb>;
}

export class AccessRules {
  readonly #ownerUid: number;
  readonly #grants: readonly ExpandedGrant[];
  /** A connection asks often and always as the same peer. */
  readonly #ofPeer = new WeakMap<Credentials, readonly ExpandedGrant[]>();

  constructor(ownerUid: number, grants: readonly Grant[]) {
    this.#ownerUid = ownerUid;
    this.#grants = grants.map((grant) => ({ grant, verbs: new Set(grantedVerbs(grant)) }));
  }

  /** Decides for a need; of several services the first that is not granted is told. */
  decide(peer: Credentials, { verb, services }: Need): Decision {
    const standing = this.#standing(peer);
    if (standing) return { kind: 'granted', reason: standing };
    const grants = this.#grantsOf(peer).filter(({ verbs: granted }) => granted.has(verb));
    const [first, ...others] = services.length === 0 ? [undefined] : services;
    const found = grants.find(({ grant }) => covers(grant, first));
    if (!found) return { kind: 'refused', verb, ...(first !== undefined && { service: first }) };
    const missing = others.find((service) => !grants.some(({ grant }) => covers(grant, service)));
    if (missing !== undefined) return { kind: 'refused', verb, service: missing };
    return { kind: 'granted', reason: { kind: 'grant', grant: found.grant } };
  }

  mayDo(peer: Credentials, verb: AccessVerb, ...services: readonly string[]): boolean {
    return this.decide(peer, { verb, services }).kind === 'granted';
  }

  /** Whether there is anything at all that the peer may do. */
  isKnown(peer: Credentials): boolean {
    return this.#standing(peer) !== undefined || this.#grantsOf(peer).some(({ verbs: granted }) => granted.size > 0);
  }

  /** May do everything, as root may. */
  isAdmin(peer: Credentials): boolean {
    if (this.#standing(peer)) return true;
    return this.#grantsOf(peer).some(
      ({ grant: { allows, services } }) => allows.kind === 'role' && allows.role === 'admin' && services === undefined,
    );
  }

  /** All that a peer may do, and why, in the order of the grants. */
  rightsOf(peer: Credentials): readonly Right[] {
    const standing = this.#standing(peer);
    if (standing) return [{ reason: standing, verbs }];
    return this.#grantsOf(peer)
      .filter(({ verbs: granted }) => granted.size > 0)
      .map(({ grant, verbs: granted }) => ({ reason: { kind: 'grant', grant }, verbs: [...granted] }));
  }

  #standing({ uid }: Credentials): Extract<Reason, { kind: 'root' | 'owner' }> | undefined {
    if (uid === 0) return { kind: 'root' };
    return uid === this.#ownerUid ? { kind: 'owner' } : undefined;
  }

  #grantsOf(peer: Credentials): readonly ExpandedGrant[] {
    const known = this.#ofPeer.get(peer);
    if (known) return known;
    const found = this.#grants.filter(({ grant }) => isMeant(grant, peer));
    this.#ofPeer.set(peer, found);
    return found;
  }
}

function isMeant({ subject }: Grant, { uid, gid, groups }: Credentials): boolean {
  switch (subject.kind) {
    case 'user':
      return subject.id === uid;
    case 'group':
      return subject.id === gid || groups.includes(subject.id);
    case 'everybody':
      return true;
    default:
      return subject satisfies never;
  }
}

/** @param service Undefined: all of them. */
function covers({ services }: Grant, service: string | undefined): boolean {
  if (services === undefined) return true;
  return service !== undefined && services.some((pattern) => matchesPattern(pattern, service));
}
