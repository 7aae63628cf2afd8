import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { judgePidFile, type PidFileContext } from '../../../../src/daemon/launcher/child-process/pid-file.ts';
import { readProcessStat } from '../../../../src/daemon/launcher/child-process/process-stat.ts';
import { makeTemporaryDirectory, type TemporaryDirectory } from '../../../support/temporary-directory.ts';

let directory: TemporaryDirectory;
let child: ChildProcess;
const self = process.geteuid?.() ?? 0;

beforeEach(() => {
  directory = makeTemporaryDirectory();
  child = spawn('/bin/sleep', ['1000']);
});
afterEach(async () => {
  child.kill('SIGKILL');
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  directory[Symbol.dispose]();
});

const startOf = (pid: number): number => readProcessStat(pid)?.started ?? -1;

function judge(text: string | undefined, changes: Partial<PidFileContext> & { readonly owner?: number } = {}) {
  const path = join(directory.path, 'pid');
  if (text !== undefined) writeFileSync(path, text, { mode: 0o644 });
  const context = { begun: startOf(child.pid ?? 0), isOfAnotherService: () => false, ...changes };
  return judgePidFile({ path, owner: changes.owner ?? self }, context);
}

describe('judgePidFile()', () => {
  it('judgePidFile() believes a process that is not older than the start command', () => {
    expect(judge(` ${child.pid}\nmore`)).toMatchObject({ result: 'supervised', process: { pid: child.pid } });
  });

  it.each([
    ['nothing', '', 'no-number'],
    ['words', 'none', 'no-number'],
    ['nought', '0', 'no-number'],
    ['a negative number', '-1', 'no-number'],
    ['more than a number', '99999999999', 'no-number'],
    ['a number that nobody has', '2147483647', 'no-such-process'],
  ])('judgePidFile() refuses %s', (_, text, result) => {
    expect(judge(text)).toMatchObject({ result });
  });

  it('judgePidFile() refuses a process that was there before, and reeve itself', () => {
    expect(judge('1')).toEqual({ result: 'not-ours', errno: 0, pid: 1 });
    expect(judge(String(process.pid), { begun: 0 })).toMatchObject({ result: 'not-ours', pid: process.pid });
    expect(judge(String(child.pid), { begun: undefined })).toMatchObject({ result: 'not-ours' });
  });

  it("judgePidFile() refuses another service's process, and one of another user", () => {
    expect(judge(String(child.pid), { isOfAnotherService: () => true })).toMatchObject({
      result: 'of-another-service',
    });
    if (self === 0) expect(judge(String(child.pid), { owner: 12_345 })).toMatchObject({ result: 'not-ours' });
  });

  it('judgePidFile() trusts no file that others can write, and nothing but a file', () => {
    const path = join(directory.path, 'pid');
    expect(judge(undefined)).toEqual({ result: 'cannot-open', errno: constants.errno.ENOENT, pid: 0 });
    writeFileSync(path, String(child.pid));
    chmodSync(path, 0o666);
    expect(judge(undefined)).toMatchObject({ result: 'not-trusted' });
    symlinkSync(path, `${path}.link`);
    const context = { begun: 0, isOfAnotherService: () => false };
    const { ELOOP } = constants.errno;
    expect(judgePidFile({ path: `${path}.link`, owner: self }, context)).toMatchObject({
      result: 'cannot-open',
      errno: ELOOP,
    });
    mkdirSync(`${path}.d`);
    expect(judgePidFile({ path: `${path}.d`, owner: self }, context)).toMatchObject({ result: 'not-trusted' });
  });

  it('judgePidFile() refuses a process that has ended', async () => {
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(judge(String(child.pid), { begun: 0 })).toMatchObject({ result: 'no-such-process' });
  });
});
