import { constants } from 'node:os';
import { existsSync, linkSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileSink } from '../../../../src/daemon/logs/in-process/file-sink.ts';
import { errnoOf } from '../../../../src/daemon/errno-of.ts';
import type { PlanLog } from '../../../../src/plan/plan.ts';
import { makeTemporaryDirectory, type TemporaryDirectory } from '../../../support/temporary-directory.ts';

let directory: TemporaryDirectory;
beforeEach(() => {
  directory = makeTemporaryDirectory();
});
afterEach(() => directory[Symbol.dispose]());

const rules = (changes: Partial<PlanLog> = {}): PlanLog => ({
  type: 'file',
  bufferSize: 4096,
  timestamps: false,
  path: join(directory.path, 'log'),
  owner: { mode: 0o640, uid: -1, gid: -1 },
  rotateSize: 0,
  rotateCount: 0,
  ...changes,
});

const reports: string[] = [];
const report = {
  rotated: (size: number) => void reports.push(`rotated ${size}`),
  rotationFailed: (errno: number) => void reports.push(`failed ${errno}`),
};
beforeEach(() => void reports.splice(0));

const openError = (log: PlanLog): number | undefined => {
  try {
    new FileSink(log, report, () => 0)[Symbol.dispose]();
    return undefined;
  } catch (error) {
    return errnoOf(error);
  }
};

describe('FileSink', () => {
  it('FileSink appends to a file, with the mode that was asked for', () => {
    const log = rules();
    writeFileSync(log.path, 'before\n', { mode: 0o600 });
    using sink = new FileSink(log, report, () => 0);
    expect(sink.write(Buffer.from('after\n'))).toEqual({ written: 6, errno: 0 });
    expect(readFileSync(log.path, 'utf8')).toBe('before\nafter\n');
    expect(statSync(log.path).mode & 0o777).toBe(0o640);
  });

  it('FileSink refuses what is no file of its own: a link, a second name, a directory, nothing to make it in', () => {
    const { EISDIR, ELOOP, EMLINK, ENOENT } = constants.errno;
    writeFileSync(join(directory.path, 'precious'), 'keep me');
    symlinkSync('precious', join(directory.path, 'symbolic'));
    linkSync(join(directory.path, 'precious'), join(directory.path, 'hard'));
    mkdirSync(join(directory.path, 'directory'));
    const errors = ['symbolic', 'hard', 'directory', 'none/log'].map((name) =>
      openError(rules({ path: join(directory.path, name) })),
    );
    expect(errors).toEqual([ELOOP, EMLINK, EISDIR, ENOENT]);
    expect(readFileSync(join(directory.path, 'precious'), 'utf8')).toBe('keep me');
  });

  it('FileSink finishes a file by the line that brings it to the rotate size, and keeps as many as asked for', () => {
    const log = rules({ rotateSize: 10, rotateCount: 2 });
    using sink = new FileSink(log, report, () => 0);
    sink.write(Buffer.from('one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n'));
    const texts = ['log', 'log.1', 'log.2', 'log.3'].map((name) => {
      const path = join(directory.path, name);
      return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
    });
    expect(texts).toEqual(['eight\n', 'six\nseven\n', 'four\nfive\n', undefined]);
    expect(reports).toEqual(['rotated 14', 'rotated 10', 'rotated 10']);
  });

  it('FileSink loses no byte and splits no line shorter than the rotate size, whatever the pieces', () => {
    const pieces = fc.array(fc.stringMatching(/^[a-z\n]{0,30}$/), { maxLength: 10 });
    fc.assert(
      fc.property(pieces, fc.integer({ min: 3, max: 40 }), (texts, rotateSize) => {
        using place = makeTemporaryDirectory();
        const path = join(place.path, 'log');
        {
          using sink = new FileSink(rules({ path, rotateSize, rotateCount: 900 }), report, () => 0);
          for (const text of texts) sink.write(Buffer.from(text));
        }
        const files: string[] = [readFileSync(path, 'utf8')];
        for (let number = 1; existsSync(`${path}.${number}`); number++) {
          files.unshift(readFileSync(`${path}.${number}`, 'utf8'));
        }
        expect(files.join('')).toBe(texts.join(''));
        for (const file of files.slice(0, -1)) {
          expect(file.length).toBeGreaterThanOrEqual(rotateSize);
          const lastLine = file.slice(file.slice(0, -1).lastIndexOf('\n') + 1);
          expect(file.endsWith('\n') || lastLine.length >= rotateSize).toBe(true);
          // Without its last line it was not full yet.
          expect(file.length - lastLine.length).toBeLessThan(rotateSize);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('FileSink goes on in the old file when it cannot be put aside, says so, and tries again later', () => {
    const log = rules({ rotateSize: 4, rotateCount: 1 });
    mkdirSync(`${log.path}.1`);
    writeFileSync(join(`${log.path}.1`, 'entry'), '');
    let now = 0;
    using sink = new FileSink(log, report, () => now);
    sink.write(Buffer.from('one\ntwo\n'));
    expect(readFileSync(log.path, 'utf8')).toBe('one\ntwo\n');
    expect(reports).toEqual([`failed ${constants.errno.EISDIR}`]);
    now = 10_001;
    sink.write(Buffer.from('x\n'));
    expect(reports).toHaveLength(2);
  });
});
