import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseProcStat } from '../../src/control/processes/proc-stat.ts';
import { ProcFiles } from '../../src/control/processes/proc-files.ts';
import {
  type ProcessFacts,
  processForest,
  processTree,
  totalUsage,
} from '../../src/control/processes/process-table.ts';
import { makeTemporaryDirectory } from '../support/temporary-directory.ts';

const stat = (pid: number, name: string, parent: number, pages = 100): string =>
  `${pid} (${name}) S ${parent} 1 1 0 -1 4194560 1 0 0 0 7 3 0 0 20 0 2 0 100 5000000 ${pages} 18446744073709551615 1 1 0 0 0 0 0\n`;

test('parseProcStat() reads what it needs, whatever the name of the process is', () => {
  for (const name of ['sleep', 'a b', ')) R 1 2', '((', '']) {
    expect(parseProcStat(stat(42, name, 7), 4096)).toEqual({
      pid: 42,
      parent: 7,
      state: 'S',
      name,
      cpu: 100,
      residentBytes: 409_600,
      threads: 2,
    });
  }
  for (const text of ['', '42', '42 (x) S 1', 'x) (y S']) expect(parseProcStat(text, 4096)).toBeUndefined();
});

test('ProcFiles sees this process as the kernel does', () => {
  const found = new ProcFiles().find(process.pid);
  expect(found).toMatchObject({ pid: process.pid, parent: process.ppid });
  const { rss } = process.memoryUsage();
  expect(found?.residentBytes).toBeGreaterThan(rss / 2);
  expect(found?.residentBytes).toBeLessThan(rss * 2);
  expect(new ProcFiles().commandLine(process.pid)).toContain('node');
});

test('ProcFiles leaves out what ends while it looks, and what is no process', () => {
  using directory = makeTemporaryDirectory();
  for (const [pid, text] of [
    ['10', stat(10, 'a', 1)],
    ['11', 'nonsense'],
    ['self', ''],
  ] as const) {
    mkdirSync(join(directory.path, pid));
    writeFileSync(join(directory.path, pid, 'stat'), text);
  }
  mkdirSync(join(directory.path, '12'));
  const table = new ProcFiles(directory.path);
  expect(table.all().map(({ pid }) => pid)).toEqual([10]);
  expect(table.commandLine(10)).toBe('a');
  expect(table.commandLine(12)).toBe('');
  expect(new ProcFiles(join(directory.path, 'none')).all()).toEqual([]);
});

test('processTree() and processForest() hold everything below a process and nothing else', () => {
  const facts = (pid: number, parent: number): ProcessFacts => ({
    pid,
    parent,
    state: 'S',
    name: `p${pid}`,
    cpu: pid,
    residentBytes: 1_000,
    threads: 1,
  });
  const all = [facts(1, 0), facts(2, 1), facts(3, 2), facts(4, 2), facts(5, 1), facts(6, 3)];
  expect(processForest(all)(2).map(({ pid }) => pid)).toEqual([2, 3, 4, 6]);
  expect(processForest(all)(99)).toEqual([]);
  expect(processTree(99, all)).toBeUndefined();
  expect(processTree(2, all)?.children.map(({ facts: { pid }, children }) => [pid, children.length])).toEqual([
    [3, 1],
    [4, 0],
  ]);
  expect(totalUsage(processForest(all)(2))).toEqual({ cpu: 15, residentBytes: 4_000 });
});
