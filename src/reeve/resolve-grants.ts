/** From the names in `[access]` to the numbers that the kernel tells the daemon of its clients. */
import { defaultGrant, type Grant, type Subject } from '../api/access/grant.ts';
import type { Mode } from '../plan/settings.ts';
import { didYouMean } from '../service/suggestion.ts';
import type { UserDatabase } from '../service/users.ts';
import type { GrantLine, GrantSubject } from './access-section.ts';
import type { Complaint } from './reeve-error.ts';

export interface ResolvedGrants {
  readonly grants: readonly Grant[];
  /** Grants that have no effect: nobody is let in by them, so reeve can run without them. */
  readonly warnings: readonly Complaint[];
}

export interface ResolveOptions {
  readonly mode: Mode;
  readonly users: UserDatabase;
  /** For "did you mean". */
  readonly knownNames: (kind: 'user' | 'group') => readonly string[];
}

export function resolveGrants(
  lines: readonly GrantLine[],
  { mode, users, knownNames }: ResolveOptions,
): ResolvedGrants {
  if (mode === 'user') return { grants: [], warnings: lines.slice(0, 1).map(withoutEffect) };
  const grants: Grant[] = [];
  const warnings: Complaint[] = [];
  for (const { place, text, subject: who, allows, services } of lines) {
    const subject = numbered(who, users);
    if (subject) grants.push({ subject, allows, ...(services && { services }), origin: place, text });
    else warnings.push(missing(place, who, knownNames));
  }
  const isOpen = lines.every(({ subject }) => subject.kind !== 'everybody');
  return { grants: isOpen ? [...grants, defaultGrant] : grants, warnings };
}

function numbered(subject: GrantSubject, users: UserDatabase): Subject | undefined {
  if (subject.kind === 'everybody' || 'id' in subject) return subject;
  const { kind, name } = subject;
  const id = kind === 'user' ? users.byName(name)?.uid : users.groupByName(name)?.gid;
  return id === undefined ? undefined : { kind, id };
}

function missing(place: string, subject: GrantSubject, knownNames: ResolveOptions['knownNames']): Complaint {
  if (!('name' in subject)) return { place, message: 'nobody is named' };
  const { kind, name } = subject;
  const isOther = knownNames(kind === 'user' ? 'group' : 'user').includes(name);
  const { advice } = didYouMean(name, knownNames(kind));
  const other = kind === 'user' ? `there is a group of this name: @${name}` : `there is a user of this name: ${name}`;
  return {
    place,
    message: `there is no ${kind} '${name}': the grant has no effect`,
    ...(isOther ? { advice: other } : advice !== undefined && { advice }),
  };
}

function withoutEffect({ place }: GrantLine): Complaint {
  return {
    place,
    message: `[access] has no effect in a user's instance: nobody else can connect to it`,
    advice: 'remove the section, or start the instance of the machine with --system',
  };
}
