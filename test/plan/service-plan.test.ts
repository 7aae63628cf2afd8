import { describe, expect, it } from 'vitest';
import type { Op, ServicePlan } from '../../src/plan/plan.ts';
import { planService, type PlanContext } from '../../src/plan/service-plan.ts';
import { sampleContext, sampleDescription } from './sample-description.ts';

type Changes = Parameters<typeof sampleDescription>[0];

function plan(changes: Changes, context: Partial<PlanContext> = {}): ServicePlan {
  const result = planService(sampleDescription(changes), sampleContext(context));
  if (result.kind !== 'planned') throw new Error(JSON.stringify(result.problems));
  return result.plan;
}

function refusals(changes: Changes, context: Partial<PlanContext> = {}) {
  const result = planService(sampleDescription(changes), sampleContext(context));
  return result.kind === 'refused' ? result.problems : [];
}

function ops(changes: Changes, context: Partial<PlanContext> = {}, role: 'main' | 'stop' = 'main'): readonly Op[] {
  return plan(changes, context).programs.find((program) => program.role === role)?.ops ?? [];
}

const kinds = (list: readonly Op[]) => list.map((op) => op.kind);

describe('planService()', () => {
  it('planService() makes the shortest program for a plain command', () => {
    expect(plan({})).toEqual({
      name: 'web',
      flags: 0,
      programs: [
        {
          role: 'main',
          ops: [
            { kind: 'chdir', path: '/srv/www' },
            { kind: 'streams', which: 'service' },
            { kind: 'setsid' },
            { kind: 'exec', candidates: ['/bin/web'], argv: ['/bin/web', 'serve'] },
          ],
        },
      ],
    });
  });

  it('planService() gives internal and triggered services no program, whatever else they say', () => {
    for (const type of ['internal', 'triggered'] as const) {
      expect(plan({ type, command: ['/bin/x'], runAs: { kind: 'name', name: 'nobody-at-all' } })).toEqual({
        name: 'web',
        flags: 0,
        programs: [],
      });
    }
  });

  it('planService() lets the readiness pipe take the place of a standard stream', () => {
    const steps = kinds(ops({ readiness: { kind: 'descriptor', descriptor: 1 } }));
    expect(steps.indexOf('pass-descriptors')).toBeGreaterThan(steps.indexOf('streams'));
  });

  it('planService() puts every step in the order in which privilege is given up', () => {
    const everything = ops({
      socket: { address: { kind: 'unix', path: 'web.sock' }, mode: 0o666 },
      log: { type: 'file', file: 'web.log' },
      readiness: { kind: 'descriptor', descriptor: 5 },
      environment: [{ kind: 'set', name: 'A', value: '1' }],
      limits: [{ resource: 'nofile', soft: 10, hard: 20 }],
      nice: 5,
      ioPriority: { class: 2, level: 3 },
      oomScoreAdjust: -100,
      runAs: { kind: 'name', name: 'www' },
      options: { noNewPrivs: true },
      umask: 0o27,
    });
    expect(kinds(everything)).toEqual([
      'open-socket',
      'open-log',
      'env-set',
      'pass-descriptors',
      'chdir',
      'streams',
      'setsid',
      'rlimit',
      'nice',
      'ioprio',
      'oom-score-adj',
      'gid',
      'groups',
      'uid',
      'no-new-privs',
      'umask',
      'exec',
    ]);
  });

  it('planService() makes paths absolute: by the daemon directory, and log files by the working directory', () => {
    const { socket, log, pidFile, programs } = plan({
      type: 'bgprocess',
      workingDirectory: 'work',
      pidFile: 'web.pid',
      socket: { address: { kind: 'unix', path: 'web.sock' }, mode: 0o600 },
      log: { type: 'file', file: 'web.log' },
    });
    expect(programs[0]?.ops).toContainEqual({ kind: 'chdir', path: '/base/work' });
    expect(pidFile?.path).toBe('/base/web.pid');
    expect(socket).toMatchObject({ path: '/base/web.sock' });
    expect(log?.path).toBe('/base/work/web.log');
  });

  it.each([
    ['env-clear', { kind: 'clear' }, { kind: 'env-clear' }],
    ['env-unset', { kind: 'unset', name: 'A' }, { kind: 'env-unset', name: 'A' }],
    ['env-import', { kind: 'import', name: 'A' }, { kind: 'env-import', name: 'A' }],
    ['env-set', { kind: 'set', name: 'A', value: 'b=c' }, { kind: 'env-set', assignment: 'A=b=c' }],
  ] as const)('planService() turns a step of the environment into %s', (_name, step, op) => {
    expect(ops({ environment: [step] })[0]).toEqual(op);
  });

  it('planService() looks for a bare command in the PATH that the service will have', () => {
    const exec = (environment: Parameters<typeof sampleDescription>[0]) =>
      ops({ command: ['web'], ...environment }).at(-1);
    expect(exec({})).toMatchObject({ candidates: ['/usr/bin/web', '/bin/web'], argv: ['web'] });
    expect(exec({ environment: [{ kind: 'set', name: 'PATH', value: '/opt/bin::/bin:/bin' }] })).toMatchObject({
      candidates: ['/opt/bin/web', './web', '/bin/web'],
    });
    expect(exec({ environment: [{ kind: 'clear' }] })).toMatchObject({ candidates: ['/bin/web', '/usr/bin/web'] });
    expect(exec({ environment: [{ kind: 'clear' }, { kind: 'import', name: 'PATH' }] })).toMatchObject({
      candidates: ['/usr/bin/web', '/bin/web'],
    });
  });

  it('planService() leaves a command with a slash as it is, relative to the working directory', () => {
    expect(ops({ command: ['./web', 'x'] }).at(-1)).toEqual({
      kind: 'exec',
      candidates: ['./web'],
      argv: ['./web', 'x'],
    });
  });

  it('planService() encodes limits: one side, both sides, unlimited, and none when both are kept', () => {
    const unlimited = 0xffff_ffff_ffff_ffffn;
    expect(
      ops({
        limits: [
          { resource: 'nofile', soft: 10, hard: 'keep' },
          { resource: 'core', soft: 'keep', hard: 'unlimited' },
          { resource: 'data', soft: 'unlimited', hard: 5 },
          { resource: 'addrspace', soft: 'keep', hard: 'keep' },
        ],
      }).filter((op) => op.kind === 'rlimit'),
    ).toEqual([
      { kind: 'rlimit', resource: 7, side: 'soft', soft: 10n, hard: unlimited },
      { kind: 'rlimit', resource: 4, side: 'hard', soft: unlimited, hard: unlimited },
      { kind: 'rlimit', resource: 2, side: 'both', soft: unlimited, hard: 5n },
    ]);
  });

  it('planService() clamps the nice value and packs the I/O priority', () => {
    expect(ops({ nice: -30 })).toContainEqual({ kind: 'nice', value: -20 });
    expect(ops({ nice: 30 })).toContainEqual({ kind: 'nice', value: 19 });
    expect(ops({ ioPriority: { class: 3, level: 0 } })).toContainEqual({ kind: 'ioprio', value: 3 << 13 });
    expect(ops({ ioPriority: { class: 0, level: 0 } })).toContainEqual({ kind: 'ioprio', value: 0 });
  });

  it('planService() takes gid and groups from a user given by name, and drops all groups for a number', () => {
    const identity = (list: readonly Op[]) => list.filter((op) => ['uid', 'gid', 'groups'].includes(op.kind));
    expect(identity(ops({ runAs: { kind: 'name', name: 'www' } }))).toEqual([
      { kind: 'gid', gid: 3334 },
      { kind: 'groups', gids: [3334, 4444] },
      { kind: 'uid', uid: 3333 },
    ]);
    expect(identity(ops({ runAs: { kind: 'number', id: 3333 } }))).toEqual([
      { kind: 'groups', gids: [] },
      { kind: 'uid', uid: 3333 },
    ]);
  });

  it('planService() without root permits only the own user, and changes nothing for it', () => {
    const self = { uid: 1000, gid: 1000 };
    const changes = { runAs: { kind: 'name', name: 'joe' } } as const;
    expect(kinds(ops(changes, { self }))).toEqual(['chdir', 'streams', 'setsid', 'exec']);
    expect(kinds(ops({ runAs: { kind: 'number', id: 1000 } }, { self }))).toEqual([
      'chdir',
      'streams',
      'setsid',
      'exec',
    ]);
    const [problem] = refusals({ runAs: { kind: 'name', name: 'www' } }, { self });
    expect(problem).toMatchObject({ setting: 'run-as', advice: 'start reeve as root, or remove run-as' });
    expect(problem?.message).toContain("'www' (uid 3333), reeve runs as uid 1000");
  });

  it('planService() refuses users and groups that do not exist, each with its setting and place', () => {
    const origins = { 'run-as': { file: 'services.d/web', line: 7, column: 1 } };
    const problems = refusals({
      origins,
      runAs: { kind: 'name', name: 'nobody-at-all' },
      log: {
        type: 'file',
        file: '/x',
        owner: { kind: 'name', name: 'no-owner' },
        group: { kind: 'name', name: 'no-group' },
      },
      socket: { address: { kind: 'unix', path: '/s' }, mode: 0o600, group: { kind: 'name', name: 'no-group' } },
    });
    expect(problems.map(({ setting }) => setting).toSorted()).toEqual([
      'logfile-gid',
      'logfile-uid',
      'run-as',
      'socket-gid',
    ]);
    expect(problems.find(({ setting }) => setting === 'run-as')?.origin).toEqual(origins['run-as']);
  });

  it('planService() gives a log file to root, to the owner by name with its group, or leaves a user what it makes', () => {
    const file = { type: 'file', file: '/x' } as const;
    expect(plan({ log: file }).log?.owner).toEqual({ mode: 0o600, uid: 0, gid: 0 });
    expect(plan({ log: { ...file, owner: { kind: 'name', name: 'www' } } }).log?.owner).toMatchObject({
      uid: 3333,
      gid: 3334,
    });
    expect(
      plan({ log: { ...file, owner: { kind: 'name', name: 'www' }, group: { kind: 'name', name: 'logs' } } }).log
        ?.owner,
    ).toMatchObject({ uid: 3333, gid: 4444 });
    expect(plan({ log: { ...file, owner: { kind: 'number', id: 3333 } } }).log?.owner).toMatchObject({
      uid: 3333,
      gid: 0,
    });
    expect(plan({ log: file }, { self: { uid: 1000, gid: 1000 } }).log?.owner).toMatchObject({ uid: -1, gid: -1 });
  });

  it('planService() lets the stop command of a process log only to a file, that of a scripted service like its start', () => {
    const stop = (type: 'process' | 'scripted') => ops({ type, stopCommand: ['/bin/stop'] }, {}, 'stop');
    expect(stop('process')).toContainEqual({ kind: 'streams', which: 'log-file-only' });
    expect(stop('scripted')).toContainEqual({ kind: 'streams', which: 'service' });
  });

  it('planService() passes the stop command the open activation socket and no readiness pipe', () => {
    const stop = (changes: Changes) => kinds(ops({ stopCommand: ['/bin/stop'], ...changes }, {}, 'stop'));
    expect(stop({ readiness: { kind: 'variable', variable: 'FD' } })).not.toContain('pass-descriptors');
    const withSocket = stop({ socket: { address: { kind: 'unix', path: '/s' }, mode: 0o600 } });
    expect(withSocket).toContain('pass-descriptors');
    expect(withSocket).not.toContain('open-socket');
  });

  it('planService() writes the console words and signal options as flags', () => {
    expect(plan({ console: 'starts' }).flags).toBe(2);
    expect(plan({ console: 'runs' }).flags).toBe(6);
    expect(plan({ console: 'shares' }).flags).toBe(8);
    expect(plan({ options: { signalProcessOnly: true, unmaskInterrupt: true } }).flags).toBe(17);
  });

  it('planService() names the pid file owner: root, or the user the service runs as', () => {
    const background = { type: 'bgprocess', pidFile: '/run/web.pid' } as const;
    expect(plan(background).pidFile).toEqual({ path: '/run/web.pid', owner: 0 });
    expect(plan({ ...background, runAs: { kind: 'name', name: 'www' } }).pidFile?.owner).toBe(3333);
    expect(plan(background, { self: { uid: 1000, gid: 1000 } }).pidFile?.owner).toBe(1000);
  });

  it('planService() carries readiness, the consumed service and the log rules', () => {
    expect(plan({ readiness: { kind: 'variable', variable: 'READY_FD' } }).readiness).toEqual({
      descriptor: -1,
      variable: 'READY_FD',
    });
    expect(plan({ readiness: { kind: 'descriptor', descriptor: 4 } }).readiness).toEqual({
      descriptor: 4,
      variable: '',
    });
    expect(plan({ consumerOf: 'db' }).consumes).toBe('db');
    expect(plan({ log: { type: 'buffer', bufferSize: 100, timestamps: true } }).log).toMatchObject({
      type: 'buffer',
      bufferSize: 100,
      timestamps: true,
      path: '',
    });
  });

  it.each([
    ['127.0.0.1', 'inet', '7f000001'],
    ['::1', 'inet6', '00000000000000000000000000000001'],
    ['::', 'inet6', '00000000000000000000000000000000'],
    ['2001:db8::7:0', 'inet6', '20010db8000000000000000000070000'],
    ['::ffff:1.2.3.4', 'inet6', '00000000000000000000ffff01020304'],
    ['1:2:3:4:5:6:7:8', 'inet6', '00010002000300040005000600070008'],
  ])('planService() writes the address %s in bytes', (host, family, hex) => {
    const { socket } = plan({ socket: { address: { kind: 'tcp', host, port: 8080 }, mode: 0o666 } });
    if (socket === undefined || socket.family === 'unix') throw new Error('no internet socket');
    expect([socket.family, Buffer.from(socket.address).toString('hex'), socket.port]).toEqual([family, hex, 8080]);
  });

  it.each<[string, Changes]>([
    ['socket-listen', { socket: { address: { kind: 'tcp', host: 'localhost', port: 1 }, mode: 0o666 } }],
    ['socket-listen', { socket: { address: { kind: 'unix', path: `/${'s'.repeat(107)}` }, mode: 0o666 } }],
    ['socket-permissions', { socket: { address: { kind: 'unix', path: '/s' }, mode: 0o4666 } }],
    ['logfile-permissions', { log: { type: 'file', file: '/l', mode: 0o2640 } }],
    ['log-type', { log: { type: 'file' } }],
    ['ready-notification', { readiness: { kind: 'descriptor', descriptor: 70_000 } }],
    ['ready-notification', { readiness: { kind: 'variable', variable: 'A=B' } }],
    ['command', { command: Array.from({ length: 16_385 }, () => '/x') }],
    ['env-file', { environment: [{ kind: 'set', name: '', value: 'x' }] }],
  ])('planService() refuses by %s what would make the launcher refuse the whole plan', (setting, changes) => {
    expect(refusals(changes).map((problem) => problem.setting)).toContain(setting);
  });
});
