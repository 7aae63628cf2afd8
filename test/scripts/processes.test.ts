import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { Processes } from '../../scripts/test/processes.ts';

const options = { directory: tmpdir(), isShown: false, limit: 20_000 };

test('Processes.run() tells the exit status and what was printed on both streams', async () => {
  const ending = await new Processes().run('sh', ['-c', 'echo out; echo err >&2; exit 7'], options);
  expect(ending.how).toBe(7);
  expect(ending.output.split('\n').sort()).toEqual(['', 'err', 'out']);
});

test('Processes.run() tells which signal ended a program, and why one cannot be started', async () => {
  const processes = new Processes();
  expect((await processes.run('sh', ['-c', 'kill -9 $$'], options)).how).toBe('SIGKILL');
  expect((await processes.run('/does/not/exist', [], options)).how).toContain('ENOENT');
});

test('Processes.run() ends a program that takes longer than its limit', async () => {
  const ending = await new Processes().run('sleep', ['1000'], { ...options, limit: 50 });
  expect(ending.how).toBe('SIGKILL');
  expect(ending.output).toContain('did not end within');
});

test('Processes.endLeftovers() finds and kills a process that has left group, session and parent', async () => {
  const processes = new Processes();
  await processes.run('sh', ['-c', 'setsid sh -c "exec sleep 1000 >/dev/null 2>&1" & '], options);
  const leftovers = await processes.endLeftovers();
  expect(leftovers.map(({ command }) => command)).toEqual(['sleep 1000']);
  expect(await processes.endLeftovers()).toEqual([]);
});

test('Processes.endAll() ends what runs and starts nothing more', async () => {
  const processes = new Processes();
  const directory = mkdtempSync(join(tmpdir(), 'reeve-test-'));
  const ready = join(directory, 'ready');
  const running = processes.run('sh', ['-c', `trap "" TERM; : >${ready}; sleep 1000; sleep 1000`], options);
  await vi.waitFor(() => expect(existsSync(ready)).toBe(true), { timeout: 10_000 });
  rmSync(directory, { recursive: true });
  await processes.endAll();
  expect((await running).how).toBe('SIGKILL');
  expect((await processes.run('true', [], options)).how).toContain('not started');
});
