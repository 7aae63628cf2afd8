import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import {
  familyOf,
  ownerOfProcess,
  parseProcessStat,
  type ProcessStat,
  readProcessStat,
} from '../../../../src/daemon/launcher/child-process/process-stat.ts';

const stat = (pid: number, parent: number, session: number): ProcessStat => ({
  pid,
  parent,
  session,
  group: session,
  started: pid,
  isZombie: false,
});
const pids = (processes: readonly ProcessStat[]): readonly number[] => processes.map(({ pid }) => pid);

describe('parseProcessStat()', () => {
  it('parseProcessStat() is not misled by the name of a program', () => {
    const fields = ['Z', ...Array.from({ length: 30 }, (_, index) => index + 100)].join(' ');
    expect(parseProcessStat(`42 (a) R 1 2 (b c) ${fields}\n`)).toEqual({
      pid: 42,
      isZombie: true,
      parent: 100,
      group: 101,
      session: 102,
      started: 118,
    });
  });

  it.each(['', '42', '42 (name) R', 'x (name) R 1 1 1'])('parseProcessStat() knows nothing of %j', (text) => {
    expect(parseProcessStat(text)).toBeUndefined();
  });
});

describe('readProcessStat()', () => {
  it('readProcessStat() tells of a child and nothing of a number that is free', async () => {
    const child = spawn('/bin/sleep', ['1000'], { detached: true });
    const { pid = 0 } = child;
    const found = readProcessStat(pid);
    expect(found).toMatchObject({ pid, parent: process.pid, group: pid, session: pid, isZombie: false });
    expect(found?.started).toBeGreaterThanOrEqual(readProcessStat(process.pid)?.started ?? Infinity);
    expect(ownerOfProcess(pid)).toBe(process.geteuid?.());
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(readProcessStat(pid)).toBeUndefined();
    expect(ownerOfProcess(pid)).toBeUndefined();
  });
});

describe('familyOf()', () => {
  it('familyOf() finds descendants in any order, and who is left in the session of a leader', () => {
    const all = [
      stat(30, 20, 30),
      stat(20, 10, 10),
      stat(10, 1, 10),
      stat(40, 1, 10),
      stat(50, 40, 50),
      stat(60, 1, 60),
    ];
    expect(pids(familyOf(10, all)).toSorted()).toEqual([20, 30, 40, 50]);
  });

  it('familyOf() leaves the session of somebody else alone', () => {
    const all = [stat(10, 1, 5), stat(11, 10, 5), stat(5, 1, 5), stat(6, 5, 5)];
    expect(pids(familyOf(10, all))).toEqual([11]);
  });
});
