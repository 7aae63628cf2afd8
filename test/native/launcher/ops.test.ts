import { constants } from 'node:os';
import { describe, expect, test } from 'vitest';
import { opTypes } from '../../../src/plan/records.ts';
import type { Op } from '../../../src/plan/plan.ts';
import { LauncherRig, script, service } from './launcher-rig.ts';

const { errno } = constants;
const isRoot = process.geteuid?.() === 0;

/** Runs one service with the ops before its exec; what it printed. */
async function outputOf(before: readonly Op[], text: string): Promise<string> {
  await using host = await LauncherRig.boot({
    services: (path) => [script('a', `(${text}) > ${path('out')} 2>&1`, { before })],
  });
  host.daemon.launch(0, 1);
  const { exit } = await host.daemon.until('exited');
  expect(exit).toEqual({ kind: 'exited', status: 0 });
  return host.rig.read('out');
}

/** Runs one service whose start must fail; where and why. */
async function failureOf(
  before: readonly Op[],
  argv: readonly string[] = ['/bin/true'],
  candidates = argv.slice(0, 1),
) {
  const ops: readonly Op[] = [{ kind: 'setsid' }, ...before, { kind: 'exec', candidates, argv }];
  await using host = await LauncherRig.boot({
    services: [{ ...service('a', argv), programs: [{ role: 'main', ops }] }, service('b', ['/bin/true'])],
  });
  host.daemon.launch(0, 3);
  const failure = await host.daemon.until('start-failed');
  expect(failure).toMatchObject({ slot: 0, role: 'main', run: 3 });
  // The slot is free again at once, and nothing else follows for the failed run.
  host.daemon.launch(0, 4);
  expect(await host.daemon.until('start-failed')).toMatchObject({ run: 4, opIndex: failure.opIndex });
  host.daemon.launch(1, 5);
  await host.daemon.until('exited', ({ slot }) => slot === 1);
  expect(host.daemon.kindsOf(0)).toEqual(['start-failed', 'start-failed']);
  return [failure.opIndex, failure.opType, failure.errno];
}

const status = (name: string) => `sed -n "s/^${name}:[[:space:]]*//p" /proc/self/status`;

describe('a program of ops', () => {
  test('CHDIR changes the directory, or says why not', async () => {
    expect(await outputOf([{ kind: 'chdir', path: '/usr' }], 'pwd')).toBe('/usr\n');
    expect(await failureOf([{ kind: 'chdir', path: '/nowhere' }])).toEqual([1, opTypes.chdir, errno.ENOENT]);
  });

  test('UMASK sets the mask', async () => {
    expect(await outputOf([{ kind: 'umask', mask: 0o137 }], 'umask')).toBe('0137\n');
  });

  test('RLIMIT sets the sides given and keeps the other, and the number of descriptors is not the launcher’s', async () => {
    const op = (side: 'soft' | 'hard' | 'both', soft: bigint, hard: bigint): Op => ({
      kind: 'rlimit',
      resource: 7,
      side,
      soft,
      hard,
    });
    const soft = await outputOf([op('both', 900n, 1000n), op('soft', 800n, 5n)], 'ulimit -Sn; ulimit -Hn');
    expect(soft).toBe('800\n1000\n');
    expect(await outputOf([op('both', 900n, 1000n), op('hard', 5n, 700n)], 'ulimit -Sn; ulimit -Hn')).toBe(
      '700\n700\n',
    );
    expect(await outputOf([{ kind: 'rlimit', resource: 4, side: 'soft', soft: 0n, hard: 0n }], 'ulimit -Sc')).toBe(
      '0\n',
    );
    expect(await failureOf([{ kind: 'rlimit', resource: 99, side: 'both', soft: 1n, hard: 1n }])).toEqual([
      1,
      opTypes.rlimit,
      errno.EINVAL,
    ]);
    expect(await failureOf([op('both', 20n, 10n)])).toEqual([1, opTypes.rlimit, errno.EINVAL]);
  });

  test('NICE is clamped to what the kernel knows', async () => {
    expect(await outputOf([{ kind: 'nice', value: 7 }], 'nice')).toBe('7\n');
    expect(await outputOf([{ kind: 'nice', value: 99 }], 'nice')).toBe('19\n');
  });

  test('IOPRIO sets class and level, or says why not', async () => {
    expect(await outputOf([{ kind: 'ioprio', value: (2 << 13) | 6 }], 'ionice -p $$')).toBe('best-effort: prio 6\n');
    expect(await failureOf([{ kind: 'ioprio', value: 7 << 13 }])).toEqual([1, opTypes.ioprio, errno.EINVAL]);
  });

  test('OOM_SCORE_ADJ is written, or says why not', async () => {
    expect(await outputOf([{ kind: 'oom-score-adj', value: 321 }], 'cat /proc/self/oom_score_adj')).toBe('321\n');
    expect(
      await failureOf([
        { kind: 'umask', mask: 0 },
        { kind: 'oom-score-adj', value: 5000 },
      ]),
    ).toEqual([2, opTypes['oom-score-adj'], errno.EINVAL]);
  });

  test.runIf(isRoot)('GROUPS, GID and UID change every id, for good', async () => {
    const before: readonly Op[] = [
      { kind: 'groups', gids: [54321, 54322] },
      { kind: 'gid', gid: 65534 },
      { kind: 'uid', uid: 65534 },
    ];
    const text = ['Uid', 'Gid', 'Groups', 'CapEff'].map(status).join(';');
    expect((await outputOf(before.slice(0, 2), text)).split('\n').slice(1, 3)).toEqual([
      '65534\t65534\t65534\t65534',
      '54321 54322 ',
    ]);
    expect(
      await failureOf([
        { kind: 'uid', uid: 65534 },
        { kind: 'groups', gids: [1] },
      ]),
    ).toEqual([2, opTypes.groups, errno.EPERM]);
    expect(
      await failureOf([
        { kind: 'uid', uid: 65534 },
        { kind: 'gid', gid: 1 },
      ]),
    ).toEqual([2, opTypes.gid, errno.EPERM]);
    expect(
      await failureOf([
        { kind: 'uid', uid: 65534 },
        { kind: 'uid', uid: 1 },
      ]),
    ).toEqual([2, opTypes.uid, errno.EPERM]);
    await using host = await LauncherRig.boot({
      services: [script('a', `${status('Uid')} | grep -q '^65534.65534.65534.65534$'`, { before })],
    });
    host.daemon.launch(0, 1);
    expect((await host.daemon.until('exited')).exit).toEqual({ kind: 'exited', status: 0 });
  });

  test('NO_NEW_PRIVS holds in the service', async () => {
    expect(await outputOf([], status('NoNewPrivs'))).toBe('0\n');
    expect(await outputOf([{ kind: 'no-new-privs' }], status('NoNewPrivs'))).toBe('1\n');
  });

  test('ENV ops change the environment in their order', async () => {
    const set = (assignment: string): Op => ({ kind: 'env-set', assignment });
    const variables = async (before: readonly Op[]) => {
      const text = await outputOf(before, 'tr "\\\\0" "\\\\n" < /proc/$$/environ');
      return text
        .trim()
        .split('\n')
        .filter((line) => line !== '')
        .toSorted();
    };
    expect(await variables([set('A=1'), set('A=2'), set('B=')])).toEqual(['A=2', 'B=', 'PATH=/usr/bin:/bin']);
    expect(await variables([{ kind: 'env-clear' }, set('A=1'), { kind: 'env-import', name: 'PATH' }])).toEqual([
      'A=1',
      'PATH=/usr/bin:/bin',
    ]);
    expect(
      await variables([{ kind: 'env-unset', name: 'PATH' }, { kind: 'env-import', name: 'NO' }, set('PATH=/bin')]),
    ).toEqual(['PATH=/bin']);
  });

  test('EXEC tries its candidates, remembers a refusal, and stops at anything else', async () => {
    const failure = (...candidates: string[]) => failureOf([], ['x'], candidates);
    expect(await failure('/nowhere/x')).toEqual([1, opTypes.exec, errno.ENOENT]);
    expect(await failure('/etc/passwd/x', '/nowhere/x')).toEqual([1, opTypes.exec, errno.ENOENT]);
    expect(await failure('/etc/passwd', '/nowhere/x')).toEqual([1, opTypes.exec, errno.EACCES]);
    expect(await failure('/proc/self/exe/x', `/${'x'.repeat(300)}`)).toEqual([1, opTypes.exec, errno.ENAMETOOLONG]);
    await using host = await LauncherRig.boot({
      services: [
        {
          name: 'a',
          flags: 0,
          programs: [
            {
              role: 'main',
              ops: [
                {
                  kind: 'exec',
                  candidates: ['/nowhere', '/etc/passwd', '/bin/sh'],
                  argv: ['other', '-c', 'test "$0" = other'],
                },
              ],
            },
          ],
        },
      ],
    });
    host.daemon.launch(0, 1);
    expect((await host.daemon.until('exited')).exit.status).toBe(0);
  });

  test('ops run in their order, and the one that fails is named by its place', async () => {
    const before: readonly Op[] = [
      { kind: 'umask', mask: 0 },
      { kind: 'env-set', assignment: 'A=1' },
      { kind: 'chdir', path: '/usr' },
      { kind: 'chdir', path: 'bin' },
      { kind: 'chdir', path: 'not-there' },
    ];
    expect(await failureOf(before)).toEqual([5, opTypes.chdir, errno.ENOENT]);
    expect(await outputOf(before.slice(0, 4), 'pwd')).toMatch(/bin\n$/);
  });
});
