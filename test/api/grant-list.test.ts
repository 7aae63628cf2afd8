import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Grant } from '../../src/api/access/grant.ts';
import { roles, verbs } from '../../src/api/access/verb.ts';
import { DecodeError } from '../../src/api/decoder.ts';
import { decodeGrants, encodeGrants } from '../../src/api/grant-list.ts';

const grant: fc.Arbitrary<Grant> = fc.record(
  {
    subject: fc.oneof(
      fc.record({ kind: fc.constantFrom('user' as const, 'group' as const), id: fc.nat(0xffff_fffe) }),
      fc.constant({ kind: 'everybody' as const }),
    ),
    allows: fc.oneof(
      fc.record({ kind: fc.constant('role' as const), role: fc.constantFrom(...roles) }),
      fc.record({ kind: fc.constant('verbs' as const), verbs: fc.array(fc.constantFrom(...verbs)) }),
    ),
    services: fc.array(fc.string()),
    origin: fc.string(),
    text: fc.string(),
  },
  { requiredKeys: ['subject', 'allows', 'text'] },
);

test('decodeGrants() gives back what encodeGrants() wrote', () => {
  fc.assert(
    fc.property(fc.array(grant), (grants) => {
      // As JSON: records of fast-check have no prototype.
      expect(JSON.stringify(decodeGrants(encodeGrants(grants)))).toBe(JSON.stringify(grants));
    }),
  );
});

const good = { subject: { kind: 'user', id: 1 }, allows: { kind: 'role', role: 'operate' }, text: 'x' };

test.each([
  ['another version', { version: 2, grants: [] }],
  ['no list', { version: 1, grants: {} }],
  ['a role that is none', { version: 1, grants: [{ ...good, allows: { kind: 'role', role: 'king' } }] }],
  ['a role that is missing', { version: 1, grants: [{ ...good, allows: { kind: 'role' } }] }],
  ['a verb that is none', { version: 1, grants: [{ ...good, allows: { kind: 'verbs', verbs: ['fly'] } }] }],
  ['a user without a number', { version: 1, grants: [{ ...good, subject: { kind: 'user' } }] }],
  ['a number that is none', { version: 1, grants: [{ ...good, subject: { kind: 'user', id: 1.5 } }] }],
  ['patterns that are none', { version: 1, grants: [{ ...good, services: [1] }] }],
])('decodeGrants() refuses %s', (_what, file) => {
  expect(() => decodeGrants(JSON.stringify(file))).toThrow(DecodeError);
});
