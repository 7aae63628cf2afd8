/** Plans as fast-check makes them: anything that the types permit and the encoder can write. */
import fc from 'fast-check';
import type { Op, Plan, ServicePlan } from '../../src/plan/plan.ts';
import { identityKinds, logTypes } from '../../src/plan/records.ts';

const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const i32 = fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff });
const u64 = fc.bigInt({ min: 0n, max: 0xffff_ffff_ffff_ffffn });
const i64 = fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n });
const text = fc.string({ unit: 'binary', maxLength: 20 }).filter((value) => !value.includes('\0'));
const texts = fc.array(text, { maxLength: 5 });
const is = <const T>(value: T) => fc.constant(value);

export const arbitraryOp: fc.Arbitrary<Op> = fc.oneof(
  fc.record({ kind: is('chdir'), path: text }),
  fc.record({ kind: is('umask'), mask: u32 }),
  fc.record({
    kind: is('rlimit'),
    resource: u32,
    side: fc.constantFrom('soft' as const, 'hard' as const, 'both' as const),
    soft: u64,
    hard: u64,
  }),
  fc.record({ kind: fc.constantFrom('nice' as const, 'oom-score-adj' as const), value: i32 }),
  fc.record({ kind: is('ioprio'), value: u32 }),
  fc.record({ kind: is('groups'), gids: fc.array(u32, { maxLength: 5 }) }),
  fc.record({ kind: is('gid'), gid: u32 }),
  fc.record({ kind: is('uid'), uid: u32 }),
  fc.record({ kind: is('streams'), which: fc.constantFrom('service' as const, 'log-file-only' as const) }),
  fc.record({ kind: fc.constantFrom('env-unset' as const, 'env-import' as const), name: text }),
  fc.record({ kind: is('env-set'), assignment: text }),
  fc.record({ kind: is('exec'), candidates: texts, argv: texts }),
  fc.record({
    kind: fc.constantFrom(
      'no-new-privs' as const,
      'setsid' as const,
      'env-clear' as const,
      'open-log' as const,
      'open-socket' as const,
      'pass-descriptors' as const,
    ),
  }),
);

const owner = fc.record({
  mode: u32,
  uid: fc.integer({ min: -1, max: 0xffff_fffe }),
  gid: fc.integer({ min: -1, max: 0xffff_fffe }),
});

const socket: fc.Arbitrary<ServicePlan['socket'] & {}> = fc.oneof(
  fc.record({ family: is('unix'), path: text, owner }),
  fc.record({ family: is('inet'), address: fc.uint8Array({ minLength: 4, maxLength: 4 }), port: fc.nat(0xffff) }),
  fc.record({ family: is('inet6'), address: fc.uint8Array({ minLength: 16, maxLength: 16 }), port: fc.nat(0xffff) }),
);

const log = fc.record({
  type: fc.constantFrom(...logTypes),
  bufferSize: u32,
  timestamps: fc.boolean(),
  path: text,
  owner,
  rotateSize: fc.maxSafeNat(),
  rotateCount: u32,
});

const program = (role: 'main' | 'stop') => fc.record({ role: is(role), ops: fc.array(arbitraryOp, { maxLength: 12 }) });

export const arbitraryService: fc.Arbitrary<ServicePlan> = fc.record(
  {
    name: text,
    programs: fc.oneof(
      fc.tuple(),
      fc.tuple(program('main')),
      fc.tuple(program('stop')),
      fc.tuple(program('main'), program('stop')),
    ),
    flags: u32,
    socket,
    log,
    pidFile: fc.record({ path: text, owner: u32 }),
    consumes: text,
    readiness: fc.record({ descriptor: i32, variable: text }),
  },
  { requiredKeys: ['name', 'programs', 'flags'] },
);

const identity = fc.record({
  kind: fc.constantFrom(...identityKinds),
  path: text,
  device: u64,
  inode: u64,
  size: u64,
  modified: i64,
  changed: i64,
});

export const arbitraryPlan: fc.Arbitrary<Plan> = fc.record({
  generation: u32,
  digest: fc.uint8Array({ minLength: 32, maxLength: 32 }),
  identities: fc.array(identity, { maxLength: 4 }),
  services: fc.array(arbitraryService, { maxLength: 4 }),
  descriptions: fc.string({ unit: 'binary', maxLength: 40 }),
});
