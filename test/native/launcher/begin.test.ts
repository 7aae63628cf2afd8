import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  readFileSync,
  readlinkSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';

import { describe, expect, test } from 'vitest';
import type { Settings } from '../../../src/plan/settings.ts';
import { LauncherRig, program } from './launcher-rig.ts';

const isRoot = process.geteuid?.() === 0;

/** What a launcher says that must refuse to run. */
async function refusalOf(
  settings: Partial<Settings> | ((path: (name: string) => string) => Partial<Settings>) = {},
  prepare: (path: (name: string) => string) => void | Promise<void> = () => {},
): Promise<string> {
  await using rig = await LauncherRig.start({ settings, prepare });
  expect(await rig.exited).toEqual({ code: 1, signal: null });
  await rig.until(() => rig.errors !== '', 'what it said');
  return rig.errors.replaceAll(rig.directory, 'DIR').trim();
}

/** The same with a settings file that is changed before the launcher is run. */
async function refusalOfFile(change: (path: string) => void): Promise<string> {
  await using host = await LauncherRig.boot();
  const path = host.rig.path('settings');
  change(path);
  const child = spawn(program('plain', 'reeve-launcher'), [path], { stdio: ['ignore', 'ignore', 'pipe'] });
  let text = '';
  child.stderr.on('data', (chunk) => (text += String(chunk)));
  expect(await once(child, 'close')).toEqual([1, null]);
  return text.replaceAll(host.rig.directory, 'DIR').trim();
}

const control = (path: string, mode = 0o640) => ({ path, mode, purpose: 'varlink' as const });

describe('reeve-launcher', () => {
  test('refuses a settings file that another could have written', async () => {
    const wanted =
      'reeve-launcher: cannot use the settings file DIR/settings: must be a regular file of the user that runs reeve, and nobody else may write it';
    expect(await refusalOfFile((path) => chmodSync(path, 0o620))).toBe(wanted);
    expect(await refusalOfFile((path) => chmodSync(path, 0o602))).toBe(wanted);
    const link = await refusalOfFile((path) => {
      renameSync(path, `${path}.real`);
      symlinkSync(`${path}.real`, path);
    });
    expect(link).toMatch(/^reeve-launcher: cannot use the settings file DIR\/settings: .*symbolic link/i);
  });

  test('refuses a settings file that is not exactly one', async () => {
    const change = (edit: (bytes: Buffer) => Uint8Array) =>
      refusalOfFile((path) => writeFileSync(path, edit(readFileSync(path))));
    const prefix = 'reeve-launcher: cannot use the settings file DIR/settings: ';
    expect(await change((bytes) => bytes.subarray(0, -1))).toBe(`${prefix}not a settings file`);
    expect(await change((bytes) => bytes.subarray(0, -7))).toBe(`${prefix}the end is missing`);
    expect(await change((bytes) => Buffer.concat([bytes, bytes]))).toBe(`${prefix}something follows the end`);
    expect(await change(() => Buffer.alloc(0))).toBe(`${prefix}the end is missing`);
  });

  test('refuses in user mode to run anything as another user', async () => {
    const other = { uid: 54321, gid: process.getegid?.() ?? 0, argv: ['/bin/true'] };
    expect(await refusalOf({ daemon: other })).toBe(
      'reeve-launcher: cannot run as another user: /bin/true: only system mode can',
    );
    expect(await refusalOf({ logger: other })).toBe(
      'reeve-launcher: cannot run as another user: /bin/true: only system mode can',
    );
  });

  test('listens at its control sockets with the mode asked for, and gives them to the daemon', async () => {
    await using host = await LauncherRig.boot({
      settings: (path) => ({
        controls: [control(path('one'), 0o666), { ...control(path('two'), 0o600), purpose: 'dinit' }],
      }),
    });
    const { rig, daemon } = host;
    expect(
      [rig.path('one'), rig.path('two'), rig.path('run/logger.sock')].map((path) => statSync(path).mode & 0o777),
    ).toEqual([0o666, 0o600, 0o600]);
    const inode = (fd: number) => /\[(\d+)\]/.exec(readlinkSync(`/proc/${daemon.pid}/fd/${fd}`))?.[1];
    const listening = readFileSync('/proc/net/unix', 'utf8');
    expect(listening).toMatch(new RegExp(`\\b${inode(5)} ${rig.path('one')}\\n`));
    expect(listening).toMatch(new RegExp(`\\b${inode(6)} ${rig.path('two')}\\n`));
    daemon.send(0x0e, (w) => w.u8(0));
    await rig.exited;
    expect([rig.path('one'), rig.path('two'), rig.path('run/logger.sock')].map((path) => existsSync(path))).toEqual([
      false,
      false,
      false,
    ]);
  });

  test('refuses a control socket that another instance listens at, and leaves it alone', async () => {
    await using host = await LauncherRig.boot({ settings: (path) => ({ controls: [control(path('control'))] }) });
    const path = host.rig.path('control');
    expect((await refusalOf({ controls: [control(path)] })).replace(host.rig.directory, 'OTHER')).toBe(
      'reeve-launcher: cannot listen at OTHER/control: another reeve is running',
    );
    expect(existsSync(path)).toBe(true);
  });

  test('replaces a stale control socket, and deletes nothing else', async () => {
    await using host = await LauncherRig.boot({
      prepare: async (path) => {
        const text = `require('net').createServer().listen(${JSON.stringify(path('control'))}, () => process.kill(process.pid, 'SIGKILL'))`;
        await once(spawn(process.execPath, ['-e', text]), 'exit');
        expect(statSync(path('control')).isSocket()).toBe(true);
      },
      settings: (path) => ({ controls: [control(path('control'))] }),
    });
    await host.daemon.roundTrip();
    let kept = '';
    const said = await refusalOf(
      (path) => ({ controls: [control((kept = path('file')))] }),
      (path) => writeFileSync(path('file'), 'precious'),
    );
    expect(said).toBe('reeve-launcher: cannot listen at DIR/file: File exists');
    expect(kept).not.toBe('');
  });

  test('gives the daemon its descriptors, no privilege and no terminal', async () => {
    await using host = await LauncherRig.boot();
    const status = new Map(
      readFileSync(`/proc/${host.daemon.pid}/status`, 'utf8')
        .split('\n')
        .map((line) => line.split(':\t') as [string, string]),
    );
    const none = '0000000000000000';
    expect(['CapInh', 'CapPrm', 'CapEff', 'CapAmb', 'SigBlk', 'SigIgn'].map((name) => status.get(name))).toEqual([
      none,
      none,
      none,
      none,
      none,
      none,
    ]);
    if (isRoot) expect(status.get('CapBnd')).toBe(none);
    expect(status.get('NoNewPrivs')).toBe('1');
    const session = readFileSync(`/proc/${host.daemon.pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[3];
    expect(Number(session)).toBe(host.daemon.pid);
    const links = [0, 3, 4, 5].map((fd) => readlinkSync(`/proc/${host.daemon.pid}/fd/${fd}`).replace(/\d+/, 'N'));
    expect(links).toEqual(['/dev/null', 'socket:[N]', '/memfd:journal (deleted)', 'socket:[N]']);
  });

  test.runIf(isRoot)('runs daemon and logger as the users of the settings in system mode', async () => {
    await using host = await LauncherRig.boot({
      prepare: (path) => {
        chmodSync(path('.'), 0o777);
        chmodSync(path('relay'), 0o777);
      },
      settings: (path) => ({
        mode: 'system',
        daemon: { uid: 12345, gid: 12346, argv: [`${process.cwd()}/build/native/test/relay`, path('relay')] },
        logger: { uid: 12347, gid: 12348, argv: [program('plain', 'reeve-logger'), '12345'] },
      }),
    });
    const ids = (pid: number) =>
      [...readFileSync(`/proc/${pid}/status`, 'utf8').matchAll(/^(?:Uid|Gid|Groups):[ \t]*(.*?)[ \t]*$/gm)].map(
        ([, text]) => text,
      );
    expect(ids(host.daemon.pid)).toEqual([Array(4).fill('12345').join('\t'), Array(4).fill('12346').join('\t'), '']);
    const children = readFileSync(`/proc/${host.rig.pid}/task/${host.rig.pid}/children`, 'utf8')
      .trim()
      .split(' ')
      .map(Number);
    const logger = children.find((pid) => readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'reeve-logger') ?? 0;
    expect(ids(logger).slice(0, 2)).toEqual([Array(4).fill('12347').join('\t'), Array(4).fill('12348').join('\t')]);
    expect(statSync(host.rig.path('run/logger.sock')).uid).toBe(12345);
  });

  test('sets what clients may set, and no more', async () => {
    const answers = async (mode: 'user' | 'system') => {
      await using host = await LauncherRig.boot({ settings: { mode, setenvAllow: ['OK', 'LD_PRELOAD', 'PATH'] } });
      const results: string[] = [];
      for (const text of ['OK=1', 'OTHER=1', 'LD_PRELOAD=x', 'PATH=x', '=x', 'x', `BIG=${'x'.repeat(131_000)}`]) {
        host.daemon.send(0x0b, (w) => w.text(text));
        results.push((await host.daemon.until('environment')).result);
      }
      for (const text of ['OK', 'OTHER', 'PATH', 'A=B', '']) {
        host.daemon.send(0x0c, (w) => w.text(text));
        results.push((await host.daemon.until('environment')).result);
      }
      return results;
    };
    const no = 'not-allowed';
    expect(await answers('user')).toEqual([
      'set',
      'set',
      'set',
      'set',
      no,
      no,
      'set',
      'unset',
      'unset',
      'unset',
      no,
      no,
    ]);
    if (isRoot) expect(await answers('system')).toEqual(['set', no, no, no, no, no, no, 'unset', no, no, no, no]);
  });
});
