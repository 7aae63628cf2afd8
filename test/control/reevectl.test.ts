import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { commandTable } from '../../src/control/command-table.ts';
import { startControlFixture } from '../support/control-fixture.ts';
import { ctl } from '../support/ctl.ts';

const main = fileURLToPath(new URL('../../src/control/main.ts', import.meta.url));

test('reevectl without a command, and with --help, lists every command', async () => {
  const { code, out } = await ctl([]);
  expect(code).toBe(0);
  for (const { name } of commandTable) expect(out).toContain(`  ${name} `);
  expect((await ctl(['--help'])).out).toBe(out);
  expect((await ctl(['help'])).out).toBe(out);
});

test.each(commandTable.map(({ name }) => name))('reevectl %s --help has a usage and examples', async (name) => {
  const { code, out } = await ctl([name, '--help']);
  expect(code).toBe(0);
  expect(out).toMatch(new RegExp(`^Usage: reevectl ${name}\\b`));
  expect(out).toMatch(new RegExp(`\\nExamples:\\n  reevectl .*${name}`));
  expect((await ctl(['help', name])).out).toBe(out);
});

test('reevectl proposes the command that was meant', async () => {
  expect(await ctl(['strat', 'web'])).toEqual({
    code: 2,
    out: '',
    err: "reevectl: unknown command 'strat'\n    did you mean start?\n",
  });
  expect((await ctl(['xyzzy'])).err).toContain('reevectl --help shows what there is');
});

test.each([
  [['start'], "missing required argument 'NAME'"],
  [['start', '--forc', 'web'], "unknown option '--forc'"],
  [['--nonsense'], "unknown option '--nonsense'"],
  [['add-dep', 'need', 'web'], "missing required argument 'TO'"],
  [['shutdown', 'now'], 'too many arguments'],
  [['start', '--timeout', 'soon', 'web'], "'soon' is not a duration"],
  [['-s', '-u', 'list'], '--system and --user exclude each other'],
])('reevectl %j is a usage error', async (args, text) => {
  await using fixture = await startControlFixture({});
  const { code, out, err } = await ctl(args, { socket: fixture.path });
  expect(err).toContain(text);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  const json = await ctl([...args, '--json'], { socket: fixture.path });
  expect(JSON.parse(json.out)).toMatchObject({ error: { kind: 'usage' } });
});

test('reevectl says where it looked when no daemon answers', async () => {
  const environment = { XDG_RUNTIME_DIR: '/nonexistent/run' };
  expect(await ctl(['list'], { environment })).toEqual({
    code: 4,
    out: '',
    err: [
      'reevectl: cannot connect to /nonexistent/run/reeve/control: no such file or directory',
      '    perhaps no instance is running: see --user, --system and --socket-path',
      '',
    ].join('\n'),
  });
  expect((await ctl(['list'], { environment: {} })).code).toBe(4);
  const json: unknown = JSON.parse((await ctl(['list', '--json'], { environment })).out);
  expect(json).toMatchObject({ error: { kind: 'not-connected', reason: 'ENOENT' } });
});

test('reevectl takes the socket from -p before REEVE_SOCKET, wherever the option stands', async () => {
  await using fixture = await startControlFixture({ web: {} });
  const socket = '/nonexistent/control';
  for (const args of [
    ['-p', fixture.path, 'start', 'web'],
    ['start', 'web', '--socket-path', fixture.path],
    ['start', '-p', fixture.path, 'web'],
  ]) {
    expect((await ctl(args, { socket })).code).toBe(0);
  }
});

test('reevectl takes the options of a command before it as well', async () => {
  await using fixture = await startControlFixture({ web: { start: 'waits' } });
  const socket = fixture.path;
  expect((await ctl(['--timeout', '20ms', 'start', 'web'], { socket })).code).toBe(6);
  expect((await ctl(['--no-wait', '-q', 'start', '--pin', 'web'], { socket })).code).toBe(0);
  expect((await ctl(['--json', 'ls'], { socket })).out).toContain('"web"');
});

test('reevectl is told that it may not', async () => {
  const own = process.getuid?.() ?? 0;
  const credentials = { of: () => ({ uid: own + 1, gid: 0, pid: 1, groups: [] }) };
  await using fixture = await startControlFixture({ web: {} }, { credentials });
  expect(await ctl(['start', 'web'], { socket: fixture.path })).toEqual({
    code: 5,
    out: '',
    err: "web: permission denied: you are not granted 'start'\n    reevectl access shows what you may do, and why\n",
  });
});

test('reevectl as a program prints, colours nothing in a pipe, and exits with the code', async () => {
  await using fixture = await startControlFixture({ web: {} });
  const child = spawn(process.execPath, [main, '-p', fixture.path, 'start', 'web', 'nope'], { stdio: 'pipe' });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => (out += String(chunk)));
  child.stderr.on('data', (chunk) => (err += String(chunk)));
  const [code] = await once(child, 'close');
  expect({ code, out, err }).toEqual({
    code: 3,
    out: 'web: started\n',
    err: 'nope: there is no service description of this name\n',
  });
});

test('reevectl as a program ends quietly when nobody reads its output', async () => {
  const names = Array.from({ length: 3_000 }, (_, index) => `a-service-with-a-long-name-${index}`);
  await using fixture = await startControlFixture(Object.fromEntries(names.map((name) => [name, {}])));
  await Promise.all(names.map((name) => fixture.manager.load(name)));
  const child = spawn('sh', ['-c', '"$@" | head -n 1', 'sh', process.execPath, main, '-p', fixture.path, 'list'], {
    stdio: 'pipe',
  });
  let err = '';
  child.stderr.on('data', (chunk) => (err += String(chunk)));
  await once(child, 'close');
  expect(err).toBe('');
});

test('reevectl --version prints the version of the package', () => {
  const { stdout } = spawnSync(process.execPath, [main, '--version'], { encoding: 'utf8' });
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});
