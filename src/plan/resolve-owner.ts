/** From the users and groups of a description to the numbers of the plan, and the refusals that belong to it. */
import type { Identity, Problem, ServiceDescription } from '../service/description.ts';
import type { PlanUserDatabase } from './user-database.ts';

/** Who the launcher is: only root can give a service or a file to somebody else. */
export interface Self {
  readonly uid: number;
  readonly gid: number;
}

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** The identity a service runs with; what is absent stays as the launcher's. */
export type RunAs =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'user'; readonly uid: number; readonly gid: number; readonly groups: readonly number[] }
  /** Given as a number: no group of its own, and no supplementary ones. */
  | { readonly kind: 'uid'; readonly uid: number };

export class OwnerResolver {
  readonly #users: PlanUserDatabase;
  readonly #self: Self;
  readonly #description: ServiceDescription;
  readonly #problems: Problem[];

  /** Problems found are added to `problems`; the value returned with them means nothing. */
  constructor(description: ServiceDescription, users: PlanUserDatabase, self: Self, problems: Problem[]) {
    this.#description = description;
    this.#users = users;
    this.#self = self;
    this.#problems = problems;
  }

  runAs(): RunAs {
    const identity = this.#description.runAs;
    if (!identity) return { kind: 'unchanged' };
    const user = this.#user('run-as', identity);
    if (!user) return { kind: 'unchanged' };
    if (this.#self.uid !== 0) {
      if (user.uid !== this.#self.uid) this.#refuseForeign('run-as', identity, user.uid, 'run a service as');
      return { kind: 'unchanged' };
    }
    if (identity.kind === 'number' || user.name === undefined) return { kind: 'uid', uid: user.uid };
    return { kind: 'user', uid: user.uid, gid: user.gid, groups: this.#users.groupsOf(user.name, user.gid) };
  }

  /** Owner and group by the settings `PREFIX-uid` and `PREFIX-gid`: a name for the owner also gives the group. */
  owner(prefix: string, rules: { readonly owner?: Identity; readonly group?: Identity }, otherwise: Owner): Owner {
    const owner = rules.owner && this.#user(`${prefix}-uid`, rules.owner);
    const group = rules.group && this.#group(`${prefix}-gid`, rules.group);
    if (rules.owner && owner && this.#self.uid !== 0 && owner.uid !== this.#self.uid) {
      this.#refuseForeign(`${prefix}-uid`, rules.owner, owner.uid, 'give a file to');
    }
    const ownersGroup = rules.owner?.kind === 'name' ? owner?.gid : undefined;
    return { uid: owner?.uid ?? otherwise.uid, gid: group ?? ownersGroup ?? otherwise.gid };
  }

  #user(setting: string, identity: Identity): { uid: number; gid: number; name?: string } | undefined {
    if (identity.kind === 'number') return { uid: identity.id, gid: this.#self.gid };
    const user = this.#users.byName(identity.name);
    if (!user) this.#unknown(setting, 'user', identity.name);
    return user;
  }

  #group(setting: string, identity: Identity): number | undefined {
    if (identity.kind === 'number') return identity.id;
    const group = this.#users.groupByName(identity.name);
    if (!group) this.#unknown(setting, 'group', identity.name);
    return group?.gid;
  }

  #unknown(setting: string, what: 'user' | 'group', name: string): void {
    this.#add(setting, {
      message: `there is no ${what} '${name}'`,
      expected: `the name or number of a ${what}`,
      found: name,
    });
  }

  #refuseForeign(setting: string, identity: Identity, uid: number, action: string): void {
    const who = identity.kind === 'name' ? `'${identity.name}' (uid ${uid})` : `uid ${uid}`;
    this.#add(setting, {
      message: `only root can ${action} another user: wanted ${who}, reeve runs as uid ${this.#self.uid}`,
      advice: `start reeve as root, or remove ${setting}`,
    });
  }

  #add(setting: string, problem: Problem): void {
    const origin = this.#description.origins[setting];
    this.#problems.push({ ...problem, setting, ...(origin && { origin }) });
  }
}
