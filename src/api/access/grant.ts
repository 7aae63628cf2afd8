/** One line of `[access]` in reeve.ini, with numbers instead of names: who may do what with which services. */
import { type AccessVerb, isAboutServices, type Role, verbsOf } from './verb.ts';

export type Subject =
  | { readonly kind: 'user'; readonly id: number }
  /** The primary group or a supplementary one. */
  | { readonly kind: 'group'; readonly id: number }
  | { readonly kind: 'everybody' };

/** A role, or only some verbs. */
export type Allowance =
  { readonly kind: 'role'; readonly role: Role } | { readonly kind: 'verbs'; readonly verbs: readonly AccessVerb[] };

export interface Grant {
  readonly subject: Subject;
  readonly allows: Allowance;
  /** Patterns of service names; absent: all services, and what is about the instance as a whole. */
  readonly services?: readonly string[];
  /** `/etc/reeve/reeve.ini:12`; absent for what holds without being written anywhere. */
  readonly origin?: string;
  /** The grant as it is written. */
  readonly text: string;
}

/** What everybody may do in the instance of the machine unless a line about `everybody` says something else. */
export const defaultGrant: Grant = {
  subject: { kind: 'everybody' },
  allows: { kind: 'role', role: 'observe' },
  text: 'everybody = observe',
};

/** What a grant comes down to. */
export function grantedVerbs({ allows, services }: Pick<Grant, 'allows' | 'services'>): readonly AccessVerb[] {
  const all = allows.kind === 'role' ? verbsOf(allows.role) : allows.verbs;
  return services === undefined ? all : all.filter(isAboutServices);
}
