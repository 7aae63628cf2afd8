import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decodeSettings } from '../../src/plan/decode-settings.ts';
import { requireReachable } from '../../src/reeve/reachable.ts';
import { ReeveError } from '../../src/reeve/reeve-error.ts';

const project = resolve(import.meta.dirname, '../..');
const isRoot = process.getuid?.() === 0;

/** False where the project lies below a directory that only root can enter. */
function isOpenToAll(path: string): boolean {
  try {
    requireReachable([path], { uid: 4001, gid: 4001 }, 'daemon');
    return true;
  } catch (error) {
    if (error instanceof ReeveError) return false;
    throw error;
  }
}

/**
 * A project of its own with the real sources. Instead of the launcher it has a program that tells how it was executed, so that what `reeve` does can
 * be seen apart from what the launcher does then.
 */
let directory: string;
beforeEach(() => {
  directory = fs.mkdtempSync(join(tmpdir(), 'reeve-main-'));
  fs.chmodSync(directory, 0o755);
  for (const name of ['src', 'node_modules', 'package.json'])
    fs.symlinkSync(join(project, name), join(directory, name));
  const libraries = ['daemon.cjs', 'compiler.cjs', 'build.json', 'io.reeve.Control.varlink'];
  const programs = ['reeve-logger', 'peercred.node'];
  for (const name of libraries) write(`build/lib/${name}`, '');
  for (const name of programs) write(`build/native/${name}`, '');
  write('build/native/reeve-launcher', '#!/bin/sh\necho "$$"\necho "$1"\npwd\nenv\n');
  fs.chmodSync(join(directory, 'build/native/reeve-launcher'), 0o755);
});
afterEach(() => {
  fs.rmSync(directory, { recursive: true, force: true });
});

function write(path: string, text: string): string {
  const full = join(directory, path);
  fs.mkdirSync(resolve(full, '..'), { recursive: true });
  fs.writeFileSync(full, text);
  return full;
}

function reeve(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const links = ['--preserve-symlinks', '--preserve-symlinks-main'];
  const result = spawnSync(process.execPath, [...links, join(directory, 'src/reeve/main.ts'), ...args], {
    cwd: directory,
    env: { HOME: join(directory, 'home'), PATH: '/usr/bin:/bin', ...env },
    encoding: 'utf8',
  });
  return { status: result.status, out: result.stdout, err: result.stderr, pid: result.pid };
}

describe('reeve', { timeout: 60_000 }, () => {
  it('reeve becomes the launcher: same process id, the settings file as its argument, nothing printed', () => {
    const { status, out, err, pid } = reeve(['--user', '--run-dir', 'run', '-d', 'sd', '--foreground', 'web'], {
      TONE: 'a',
    });
    expect([status, err]).toEqual([0, '']);
    const [shell, settingsFile = '', workingDirectory, ...environment] = out.trimEnd().split('\n');
    expect(Number(shell)).toBe(pid);
    expect(settingsFile).toBe(join(directory, `run/settings.${pid}`));
    expect(workingDirectory).toBe(directory);
    expect(environment).toContain('TONE=a');
    const settings = decodeSettings(fs.readFileSync(settingsFile));
    expect(settings).toMatchObject({
      mode: 'user',
      runDirectory: join(directory, 'run'),
      planCache: join(directory, 'run/plan-cache'),
      names: ['web'],
      serviceDirectories: [join(directory, 'sd')],
      isForeground: true,
      compilerOptions: [`directory=${directory}`],
      compiler: { argv: [process.execPath, join(directory, 'build/lib/compiler.cjs'), settingsFile] },
    });
    expect(settings.environment).toContain('TONE=a');
    expect(fs.statSync(settingsFile).mode & 0o777).toBe(0o600);
  });

  it("reeve reads a user's reeve.ini from the default place, and the environment file that it names", () => {
    write('env', 'FROM_FILE=1\nnonsense\n');
    write('home/.config/reeve/reeve.ini', `[paths]\nrun = ${directory}/r\ncache = none\nenv-file = ${directory}/env\n`);
    const { status, out, err } = reeve(['--user']);
    expect(status).toBe(0);
    expect(err).toContain(`reeve: ${directory}/env:2: `);
    const settings = decodeSettings(fs.readFileSync(out.split('\n')[1] ?? ''));
    expect(settings.runDirectory).toBe(join(directory, 'r'));
    expect(settings.planCache).toBe('');
    expect(settings.environment).toContain('FROM_FILE=1');
  });

  it('reeve check-config prints what is in effect and starts nothing', () => {
    const { status, out, err } = reeve(['check-config', '--user', '--run-dir', 'run']);
    expect([status, err]).toEqual([0, '']);
    expect(out).toContain(`run = ${directory}/run\n`);
    expect(fs.existsSync(join(directory, 'run'))).toBe(false);
  });

  it.each<[string, readonly string[], string]>([
    [
      'a bad option',
      ['--user', '--nonsense'],
      "reeve: unknown option '--nonsense'\n    reeve --help shows what there is\n",
    ],
    [
      'a configuration file that does not exist',
      ['--user', '-c', 'no.ini'],
      'configuration file no.ini does not exist',
    ],
    [
      'a mistake in the configuration file',
      ['--user', '-c', 'bad.ini'],
      "bad.ini:2: unknown setting 'deamon' in [users]",
    ],
    ['an environment file that does not exist', ['--user', '--run-dir', 'r', '-e', 'none'], 'does not exist'],
    ['a run directory that cannot be made', ['--user', '--run-dir', 'bad.ini/run'], 'cannot make the run directory'],
  ])('reeve ends with status 1 and a sentence after %s', (_what, args, text) => {
    write('bad.ini', '[users]\ndeamon = x\n');
    const { status, out, err } = reeve(args);
    expect([status, out]).toEqual([1, '']);
    expect(err).toContain(text);
  });

  it('reeve says what has not been built, and how to build it', () => {
    fs.rmSync(join(directory, 'build/native/reeve-launcher'));
    const { status, err } = reeve(['--user', '--run-dir', 'run']);
    expect(status).toBe(1);
    expect(err).toBe(
      `reeve: ${directory}/build/native/reeve-launcher is missing\n    build it: npm run build, or do without a native part: --portable\n`,
    );
  });

  it('reeve removes the settings and grants of launchers that have ended', () => {
    reeve(['--user', '--run-dir', 'run']);
    reeve(['--user', '--run-dir', 'run']);
    const kinds = fs.readdirSync(join(directory, 'run')).map((name) => name.replace(/\d+$/, 'PID'));
    expect(kinds.toSorted()).toEqual(['access.PID', 'programs', 'settings.PID']);
  });
});

describe.runIf(isRoot)('reeve --system', { timeout: 60_000 }, () => {
  const system = (ini: string, ...args: readonly string[]) => {
    write('reeve.ini', ini);
    return reeve(['--system', '-c', 'reeve.ini', '--run-dir', 'run', ...args], { SECRET: 'x', TZ: 'UTC' });
  };

  it.runIf(isOpenToAll(process.execPath))(
    'reeve --system gives daemon and logger their users, and services a clean environment',
    () => {
      const { status, out } = system('[users]\ndaemon = 4001\nlogger = 4002\n[environment]\nallow = TZ\n');
      expect(status).toBe(0);
      const [, settingsFile = '', workingDirectory, ...environment] = out.trimEnd().split('\n');
      expect(workingDirectory).toBe('/');
      expect(environment.filter((line) => line.startsWith('SECRET'))).toEqual([]);
      const settings = decodeSettings(fs.readFileSync(settingsFile));
      expect(settings).toMatchObject({
        mode: 'system',
        daemon: { uid: 4001, gid: 4001 },
        logger: { uid: 4002, gid: 4002 },
        compiler: { uid: 0, gid: 0 },
        controls: [{ mode: 0o666 }],
        setenvAllow: ['TZ'],
      });
      expect(settings.environment.map((assignment) => assignment.split('=')[0])).toEqual(['PATH', 'TZ']);
      expect(fs.statSync(join(directory, 'run')).mode & 0o777).toBe(0o755);
    },
  );

  it('reeve --system names the directory that keeps the daemon from its program', () => {
    fs.chmodSync(join(directory, 'build/lib'), 0o700);
    const { status, err } = system('[users]\ndaemon = 4001\nlogger = 4002\n');
    expect(status).toBe(1);
    expect(err).toContain(`cannot use ${directory}/build/lib/daemon.cjs: ${directory}/build/lib is closed to it`);
    expect(err).not.toContain('reeve-logger');
  });

  it('reeve --system says how to create the users it needs', () => {
    const { status, err } = system('[users]\ndaemon = no-such-daemon\nlogger = no-such-logger\n');
    expect(status).toBe(1);
    for (const role of ['daemon', 'logger']) {
      expect(err).toContain(
        `there is no user 'no-such-${role}', whom the ${role} runs as\n    create it: useradd --system`,
      );
    }
  });

  it.each<[string, (path: string) => void]>([
    ['that others can write', (path) => fs.chmodSync(path, 0o666)],
    ['of another user', (path) => fs.chownSync(path, 4001, 4001)],
    ['in a directory of another user', () => fs.chownSync(directory, 4001, 4001)],
  ])('reeve --system refuses a reeve.ini %s', (_what, spoil) => {
    spoil(write('reeve.ini', ''));
    const { status, err } = reeve(['--system', '-c', 'reeve.ini', '--run-dir', 'run']);
    expect(status).toBe(1);
    expect(err).toContain('cannot use configuration file');
  });
});
