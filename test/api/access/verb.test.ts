import { expect, test } from 'vitest';
import { grantedVerbs } from '../../../src/api/access/grant.ts';
import { roleFor, roles, verbs, verbsOf } from '../../../src/api/access/verb.ts';

const operating = 'observe logs load start stop restart wake release pin unpin trigger untrigger signal'.split(' ');

test('verbsOf() of each role includes those of the roles before it, and admin all', () => {
  expect(roles.map((role) => verbsOf(role))).toEqual([['observe'], operating, [...operating, 'shutdown'], verbs]);
});

test('roleFor() is the least role that includes the verb', () => {
  for (const verb of verbs) {
    expect(verbsOf(roleFor(verb))).toContain(verb);
    const lesser = roles[roles.indexOf(roleFor(verb)) - 1];
    if (lesser !== undefined) expect(verbsOf(lesser)).not.toContain(verb);
  }
});

test('grantedVerbs() leaves out what is about the instance when the grant is about some services', () => {
  const admin = { allows: { kind: 'role', role: 'admin' } } as const;
  const left = verbs.filter((verb) => !grantedVerbs({ ...admin, services: ['web'] }).includes(verb));
  expect(left).toEqual(['shutdown', 'getallenv', 'setenv', 'unsetenv', 'upgrade', 'access']);
  expect(grantedVerbs(admin)).toEqual(verbs);
});
