import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { prepareCacheDirectory, prepareRunDirectory } from '../../src/reeve/run-directory.ts';
import { removeStaleSettings, settingsPath, writeSettingsFile } from '../../src/reeve/settings-file.ts';

const uid = process.getuid?.() ?? 0;
let directory: string;
beforeEach(() => {
  directory = fs.mkdtempSync(join(tmpdir(), 'reeve-run-'));
});
afterEach(() => {
  fs.rmSync(directory, { recursive: true, force: true });
});
const modeOf = (path: string) => fs.statSync(path).mode & 0o7777;

describe('prepareRunDirectory()', () => {
  it('prepareRunDirectory() makes it for the machine to look into and for a user alone, whatever the umask', () => {
    const before = process.umask(0o77);
    try {
      prepareRunDirectory(join(directory, 'deep/system'), 'system', uid);
    } finally {
      process.umask(before);
    }
    prepareRunDirectory(join(directory, 'user'), 'user', uid);
    expect(modeOf(join(directory, 'deep/system'))).toBe(0o755);
    expect(modeOf(join(directory, 'user'))).toBe(0o700);
  });

  it('prepareRunDirectory() takes one that is there, and leaves its permissions', () => {
    fs.mkdirSync(join(directory, 'run'), { mode: 0o750 });
    prepareRunDirectory(join(directory, 'run'), 'user', uid);
    expect(modeOf(join(directory, 'run'))).toBe(0o750);
  });

  it.each<[string, (path: string) => void, string]>([
    ['a link', (path) => fs.symlinkSync(directory, path), 'symbolic link'],
    ['a file', (path) => fs.writeFileSync(path, ''), 'not a directory'],
    ['a directory that others can write in', (path) => fs.mkdirSync(path), 'others can write in it'],
  ])('prepareRunDirectory() refuses %s', (_what, make, message) => {
    const path = join(directory, 'run');
    make(path);
    if (fs.lstatSync(path).isDirectory()) fs.chmodSync(path, 0o777);
    expect(() => prepareRunDirectory(path, 'user', uid)).toThrow(message);
  });

  it("prepareRunDirectory() refuses another user's directory", () => {
    fs.mkdirSync(join(directory, 'run'), { mode: 0o700 });
    expect(() => prepareRunDirectory(join(directory, 'run'), 'user', uid + 1)).toThrow(
      `belongs to user ${uid}, not to ${uid + 1}`,
    );
  });

  it('prepareRunDirectory() says why it cannot be made', () => {
    fs.writeFileSync(join(directory, 'file'), '');
    expect(() => prepareRunDirectory(join(directory, 'file/run'), 'user', uid)).toThrow(
      'cannot make the run directory',
    );
  });
});

describe('prepareCacheDirectory()', () => {
  it('prepareCacheDirectory() goes without a cache rather than refuse to start', () => {
    expect(prepareCacheDirectory(join(directory, 'cache/plan'), uid)).toBe(true);
    expect(modeOf(join(directory, 'cache'))).toBe(0o700);
    fs.chmodSync(join(directory, 'cache'), 0o777);
    expect(prepareCacheDirectory(join(directory, 'cache/plan'), uid)).toBe(false);
  });
});

describe('removeStaleSettings()', () => {
  it('removeStaleSettings() removes what ended launchers left, and nothing else', () => {
    const gone = 2 ** 30;
    for (const pid of [process.pid, gone]) writeSettingsFile(settingsPath(directory, pid), Buffer.from('x'));
    for (const name of ['settings', 'settings.txt', 'control', 'settings.12.34'])
      fs.writeFileSync(join(directory, name), '');
    removeStaleSettings(directory);
    expect(fs.readdirSync(directory).toSorted()).toEqual(
      ['control', 'settings', 'settings.12.34', 'settings.txt', `settings.${process.pid}`].toSorted(),
    );
  });
});

describe('writeSettingsFile()', () => {
  it('writeSettingsFile() replaces what is there, without following a link, and lets nobody else read it', () => {
    const path = settingsPath(directory, 1);
    fs.writeFileSync(join(directory, 'precious'), 'precious');
    fs.symlinkSync(join(directory, 'precious'), path);
    writeSettingsFile(path, Buffer.from('settings'));
    expect(fs.lstatSync(path).isFile()).toBe(true);
    expect(modeOf(path)).toBe(0o600);
    expect(fs.readFileSync(join(directory, 'precious'), 'utf8')).toBe('precious');
  });
});
