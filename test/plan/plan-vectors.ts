/**
 * The plans in test/plan/vectors: what each file holds, and whether the launcher must take it. `scripts/plan-vectors.ts` writes the files;
 * plan-vectors.test.ts checks that they still are what the encoder writes.
 */
import { FrameWriter } from '../../src/frame/fields.ts';
import { encodePlan, encodeService } from '../../src/plan/encode-plan.ts';
import type { Op, Plan, PlanLog, ServicePlan } from '../../src/plan/plan.ts';
import { opTypes, planRecords, roles, serviceRecords, unlimited } from '../../src/plan/records.ts';

export interface PlanVector {
  readonly title: string;
  readonly bytes: Buffer;
  /** The plan that it holds; absent when the launcher must refuse it. */
  readonly plan?: Plan;
}

const digest = Uint8Array.from({ length: 32 }, (_, i) => i);
const empty: Plan = { generation: 1, digest, identities: [], services: [], descriptions: '{"version":1}' };
const exec: Op = { kind: 'exec', candidates: ['/bin/true'], argv: ['true'] };

const everyOp: readonly Op[] = [
  { kind: 'open-socket' },
  { kind: 'open-log' },
  { kind: 'env-clear' },
  { kind: 'env-import', name: 'LANG' },
  { kind: 'env-unset', name: 'TZ' },
  { kind: 'env-set', assignment: 'GREETING=good = day' },
  { kind: 'pass-descriptors' },
  { kind: 'chdir', path: '/srv/größe' },
  { kind: 'streams', which: 'service' },
  { kind: 'setsid' },
  { kind: 'rlimit', resource: 7, side: 'both', soft: 1024n, hard: unlimited },
  { kind: 'rlimit', resource: 4, side: 'soft', soft: 0n, hard: unlimited },
  { kind: 'nice', value: -5 },
  { kind: 'ioprio', value: (2 << 13) | 3 },
  { kind: 'oom-score-adj', value: -1000 },
  { kind: 'gid', gid: 33 },
  { kind: 'groups', gids: [33, 44] },
  { kind: 'uid', uid: 33 },
  { kind: 'no-new-privs' },
  { kind: 'umask', mask: 0o27 },
  { kind: 'exec', candidates: ['/usr/bin/web', './web'], argv: ['web', '', 'a b'] },
];

const logFile: PlanLog = {
  type: 'file',
  bufferSize: 4096,
  timestamps: true,
  path: '/var/log/web.log',
  owner: { mode: 0o640, uid: 0, gid: 4 },
  rotateSize: 1_048_576,
  rotateCount: 3,
};

const everyRecord: ServicePlan = {
  name: 'web@eins',
  programs: [
    { role: 'main', ops: everyOp },
    { role: 'stop', ops: [{ kind: 'streams', which: 'log-file-only' }, exec] },
  ],
  flags: 31,
  socket: { family: 'unix', path: '/run/web.sock', owner: { mode: 0o660, uid: -1, gid: 33 } },
  log: logFile,
  pidFile: { path: '/run/web.pid', owner: 33 },
  consumes: 'producer',
  readiness: { descriptor: -1, variable: 'READY_FD' },
};

const identity = { device: 1n, inode: 2n, size: 3n, modified: 1_700_000_000_000_000_001n, changed: -1n };
const none = { device: 0n, inode: 0n, size: 0n, modified: 0n, changed: 0n };
const address4 = Uint8Array.from([127, 0, 0, 1]);
const address6 = Uint8Array.from({ length: 16 }, (_, i) => (i === 15 ? 1 : 0));

const plans: Readonly<Record<string, Plan>> = {
  empty,
  'every-record': {
    ...empty,
    generation: 4_294_967_295,
    identities: [
      { kind: 'absent', path: '/etc/dinit.d/web', ...none },
      { kind: 'file', path: '/usr/lib/dinit.d/web', ...identity },
      { kind: 'directory', path: '/usr/lib/dinit.d', ...identity },
      { kind: 'symlink', path: '/etc/alternatives/web', ...identity },
    ],
    services: [everyRecord],
  },
  'smallest-services': {
    ...empty,
    services: [
      { name: 'boot', programs: [], flags: 0 },
      { name: 'a', programs: [{ role: 'main', ops: [exec] }], flags: 0 },
      { name: 'b', programs: [{ role: 'stop', ops: [exec] }], flags: 0 },
      { name: 'four', programs: [], flags: 0, socket: { family: 'inet', address: address4, port: 80 } },
      { name: 'six', programs: [], flags: 0, socket: { family: 'inet6', address: address6, port: 65_535 } },
      { name: 'ready', programs: [], flags: 0, readiness: { descriptor: 3, variable: '' } },
    ],
  },
  'long-descriptions': { ...empty, descriptions: `"${'x'.repeat(66_000)}"` },
};

const service = (fill: (to: FrameWriter) => void, name = 'a') =>
  new FrameWriter()
    .frame(planRecords.service, (to) => {
      to.text(name);
      fill(to);
    })
    .take();
const planOf = (...services: readonly Uint8Array[]) => encodePlan({ ...empty, services });
const withOps = (...ops: readonly Op[]) =>
  planOf(encodeService({ name: 'a', programs: [{ role: 'main', ops }], flags: 0 }));
const withService = (changes: Partial<ServicePlan>) =>
  planOf(encodeService({ name: 'a', programs: [], flags: 0, ...changes }));
const whole = planOf(encodeService(everyRecord));
const end = new FrameWriter().frame(planRecords.end).take();
const program = (to: FrameWriter, role: number, fill: (ops: FrameWriter) => void) =>
  to.frame(serviceRecords.program, (record) => {
    record.u8(role);
    fill(record);
  });
const execOp = (to: FrameWriter) =>
  to.frame(opTypes.exec, (op) => op.list(['/x'], (w, t) => w.text(t)).list(['x'], (w, t) => w.text(t)));

function changed(bytes: Buffer, at: number, value: number): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt8(value, at);
  return copy;
}

const refused: Readonly<Record<string, Buffer>> = {
  'without the end': whole.subarray(0, -end.length),
  'cut in the middle': whole.subarray(0, 200),
  'with something after the end': Buffer.concat([whole, end]),
  'of an unknown version': changed(whole, 6, 2),
  'of generation zero': changed(planOf(), 10, 0),
  'with fewer services than announced': planOf(Buffer.alloc(0)),
  'with more services than announced': changed(whole, 46, 0),
  'with an unknown record in a service': planOf(service((to) => to.frame(0x17))),
  'with a record twice in a service': planOf(
    service((to) => to.frame(serviceRecords.flags, (f) => f.u32(1)).frame(serviceRecords.flags, (f) => f.u32(1))),
  ),
  'with two programs for one role': planOf(service((to) => program(program(to, 0, execOp), 0, execOp))),
  'with an unknown role': planOf(service((to) => program(to, Object.keys(roles).length, execOp))),
  'with an unknown op': planOf(service((to) => program(to, 0, (ops) => execOp(ops.frame(0x3f))))),
  'with a program that does not end in EXEC': withOps(exec, { kind: 'setsid' }),
  'with a program without EXEC': withOps({ kind: 'setsid' }),
  'with two EXEC in a program': withOps(exec, exec),
  'with an EXEC of nothing': withOps({ kind: 'exec', candidates: ['/x'], argv: [] }),
  'with an EXEC without candidates': withOps({ kind: 'exec', candidates: [], argv: ['x'] }),
  'with a umask of more than nine bits': withOps({ kind: 'umask', mask: 0o1000 }, exec),
  'with an assignment without a name': withOps({ kind: 'env-set', assignment: '=x' }, exec),
  'with an assignment without a value': withOps({ kind: 'env-set', assignment: 'x' }, exec),
  'with a limit of no side': planOf(
    service((to) => {
      program(to, 0, (ops) => execOp(ops.frame(opTypes.rlimit, (op) => op.u32(7).u8(4).u64(1n).u64(1n))));
    }),
  ),
  'with an op that has a byte too many': planOf(
    service((to) => {
      program(to, 0, (ops) => execOp(ops.frame(opTypes.uid, (op) => op.u32(1).u8(0))));
    }),
  ),
  'with a NUL inside a path': planOf(
    service((to) => {
      program(to, 0, (ops) => execOp(ops.frame(opTypes.chdir, (op) => op.u32(3).bytes(Buffer.from('/\0a\0')))));
    }),
  ),
  'with a service without a name': planOf(service(() => {}, '')),
  'with a socket mode of more than nine bits': withService({
    socket: { family: 'unix', path: '/s', owner: { mode: 0o1777, uid: -1, gid: -1 } },
  }),
  'with a socket of an unknown family': planOf(
    service((to) => to.frame(serviceRecords.socket, (s) => s.u8(4).bytes(address4).u16(1))),
  ),
  'with a log file without a path': withService({ log: { ...logFile, path: '' } }),
  'with flags that nobody knows': withService({ flags: 32 }),
  'with a readiness descriptor below minus one': withService({ readiness: { descriptor: -2, variable: 'X' } }),
  'with a readiness variable without a name': withService({ readiness: { descriptor: -1, variable: '' } }),
  'with an identity of an unknown kind': changed(
    encodePlan({ ...empty, services: [], identities: [{ kind: 'file', path: '/x', ...identity }] }),
    61,
    4,
  ),
};

/** File name without its ending, to the vector. */
export function planVectors(): ReadonlyMap<string, PlanVector> {
  const vectors = new Map<string, PlanVector>();
  for (const [name, plan] of Object.entries(plans)) {
    const bytes = encodePlan({ ...plan, services: plan.services.map(encodeService) });
    vectors.set(`good-${name}`, { title: `a plan: ${name.replaceAll('-', ' ')}`, bytes, plan });
  }
  for (const [title, bytes] of Object.entries(refused)) {
    vectors.set(`bad-${title.replaceAll(/[^A-Za-z]+/g, '-')}`, { title: `a plan ${title}`, bytes });
  }
  return vectors;
}
