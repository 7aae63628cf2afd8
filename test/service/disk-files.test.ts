import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DiskFiles } from '../../src/service/disk-files.ts';

let root: string;

beforeEach(() => {
  root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'reeve-files-')));
});

afterEach(() => {
  fs.rmSync(root, { recursive: true, force: true });
});

const at = (name: string): string => path.join(root, name);
const write = (name: string, text: string | Buffer): void => {
  fs.mkdirSync(path.dirname(at(name)), { recursive: true });
  fs.writeFileSync(at(name), text);
};
const text = (result: ReturnType<DiskFiles['readRegularFile']>): string =>
  result.kind === 'file'
    ? Buffer.from(result.bytes).toString()
    : `${result.kind} ${result.kind === 'refused' ? result.code : ''}`;

describe('DiskFiles', () => {
  test('readRegularFile() reads a file and knows its directory and its time', () => {
    write('a', 'text');
    fs.utimesSync(at('a'), 1_000_000, 1_234_567);
    expect(new DiskFiles().readRegularFile(at('a'))).toMatchObject({
      kind: 'file',
      path: at('a'),
      directory: root,
      modified: '1234567000000000',
    });
    expect(text(new DiskFiles().readRegularFile(at('a')))).toBe('text');
  });

  test('readRegularFile() reads an empty file, and one larger than its buffer', () => {
    write('empty', '');
    write('large', 'x'.repeat(200_000));
    write('exact', 'x'.repeat(65_536));
    const files = new DiskFiles();
    expect(text(files.readRegularFile(at('empty')))).toBe('');
    expect(text(files.readRegularFile(at('large')))).toHaveLength(200_000);
    expect(text(files.readRegularFile(at('exact')))).toHaveLength(65_536);
  });

  test('readRegularFile() reads up to 1 MiB and refuses more', () => {
    write('most', Buffer.alloc(1024 * 1024, 'x'));
    write('more', Buffer.alloc(1024 * 1024 + 1, 'x'));
    const files = new DiskFiles();
    expect(files.readRegularFile(at('most')).kind).toBe('file');
    expect(files.readRegularFile(at('more'))).toMatchObject({ kind: 'refused', code: 'TOO_LARGE', path: at('more') });
  });

  test('readRegularFile() finds nothing where nothing is, before and after it has listed the directory', () => {
    write('a', '');
    const files = new DiskFiles();
    const results = ['x', 'y', 'z', 'none/x', 'none/y', 'a'].map((name) => files.readRegularFile(at(name)).kind);
    expect(results).toEqual(['absent', 'absent', 'absent', 'absent', 'absent', 'file']);
  });

  test('readRegularFile() follows links and tells where the file really is', () => {
    write('real/a', 'text');
    fs.mkdirSync(at('sd'));
    fs.symlinkSync('../real/a', at('sd/a'));
    fs.symlinkSync(at('sd/a'), at('sd/b'));
    fs.symlinkSync('nowhere', at('sd/c'));
    const files = new DiskFiles();
    const result = files.readRegularFile(at('sd/b'));
    expect(text(result)).toBe('text');
    expect(result.kind === 'file' && fs.realpathSync(result.directory)).toBe(at('real'));
    expect(files.readRegularFile(at('sd/c'))).toEqual({ kind: 'absent' });
  });

  test('readRegularFile() gives up on links that go in a circle', () => {
    fs.symlinkSync('b', at('a'));
    fs.symlinkSync('a', at('b'));
    expect(new DiskFiles().readRegularFile(at('a'))).toMatchObject({
      code: 'ELOOP',
      text: 'more than 32 symbolic links',
      isThere: true,
    });
  });

  test('readRegularFile() refuses a FIFO, a socket, a directory and a device at once', async () => {
    execFileSync('mkfifo', [at('fifo')]);
    fs.mkdirSync(at('directory'));
    const server = net.createServer();
    await new Promise<void>((resolve) => server.listen(at('socket'), resolve));
    const read = (name: string): unknown => new DiskFiles().readRegularFile(path.resolve(root, name));
    expect(read('fifo')).toMatchObject({ code: 'NOT_REGULAR', text: 'not a regular file but a FIFO', isThere: true });
    expect(read('directory')).toMatchObject({ code: 'NOT_REGULAR', text: 'not a regular file but a directory' });
    expect(read('socket')).toMatchObject({ code: 'NOT_REGULAR', text: 'not a regular file but a socket' });
    expect(read('/dev/null')).toMatchObject({ code: 'NOT_REGULAR', text: 'not a regular file but a device' });
    await new Promise((resolve) => server.close(resolve));
  });

  test('readRegularFile() says what the system says', () => {
    write('a', '');
    const files = new DiskFiles();
    expect(files.readRegularFile(at('a/x'))).toMatchObject({
      code: 'ENOTDIR',
      text: 'not a directory',
      isThere: false,
    });
    expect(files.readRegularFile(at('x'.repeat(300)))).toMatchObject({ code: 'ENAMETOOLONG', text: 'name too long' });
    expect(files.isReproducible()).toBe(false);
  });

  test('readDirectory() lists in a fixed order, follows a link, and refuses a file', () => {
    write('d/b', '');
    write('d/a', '');
    write('d/.c', '');
    fs.symlinkSync('d', at('link'));
    const files = new DiskFiles();
    expect(files.readDirectory(at('d'))).toEqual({ kind: 'directory', entries: ['.c', 'a', 'b'] });
    expect(files.readDirectory(at('link'))).toEqual({ kind: 'directory', entries: ['.c', 'a', 'b'] });
    expect(files.readDirectory(at('none'))).toEqual({ kind: 'absent' });
    expect(files.readDirectory(at('d/a'))).toMatchObject({ kind: 'refused', code: 'ENOTDIR' });
  });

  test('an instance is a snapshot: it gives the same answer again', () => {
    write('a', 'one');
    const files = new DiskFiles();
    expect(text(files.readRegularFile(at('a')))).toBe('one');
    write('a', 'two');
    expect(text(files.readRegularFile(at('a')))).toBe('one');
    expect(text(new DiskFiles().readRegularFile(at('a')))).toBe('two');
  });

  test('identities() are those of the system, each thing once', () => {
    write('real', 'text');
    fs.symlinkSync('real', at('link'));
    fs.mkdirSync(at('d'));
    const files = new DiskFiles();
    for (const name of ['link', 'none', 'real', 'link']) files.readRegularFile(at(name));
    files.readDirectory(at('d'));
    const expected = (kind: string, name: string, stats: fs.BigIntStats): object => ({
      kind,
      path: at(name),
      device: stats.dev,
      inode: stats.ino,
      size: stats.size,
      modified: stats.mtimeNs,
      changed: stats.ctimeNs,
    });
    const big = { bigint: true } as const;
    const none = { device: 0n, inode: 0n, size: 0n, modified: 0n, changed: 0n };
    const identities = files.identities().toSorted((a, b) => (`${a.kind} ${a.path}` < `${b.kind} ${b.path}` ? -1 : 1));
    expect(identities).toEqual([
      { kind: 'absent', path: at('none'), ...none },
      expected('directory', 'd', fs.statSync(at('d'), big)),
      expected('file', 'real', fs.statSync(at('real'), big)),
      expected('symlink', 'link', fs.lstatSync(at('link'), big)),
    ]);
    expect(files.isReproducible()).toBe(true);
  });
});

describe('DiskFiles with trusted owners', () => {
  const owner = process.geteuid?.() ?? 0;
  const trusting = (): DiskFiles => new DiskFiles({ trustedOwners: [0, owner] });

  test('readRegularFile() reads below a sticky directory what trusted owners alone can change', () => {
    write('sd/web', 'text');
    expect(text(trusting().readRegularFile(at('sd/web')))).toBe('text');
  });

  test.each([
    ['sd/web', 0o666, 'writable by everybody (mode 0666)', 'sd/web'],
    ['sd/web', 0o620, 'writable by its group (mode 0620)', 'sd/web'],
    ['sd', 0o777, 'writable by everybody (mode 0777)', 'sd'],
    ['sd', 0o1777, 'writable by everybody (mode 1777)', 'sd'],
    ['.', 0o770, 'writable by its group (mode 0770)', '.'],
  ])('readRegularFile() refuses sd/web when %s has mode %o', (name, mode, why, fault) => {
    write('sd/web', 'text');
    fs.chmodSync(at(name), mode);
    expect(trusting().readRegularFile(at('sd/web'))).toEqual({
      kind: 'refused',
      code: 'UNTRUSTED',
      path: at(fault),
      text: why,
      advice: `chmod go-w '${at(fault)}'`,
      isThere: true,
    });
  });

  test('readDirectory() refuses a directory that others can change', () => {
    fs.mkdirSync(at('d'));
    fs.chmodSync(at('d'), 0o1777);
    expect(trusting().readDirectory(at('d'))).toMatchObject({ code: 'UNTRUSTED', path: at('d') });
    fs.chmodSync(at('d'), 0o755);
    expect(trusting().readDirectory(at('d')).kind).toBe('directory');
  });

  test('links are followed through directories, and every directory on the way is examined', () => {
    write('open/sub/web', 'text');
    fs.mkdirSync(at('sd'));
    fs.symlinkSync('../open/./sub/../sub', at('sd/link'));
    expect(text(trusting().readRegularFile(at('sd/link/web')))).toBe('text');
    fs.chmodSync(at('open'), 0o777);
    expect(trusting().readRegularFile(at('sd/link/web'))).toMatchObject({ code: 'UNTRUSTED', path: at('open') });
  });

  test('a link in the place of a file leads on, and the directory it leads to is examined', () => {
    write('real/web', 'text');
    fs.mkdirSync(at('sd'));
    fs.symlinkSync('../real/web', at('sd/web'));
    expect(trusting().readRegularFile(at('sd/web'))).toMatchObject({ kind: 'file', directory: at('real') });
    fs.chmodSync(at('real'), 0o777);
    expect(trusting().readRegularFile(at('sd/web'))).toMatchObject({ code: 'UNTRUSTED', path: at('real') });
  });

  test('a relative path is refused', () => {
    expect(trusting().readRegularFile('sd/web')).toMatchObject({ code: 'RELATIVE' });
  });

  test('links of directories in a circle are refused', () => {
    fs.symlinkSync('b', at('a'));
    fs.symlinkSync('a', at('b'));
    expect(trusting().readRegularFile(at('a/web'))).toMatchObject({ code: 'ELOOP' });
  });

  test('what does not exist is absent', () => {
    expect(trusting().readRegularFile(at('none/web'))).toEqual({ kind: 'absent' });
  });

  test.runIf(owner === 0)('a file, directory or link that belongs to somebody else is refused', () => {
    write('sd/web', 'text');
    fs.symlinkSync('web', at('sd/link'));
    fs.symlinkSync('sd', at('way'));
    const strange = (name: string): unknown => {
      fs.lchownSync(at(name), 12345, 12345);
      const result = trusting().readRegularFile(at('way/link'));
      fs.lchownSync(at(name), 0, 0);
      return result;
    };
    for (const name of ['sd/web', 'sd', 'sd/link', 'way']) {
      expect(strange(name)).toMatchObject({
        code: 'UNTRUSTED',
        path: at(name),
        text: 'owned by user 12345, who could change what is run as root',
      });
    }
    expect(text(trusting().readRegularFile(at('sd/link')))).toBe('text');
  });
});
