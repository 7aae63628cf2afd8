import { constants } from 'node:os';
import { describe, expect, it } from 'vitest';
import { failedStep, spawnFailure, viewProgram } from '../../../../src/daemon/launcher/child-process/program-view.ts';
import type { Op } from '../../../../src/plan/plan.ts';
import { type OpKind, opTypes } from '../../../../src/plan/records.ts';

const exec: Op = { kind: 'exec', candidates: ['/bin/web'], argv: ['web', '-v'] };

describe('viewProgram()', () => {
  it('viewProgram() changes the environment op by op', () => {
    const ops: readonly Op[] = [
      { kind: 'env-set', assignment: 'A=1' },
      { kind: 'env-unset', name: 'B' },
      { kind: 'env-clear' },
      { kind: 'env-import', name: 'B' },
      { kind: 'env-import', name: 'NOWHERE' },
      { kind: 'env-set', assignment: 'C=x=y' },
      exec,
    ];
    const { environment } = viewProgram(
      ops,
      new Map([
        ['A', '0'],
        ['B', '2'],
        ['D', '4'],
      ]),
    );
    expect([...environment]).toEqual([
      ['B', '2'],
      ['C', 'x=y'],
    ]);
  });

  it('viewProgram() collects what spawn is told', () => {
    const ops: readonly Op[] = [
      { kind: 'chdir', path: '/srv' },
      { kind: 'streams', which: 'log-file-only' },
      { kind: 'setsid' },
      { kind: 'nice', value: 5 },
      { kind: 'gid', gid: 7 },
      { kind: 'groups', gids: [7] },
      { kind: 'uid', uid: 8 },
      { kind: 'umask', mask: 0o77 },
      exec,
    ];
    expect(viewProgram(ops, new Map())).toEqual({
      environment: new Map(),
      directory: '/srv',
      streams: 'log-file-only',
      nice: 5,
      gid: 7,
      uid: 8,
      umask: 0o77,
      candidates: ['/bin/web'],
      argv: ['web', '-v'],
    });
  });

  it.each<Op>([
    { kind: 'rlimit', resource: 7, side: 'both', soft: 1n, hard: 1n },
    { kind: 'ioprio', value: 1 },
    { kind: 'oom-score-adj', value: 1 },
    { kind: 'no-new-privs' },
  ])('viewProgram() marks $kind as impossible', (op) => {
    expect(viewProgram([op, exec], new Map()).impossible).toBe(op.kind);
  });
});

describe('failedStep()', () => {
  const ops: readonly Op[] = [{ kind: 'chdir', path: '/' }, { kind: 'uid', uid: 1 }, exec];

  it('failedStep() names the op by its place and type, and what comes before every op by 0', () => {
    expect(failedStep(ops, 'uid', 1)).toEqual({ opIndex: 1, opType: opTypes.uid, errno: 1 });
    expect(failedStep(ops, undefined, 1)).toEqual({ opIndex: 0, opType: 0, errno: 1 });
    expect(failedStep(ops, 'nice', 1)).toEqual({ opIndex: 0, opType: 0, errno: 1 });
  });

  const { EACCES, EAGAIN, EMFILE, ENOENT, ENOMEM, EPERM } = constants.errno;
  it.each<[string, number, OpKind | undefined]>([
    ['want of processes', EAGAIN, undefined],
    ['want of memory', ENOMEM, undefined],
    ['want of descriptors', EMFILE, undefined],
    ['a user that cannot be taken on', EPERM, 'uid'],
    ['a missing program', ENOENT, 'exec'],
    ['a program that is closed to us', EACCES, 'exec'],
  ])('spawnFailure() blames %s on the right step', (_, errno, kind) => {
    expect(spawnFailure(ops, errno)).toEqual(failedStep(ops, kind, errno));
  });

  it('spawnFailure() blames no user where none is changed', () => {
    expect(spawnFailure([exec], EPERM)).toEqual(failedStep([exec], 'exec', EPERM));
  });
});
