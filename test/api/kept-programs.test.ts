import { chmodSync, chownSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  keepPrograms,
  keptNames,
  type ProgramSources,
  readBuildIdentity,
  readSources,
} from '../../src/api/kept-programs.ts';
import { makeTemporaryDirectory } from '../support/temporary-directory.ts';

const uid = process.getuid?.();

function sourcesIn(directory: string, text: string): ProgramSources {
  const entries = keptNames.map((name) => [name, join(directory, name)] as const);
  for (const [name, path] of entries) writeFileSync(path, `${text} ${name}`);
  return Object.fromEntries(entries) as ProgramSources;
}

describe('keepPrograms()', () => {
  test('keepPrograms() copies each program, and again what has changed', () => {
    using from = makeTemporaryDirectory();
    using run = makeTemporaryDirectory();
    const directory = join(run.path, 'programs');
    for (const text of ['old', 'new']) {
      const sources = sourcesIn(from.path, text);
      keepPrograms(directory, sources);
      for (const name of keptNames) {
        expect(readFileSync(join(directory, name), 'utf8')).toBe(`${text} ${name}`);
        expect(statSync(join(directory, name)).mode & 0o777).toBe(0o755);
      }
      expect(readSources(directory, uid)).toEqual(sources);
    }
  });

  test('keepPrograms() leaves the former copy whole when a source is missing', () => {
    using from = makeTemporaryDirectory();
    using run = makeTemporaryDirectory();
    const sources = sourcesIn(from.path, 'old');
    keepPrograms(run.path, sources);
    expect(() => keepPrograms(run.path, { ...sources, 'daemon.cjs': join(from.path, 'nowhere') })).toThrow('ENOENT');
    expect(readFileSync(join(run.path, 'daemon.cjs'), 'utf8')).toBe('old daemon.cjs');
  });
});

describe('readSources()', () => {
  test('readSources() finds nothing where no copies are', () => {
    expect(readSources('/nowhere/programs', uid)).toBeUndefined();
  });

  test('readSources() does not trust a directory that others can write', () => {
    using from = makeTemporaryDirectory();
    using run = makeTemporaryDirectory();
    keepPrograms(run.path, sourcesIn(from.path, 'old'));
    chmodSync(run.path, 0o777);
    expect(() => readSources(run.path, uid)).toThrow('belongs to another user');
  });

  test.skipIf(uid !== 0)('readSources() does not trust a directory of another user (needs root)', () => {
    using from = makeTemporaryDirectory();
    using run = makeTemporaryDirectory();
    keepPrograms(run.path, sourcesIn(from.path, 'old'));
    chownSync(run.path, 12_345, 12_345);
    expect(() => readSources(run.path, uid)).toThrow('belongs to another user');
  });
});

test('readBuildIdentity() reads what the build has put beside a program, if it did', () => {
  using directory = makeTemporaryDirectory();
  const path = join(directory.path, 'build.json');
  expect(readBuildIdentity(path)).toBeUndefined();
  writeFileSync(path, '{"version":"1.2.3","build":"abc"}');
  expect(readBuildIdentity(path)).toEqual({ version: '1.2.3', build: 'abc' });
});
