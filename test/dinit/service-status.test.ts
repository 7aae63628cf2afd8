import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type DinitStatus,
  fromStatus,
  type ProcessStatus,
  toStatus1,
  toStatus5,
  toStatus6,
} from '../../src/dinit/service-status.ts';
import { states, stopReasons } from '../../src/dinit/words.ts';

const int32 = fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff });
const process: fc.Arbitrary<ProcessStatus> = fc.oneof(
  fc.record({ kind: fc.constant('running' as const), pid: int32 }),
  fc.record({ kind: fc.constant('exec-failed' as const), stage: fc.integer({ min: 0, max: 18 }), errno: int32 }),
  fc.record({ kind: fc.constantFrom('exited' as const, 'killed' as const, 'core-dump' as const), status: int32 }),
  fc.constant({ kind: 'none' as const }),
);
const status: fc.Arbitrary<DinitStatus> = fc
  .record({
    state: fc.constantFrom(...states),
    target: fc.constantFrom('started' as const, 'stopped' as const),
    isExplicit: fc.boolean(),
    isSkipped: fc.boolean(),
    console: fc.constantFrom('none' as const, 'waiting' as const, 'held' as const),
    stopReason: fc.constantFrom(...stopReasons),
    process,
    modified: fc.bigInt({ min: -(1n << 62n), max: 1n << 62n }),
  })
  .map((each) => {
    // The packet has one place: what is in it follows from flags and reason.
    const isExecFailure = each.process.kind === 'exec-failed';
    if (each.process.kind === 'running' || isExecFailure === (each.stopReason === 'exec-failed')) return each;
    return { ...each, stopReason: isExecFailure ? 'exec-failed' : 'failed' };
  });

const running: DinitStatus = {
  state: 'started',
  target: 'started',
  isExplicit: true,
  isSkipped: false,
  console: 'none',
  stopReason: 'normal',
  process: { kind: 'running', pid: 2436 },
};

describe('toStatus6() and fromStatus()', () => {
  it('lose nothing', () => {
    fc.assert(fc.property(status, (each) => void expect(fromStatus(toStatus6(each))).toEqual(each)));
  });

  it('give nanoseconds from 0 to 999999999, also before 1970', () => {
    expect(toStatus6({ ...running, modified: -1n })).toMatchObject({
      modifiedSeconds: -1n,
      modifiedNanoseconds: 999_999_999n,
    });
  });
});

describe('toStatus1()', () => {
  it('shows a process as its number', () => {
    expect(toStatus1(running)).toEqual({ state: 2, target: 2, flags: 0x18, stopReason: 0, stage: 0, detail: 2436 });
  });

  it('tells of an exit only whether it was clean', () => {
    const detail = (process: ProcessStatus): number =>
      toStatus1({ ...running, stopReason: 'terminated', process }).detail;
    expect(detail({ kind: 'none' })).toBe(0);
    expect(detail({ kind: 'exited', status: 0 })).toBe(0);
    expect(detail({ kind: 'exited', status: 3 })).toBe(-1);
    expect(detail({ kind: 'killed', status: 15 })).toBe(-1);
  });

  it('shows an execution that failed with its stage and error', () => {
    const failed: DinitStatus = {
      ...running,
      stopReason: 'exec-failed',
      process: { kind: 'exec-failed', stage: 18, errno: 2 },
    };
    expect(toStatus1(failed)).toMatchObject({ stage: 18, detail: 2 });
    expect(toStatus5(failed)).toMatchObject({ stage: 18, detail: 2, exitStatus: 0 });
  });
});

describe('fromStatus()', () => {
  const first = { state: 0, target: 0, flags: 0, stopReason: 6, stage: 0 };

  it('reads the wait status that old servers send in the first form', () => {
    expect(fromStatus({ ...first, detail: 0x0300 })?.process).toEqual({ kind: 'exited', status: 3 });
    expect(fromStatus({ ...first, detail: 0x008b })?.process).toEqual({ kind: 'killed', status: 11 });
    expect(fromStatus({ ...first, detail: -1 })?.process).toEqual({ kind: 'unclean' });
  });

  it('refuses numbers that are no state, target or reason', () => {
    expect(fromStatus({ ...first, state: 4, detail: 0 })).toBeUndefined();
    expect(fromStatus({ ...first, target: 1, detail: 0 })).toBeUndefined();
    expect(fromStatus({ ...first, stopReason: 7, detail: 0 })).toBeUndefined();
  });
});
