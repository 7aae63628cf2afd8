import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultGrant, type Grant, grantedVerbs } from '../../../src/api/access/grant.ts';
import { roles, verbs, verbsOf } from '../../../src/api/access/verb.ts';
import { AccessRules, type Credentials } from '../../../src/daemon/access/access-rules.ts';

const peer = (uid: number, gid = 9, groups: readonly number[] = []): Credentials => ({ uid, gid, groups });
const role = (subject: Grant['subject'], name: (typeof roles)[number], services?: readonly string[]): Grant => ({
  subject,
  allows: { kind: 'role', role: name },
  ...(services && { services }),
  text: `${subject.kind} = ${name}`,
  origin: 'reeve.ini:1',
});
const user = (id: number) => ({ kind: 'user', id }) as const;
const group = (id: number) => ({ kind: 'group', id }) as const;
const only = (subject: Grant['subject'], granted: Grant['allows'] & { kind: 'verbs' }, services?: readonly string[]) =>
  ({ subject, allows: granted, ...(services && { services }), text: 'only' }) satisfies Grant;

describe('AccessRules', () => {
  it('AccessRules lets root and the owner do everything, and nobody else anything', () => {
    const rules = new AccessRules(500, []);
    for (const verb of verbs) {
      expect(rules.decide(peer(0), { verb, services: [] })).toEqual({ kind: 'granted', reason: { kind: 'root' } });
      expect(rules.decide(peer(500), { verb, services: ['a', 'b'] })).toEqual({
        kind: 'granted',
        reason: { kind: 'owner' },
      });
      expect(rules.mayDo(peer(501), verb)).toBe(false);
      expect(rules.mayDo(peer(501), verb, 'a')).toBe(false);
    }
    expect(rules.isKnown(peer(501))).toBe(false);
    expect(rules.rightsOf(peer(501))).toEqual([]);
  });

  it.each(roles)('AccessRules grants the role %s exactly its verbs', (name) => {
    const rules = new AccessRules(0, [role(user(1), name)]);
    expect(verbs.filter((verb) => rules.mayDo(peer(1), verb))).toEqual(verbsOf(name));
    expect(verbs.filter((verb) => rules.mayDo(peer(1), verb, 'web'))).toEqual(verbsOf(name));
    expect(verbs.filter((verb) => rules.mayDo(peer(2), verb, 'web'))).toEqual([]);
    expect(rules.isAdmin(peer(1))).toBe(name === 'admin');
  });

  it('AccessRules knows a group as the first one and as a supplementary one', () => {
    const rules = new AccessRules(0, [role(group(100), 'operate')]);
    expect(rules.mayDo(peer(1, 100), 'start', 'web')).toBe(true);
    expect(rules.mayDo(peer(1, 9, [4, 100, 7]), 'start', 'web')).toBe(true);
    expect(rules.mayDo(peer(1, 9, [4, 7]), 'start', 'web')).toBe(false);
    expect(rules.mayDo(peer(100, 9), 'start', 'web')).toBe(false);
  });

  it('AccessRules limits a grant to the services it names, and never extends it to the instance', () => {
    const rules = new AccessRules(0, [role(user(1), 'admin', ['web*', 'api'])]);
    expect(rules.mayDo(peer(1), 'stop', 'web-1')).toBe(true);
    expect(rules.mayDo(peer(1), 'stop', 'db')).toBe(false);
    expect(rules.mayDo(peer(1), 'stop')).toBe(false);
    expect(rules.mayDo(peer(1), 'shutdown')).toBe(false);
    expect(rules.mayDo(peer(1), 'setenv')).toBe(false);
    expect(rules.isAdmin(peer(1))).toBe(false);
    expect(rules.decide(peer(1), { verb: 'enable', services: ['web', 'db'] })).toEqual({
      kind: 'refused',
      verb: 'enable',
      service: 'db',
    });
  });

  it('AccessRules adds up grants: each service may be covered by another one', () => {
    const rules = new AccessRules(0, [
      role(user(1), 'operate', ['web']),
      only(group(100), { kind: 'verbs', verbs: ['stop'] }, ['db']),
    ]);
    expect(rules.mayDo(peer(1, 100), 'stop', 'web', 'db')).toBe(true);
    expect(rules.mayDo(peer(1, 100), 'start', 'web', 'db')).toBe(false);
    expect(rules.mayDo(peer(1), 'stop', 'web', 'db')).toBe(false);
  });

  it('AccessRules gives the grant as the reason', () => {
    const grant = role(group(100), 'operate');
    const rules = new AccessRules(0, [defaultGrant, grant]);
    expect(rules.decide(peer(1, 100), { verb: 'stop', services: ['web'] })).toEqual({
      kind: 'granted',
      reason: { kind: 'grant', grant },
    });
    expect(rules.rightsOf(peer(1, 100))).toEqual([
      { reason: { kind: 'grant', grant: defaultGrant }, verbs: ['observe'] },
      { reason: { kind: 'grant', grant }, verbs: verbsOf('operate') },
    ]);
  });

  it('AccessRules never grants what no line names, whatever the lines are', () => {
    const ids = fc.constantFrom(1, 2, 3);
    const grants = fc.array(
      fc.record({
        subject: fc.oneof(
          fc.record({ kind: fc.constantFrom('user' as const, 'group' as const), id: ids }),
          fc.constant({ kind: 'everybody' as const }),
        ),
        allows: fc.oneof(
          fc.record({ kind: fc.constant('role' as const), role: fc.constantFrom(...roles) }),
          fc.record({ kind: fc.constant('verbs' as const), verbs: fc.array(fc.constantFrom(...verbs)) }),
        ),
        services: fc.option(fc.array(fc.constantFrom('a', 'b', 'a*')), { nil: undefined }),
        text: fc.constant(''),
      }),
      { maxLength: 5 },
    );
    const someone = fc.record({ uid: ids, gid: ids, groups: fc.array(ids) });
    const need = fc.record({ verb: fc.constantFrom(...verbs), service: fc.constantFrom('a', 'b', 'ab', undefined) });
    fc.assert(
      fc.property(grants, someone, need, (written, who, { verb, service }) => {
        const lines = written.map(({ services, ...rest }): Grant => ({ ...rest, ...(services && { services }) }));
        const isCovered = lines.some((line) => {
          const { subject, services } = line;
          const isMeant =
            subject.kind === 'everybody' ||
            (subject.kind === 'user'
              ? subject.id === who.uid
              : [who.gid, ...who.groups].some((id) => id === subject.id));
          const isService =
            services === undefined ||
            (service !== undefined && (services.includes(service) || (services.includes('a*') && service[0] === 'a')));
          return isMeant && isService && grantedVerbs(line).includes(verb);
        });
        const asked = service === undefined ? [] : [service];
        expect(new AccessRules(0, lines).mayDo(who, verb, ...asked)).toBe(isCovered);
      }),
      { numRuns: 2000 },
    );
  });
});
