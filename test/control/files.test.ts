import { lstatSync, mkdirSync, readlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startControlFixture } from '../support/control-fixture.ts';
import { ctl } from '../support/ctl.ts';
import { makeTemporaryDirectory } from '../support/temporary-directory.ts';

/** A directory with service files; a text of undefined makes a directory. */
function makeTree(files: Readonly<Record<string, string | undefined>>) {
  const directory = makeTemporaryDirectory();
  for (const [name, text] of Object.entries(files)) {
    const path = join(directory.path, name);
    if (text === undefined) mkdirSync(path);
    else writeFileSync(path, text, { mode: 0o644 });
  }
  return directory;
}

const tree = {
  boot: 'type = internal\nwaits-for.d = boot.d\n',
  'boot.d': undefined,
  web: 'type = internal\n',
};

test('check reads boot and all it needs, without a daemon', async () => {
  using directory = makeTree({ ...tree, boot: 'type = internal\ndepends-on: web\n' });
  const uid = process.getuid?.() ?? 0;
  expect(await ctl(['check', '-u', '-d', directory.path], { uid })).toEqual({
    code: 0,
    out: '2 services checked: all can be loaded\n',
    err: '',
  });
});

test('check shows errors with their places, and cycles as a path', async () => {
  using directory = makeTree({
    a: 'type = internal\ndepends-on: b\n',
    b: 'type = internal\ndepends-on: a\n',
    c: 'tpye = internal\n',
  });
  const { code, out } = await ctl(['check', '-u', '-d', directory.path, 'a', 'c']);
  expect(code).toBe(1);
  expect(out).toMatch(/a -> b -> a|b -> a -> b/);
  expect(out).toContain(`c: ${directory.path}/c:1:1: `);
  expect(out).toMatch(/3 services checked: 3 cannot be loaded/);
});

test('check warns of what is hardly meant, and fails for it only when it is strict', async () => {
  using directory = makeTree({ boot: 'type = process\ncommand = /nonexistent/program\nafter: nobody\n' });
  const own = { uid: process.getuid?.() ?? 0 };
  const { code, out } = await ctl(['check', '-u', '-d', directory.path], own);
  expect(code).toBe(0);
  expect(out).toContain('warning: the program /nonexistent/program: no such file or directory');
  expect(out).toContain("warning: service 'nobody' does not exist");
  expect((await ctl(['check', '-u', '--strict', '-d', directory.path], own)).code).toBe(1);
  const json: unknown = JSON.parse((await ctl(['check', '-u', '--json', '-d', directory.path], own)).out);
  expect(json).toMatchObject({ services: ['boot'], failures: [], warnings: [{ name: 'boot' }, { name: 'boot' }] });
});

test('check says 3 when the service does not exist', async () => {
  using directory = makeTree({});
  const { code, out } = await ctl(['check', '-u', '-d', directory.path, 'web']);
  expect(code).toBe(3);
  expect(out).toContain(directory.path);
});

test('check --online takes the directories of the daemon', async () => {
  using directory = makeTree(tree);
  await using fixture = await startControlFixture({}, { serviceDirectories: [directory.path] });
  const { code, out } = await ctl(['check', '--online', 'web'], { socket: fixture.path });
  expect(out).toContain('1 service checked: all can be loaded');
  expect(code).toBe(0);
});

test('enable makes the link and starts the service with a service that is up', async () => {
  using directory = makeTree(tree);
  await using fixture = await startControlFixture({ boot: {}, web: {} }, { serviceDirectories: [directory.path] });
  const socket = fixture.path;
  await ctl(['start', 'boot'], { socket });
  expect(await ctl(['enable', 'web'], { socket })).toEqual({
    code: 0,
    out: 'web: enabled and started (with boot)\n',
    err: '',
  });
  const link = join(directory.path, 'boot.d/web');
  expect(readlinkSync(link)).toBe('../web');
  expect((await ctl(['enable', 'web'], { socket })).out).toBe('web: already enabled (with boot)\n');
  expect(await ctl(['disable', 'web'], { socket })).toEqual({
    code: 0,
    out: 'web: disabled (with boot)\n',
    err: 'web: stays up: it was started by name, or something else requires it\n',
  });
  expect(lstatSync(link, { throwIfNoEntry: false })).toBeUndefined();
  expect(await ctl(['disable', 'web'], { socket })).toMatchObject({ code: 3, err: 'web: not enabled from boot\n' });
});

test('enable makes the link also when the start fails, and says why it failed', async () => {
  using directory = makeTree(tree);
  await using fixture = await startControlFixture(
    { boot: {}, web: { start: 'fails' } },
    { serviceDirectories: [directory.path] },
  );
  const socket = fixture.path;
  await ctl(['start', 'boot'], { socket });
  const { code, err } = await ctl(['enable', 'web'], { socket });
  expect(code).toBe(1);
  expect(err).toContain('web: start failed: ended before it was ready: exit status 3');
  expect(readlinkSync(join(directory.path, 'boot.d/web'))).toBe('../web');
});

test('enable says that nothing was started when the other service is not up', async () => {
  using directory = makeTree(tree);
  await using fixture = await startControlFixture({ boot: {}, web: {} }, { serviceDirectories: [directory.path] });
  const { code, out, err } = await ctl(['enable', 'web'], { socket: fixture.path });
  expect({ code, out, err }).toEqual({
    code: 0,
    out: 'web: enabled (with boot)\n',
    err: 'web: boot is not started, so it was not started either\n',
  });
});

test('enable --offline touches only the link', async () => {
  using directory = makeTree({ ...tree, other: 'type = internal\n@meta enable-via base\n', base: tree.boot });
  const options = ['--offline', '-u', '-d', directory.path];
  expect((await ctl(['enable', ...options, 'web'])).out).toBe('web: enabled (with boot)\n');
  expect((await ctl(['enable', ...options, 'other'])).out).toBe('other: enabled (with base)\n');
  expect((await ctl(['disable', ...options, 'web'])).code).toBe(0);
  expect((await ctl(['disable', ...options, 'web'])).code).toBe(3);
});

test.each([
  [
    'a fixed dependency',
    { boot: 'type = internal\nwaits-for: web\nwaits-for.d = boot.d\n' },
    5,
    'boot has the dependency already',
  ],
  ['no directory', { boot: 'type = internal\n' }, 5, 'has no waits-for.d directory'],
  [
    'two directories',
    { boot: `${tree.boot}waits-for.d = more.d\n`, 'more.d': undefined },
    5,
    'more than one waits-for.d',
  ],
  ['no such service', { web: 'type = nonsense\n' }, 1, 'not a service type'],
] as const)('enable refuses: %s', async (_title, change, expected, text) => {
  using directory = makeTree({ ...tree, ...change });
  const { code, err } = await ctl(['enable', '-o', '-u', '-d', directory.path, 'web']);
  expect(err).toContain(text);
  expect(code).toBe(expected);
});

test('enable refuses a service with argument to enable from', async () => {
  using directory = makeTree(tree);
  const { code } = await ctl(['enable', '-o', '-u', '-d', directory.path, '--from', 'boot@1', 'web']);
  expect(code).toBe(2);
});

test('start and status tell that the description has changed since it was loaded', async () => {
  using directory = makeTree(tree);
  const file = join(directory.path, 'web');
  utimesSync(file, 1_000_000, 1_000_000);
  await using fixture = await startControlFixture({ web: { file } });
  const socket = fixture.path;
  await ctl(['load', 'web'], { socket });
  expect((await ctl(['status', 'web'], { socket })).out).toContain(`${file} (changed since it was loaded)`);
  expect((await ctl(['start', 'web'], { socket })).err).toBe(
    'web: its description has changed since it was loaded: reevectl reload web takes it\n',
  );
});
