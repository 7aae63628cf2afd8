/**
 * The gate that every request of every protocol goes through before the service manager sees it: decides by the rules in effect, and leaves the audit
 * line. Whoever serves a protocol only says which verb a request is.
 */
import type { AccessVerb } from '../../api/access/verb.ts';
import type { Grant } from '../../api/access/grant.ts';
import type { Caller } from '../service-manager.ts';
import { AccessRules, type Credentials, type Decision, type Need } from './access-rules.ts';
import { AuditLog, type AuditOutput } from './audit-log.ts';
import { type GrantFileContent, grantFileVersion, readGrantFile } from './grant-file.ts';

/** Who asks, as the kernel tells. */
export type AccessPeer = Caller & Credentials;

export interface ChangeRequest extends Need {
  readonly detail?: string;
  /** What is needed besides. */
  readonly also?: readonly Need[];
}

export interface AccessGateOptions {
  readonly ownerUid: number;
  /** Where the grants are, which may change. */
  readonly grantFile?: string;
  /** Without a file. */
  readonly grants?: readonly Grant[];
  readonly log: AuditOutput;
  readonly audit?: AuditLog;
}

export class AccessGate implements Disposable {
  readonly #options: AccessGateOptions;
  readonly #audit: AuditLog;
  #rules: AccessRules;
  #version = '';

  constructor(options: AccessGateOptions) {
    this.#options = options;
    this.#audit = options.audit ?? new AuditLog({ log: options.log });
    this.#rules = new AccessRules(options.ownerUid, options.grants ?? []);
    this.refresh();
  }

  get rules(): AccessRules {
    return this.#rules;
  }

  [Symbol.dispose](): void {
    this.#audit[Symbol.dispose]();
  }

  /** Takes up grants that have changed; asked whenever somebody connects. */
  refresh(): void {
    const { ownerUid, grantFile, log } = this.#options;
    if (grantFile === undefined) return;
    const version = grantFileVersion(grantFile);
    if (version === this.#version) return;
    const isFirst = this.#version === '';
    this.#version = version;
    const content = readGrantFile(grantFile, ownerUid);
    this.#rules = new AccessRules(ownerUid, grantsOf(content));
    if (content.kind === 'problem') {
      log.write('error', `reeve: nobody but root and uid ${ownerUid} has rights: ${grantFile}: ${content.text}`);
    } else if (!isFirst) {
      log.write('info', `reeve: new grants are in effect: ${content.grants.length}`);
    }
  }

  /** A request that changes something. */
  decideChange(peer: AccessPeer, request: ChangeRequest): Decision {
    const decision = this.#decideAll(peer, [request, ...(request.also ?? [])]);
    const { verb, services, detail } = request;
    this.#audit.write({ caller: peer, verb, services, decision, ...(detail !== undefined && { detail }) });
    return decision;
  }

  /** A request that only looks. */
  decideLook(peer: AccessPeer, verb: AccessVerb, services: readonly string[]): Decision {
    return this.#rules.decide(peer, { verb, services });
  }

  #decideAll(peer: AccessPeer, needs: readonly Need[]): Decision {
    const decisions = needs.map((need) => this.#rules.decide(peer, need));
    const refused = decisions.find(({ kind }) => kind === 'refused');
    const [first] = decisions;
    if (!first) throw new Error('a request needs something');
    return refused ?? first;
  }
}

function grantsOf(content: GrantFileContent): readonly Grant[] {
  return content.kind === 'grants' ? content.grants : [];
}
