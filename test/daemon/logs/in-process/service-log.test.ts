import { closeSync, mkdirSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Fifo, FifoSource } from '../../../../src/daemon/launcher/child-process/fifo.ts';
import { ServiceLog } from '../../../../src/daemon/logs/in-process/service-log.ts';
import type { LogPiece } from '../../../../src/daemon/service-manager.ts';
import type { PlanLog } from '../../../../src/plan/plan.ts';
import { makeTemporaryDirectory, type TemporaryDirectory } from '../../../support/temporary-directory.ts';

let directory: TemporaryDirectory;
let fifos: FifoSource;
let pipe: Fifo;
let log: ServiceLog;
const reports: string[] = [];

beforeEach(() => {
  directory = makeTemporaryDirectory();
  fifos = new FifoSource(directory.path);
  reports.splice(0);
});

afterEach(() => {
  log[Symbol.dispose]();
  closeSync(pipe.write);
  fifos[Symbol.dispose]();
  directory[Symbol.dispose]();
});

const rules = (changes: Partial<PlanLog> = {}): PlanLog => ({
  type: 'buffer',
  bufferSize: 4096,
  timestamps: false,
  path: join(directory.path, 'log'),
  owner: { mode: 0o600, uid: -1, gid: -1 },
  rotateSize: 0,
  rotateCount: 0,
  ...changes,
});

function open(changes: Partial<PlanLog> = {}): void {
  pipe = fifos.take();
  log = new ServiceLog(rules(changes), { monotonic: () => 0, wall: () => 0 }, (what, amount) =>
    reports.push(`${what} ${amount}`),
  );
  log.prepare(rules(changes));
  log.attach(pipe.read);
}

const write = (text: string): void => void writeSync(pipe.write, text);

const all = async (source: AsyncIterable<LogPiece>): Promise<string> => {
  let text = '';
  for await (const { bytes, lost } of source) text += `${bytes.toString()}${lost > 0 ? `<${lost} lost>` : ''}`;
  return text;
};
const shown = (lastBytes = 0): Promise<string> => all(log.read({ lastBytes, follow: false }));

describe('ServiceLog', () => {
  it('ServiceLog shows what was written up to now, the newest bytes on demand', async () => {
    open({ bufferSize: 10 });
    write('0123456789');
    expect(await shown()).toBe('0123456789');
    expect(await shown(3)).toBe('789');
    write('abc');
    expect(await shown()).toBe('3456789abc');
  });

  it('ServiceLog begins a new process at a new line, after a note in memory', async () => {
    open();
    log.started();
    write('half');
    log.started();
    write('whole\n');
    expect(await shown()).toBe('half\n(reeve: note: service restarted)\nwhole\n');
  });

  it('ServiceLog shows nothing of what was cleared', async () => {
    open();
    write('before\n');
    log.clear();
    write('after\n');
    expect(await shown()).toBe('after\n');
  });

  it('ServiceLog tells a follower what is there and what comes, until it is closed', async () => {
    open();
    write('first\n');
    const pieces = log.read({ lastBytes: 0, follow: true });
    expect(String((await pieces.next()).value?.bytes)).toBe('first\n');
    write('second\n');
    expect(String((await pieces.next()).value?.bytes)).toBe('second\n');
    const rest = all(pieces);
    write('last\n');
    log[Symbol.dispose]();
    expect(await rest).toBe('last\n');
  });

  it('ServiceLog ends a follower who hangs up', async () => {
    open();
    const hangUp = new AbortController();
    const rest = all(log.read({ lastBytes: 0, follow: true, signal: hangUp.signal }));
    hangUp.abort();
    expect(await rest).toBe('');
  });

  it('ServiceLog puts the time before each line when asked to', async () => {
    open({ timestamps: true });
    write('a\nb');
    write('c\n');
    const stamp = '1970-01-01T00:00:00.000000Z ';
    expect(await shown()).toBe(`${stamp}a\n${stamp}bc\n`);
  });

  it('ServiceLog writes what is still in the pipe to the file when it is closed', () => {
    open({ type: 'file' });
    write('the last words\n');
    log[Symbol.dispose]();
    expect(readFileSync(join(directory.path, 'log'), 'utf8')).toBe('the last words\n');
  });

  it('ServiceLog opens its file anew for each start, so that one that was moved away is left alone', async () => {
    open({ type: 'file' });
    write('one\n');
    await shown();
    renameSync(join(directory.path, 'log'), join(directory.path, 'moved'));
    log.prepare(rules({ type: 'file' }));
    write('two\n');
    await shown();
    expect(readFileSync(join(directory.path, 'moved'), 'utf8')).toBe('one\n');
    expect(readFileSync(join(directory.path, 'log'), 'utf8')).toBe('two\n');
  });

  it('ServiceLog keeps its file when a start fails because the file cannot be opened', async () => {
    open({ type: 'file' });
    const path = join(directory.path, 'elsewhere');
    mkdirSync(path);
    expect(() => log.prepare(rules({ type: 'file', path }))).toThrow('EISDIR');
    write('still here\n');
    await shown();
    rmSync(path, { recursive: true });
    expect(readFileSync(join(directory.path, 'log'), 'utf8')).toBe('still here\n');
    expect(reports).toEqual([]);
  });

  it('ServiceLog keeps the newest bytes in memory when its rules change', async () => {
    open({ bufferSize: 20 });
    write('0123456789');
    log.prepare(rules({ bufferSize: 4 }));
    expect(await shown()).toBe('6789');
    log.prepare(rules({ type: 'file', bufferSize: 4 }));
    write('xy');
    expect(await shown()).toBe('89xy');
    expect(readFileSync(join(directory.path, 'log'), 'utf8')).toBe('xy');
  });
});
