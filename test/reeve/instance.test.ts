import { describe, expect, it } from 'vitest';
import { parseCommandLine } from '../../src/reeve/command-line.ts';
import { type Caller, defaultConfigFile, modeOf, resolveInstance } from '../../src/reeve/instance.ts';
import { emptyReeveIni, parseReeveIni } from '../../src/reeve/reeve-ini.ts';
import { showSettings } from '../../src/reeve/show-settings.ts';

const caller: Caller = { uid: 1000, gid: 1000, directory: '/work', variables: { HOME: '/home/joe' }, home: undefined };

function instance(mode: 'user' | 'system', args: readonly string[] = [], text = '', changes: Partial<Caller> = {}) {
  const command = parseCommandLine(args, '1');
  if (command.action === 'print') throw new Error('only text');
  const file = text === '' ? emptyReeveIni : parseReeveIni(text, 'reeve.ini');
  return resolveInstance(mode, command, file, { ...caller, ...changes });
}

describe('modeOf()', () => {
  it('modeOf() is the system for root and the user for everybody else, unless one is chosen', () => {
    expect(modeOf({ action: 'run' }, 0)).toBe('system');
    expect(modeOf({ action: 'run' }, 1000)).toBe('user');
    expect(modeOf({ action: 'run', mode: 'user' }, 0)).toBe('user');
    expect(modeOf({ action: 'run', isPortable: true }, 0)).toBe('user');
  });

  it('modeOf() lets only root start the instance of the machine, and everybody check its configuration', () => {
    expect(() => modeOf({ action: 'run', mode: 'system' }, 1000)).toThrow('only root can start');
    expect(modeOf({ action: 'check', mode: 'system' }, 1000)).toBe('system');
  });
});

describe('defaultConfigFile()', () => {
  it('defaultConfigFile() is below /etc, XDG_CONFIG_HOME or the home directory', () => {
    expect(defaultConfigFile('system', caller)).toBe('/etc/reeve/reeve.ini');
    expect(defaultConfigFile('user', caller)).toBe('/home/joe/.config/reeve/reeve.ini');
    expect(defaultConfigFile('user', { ...caller, variables: { XDG_CONFIG_HOME: '/c' } })).toBe('/c/reeve/reeve.ini');
    expect(defaultConfigFile('user', { ...caller, variables: {}, home: '/h' })).toBe('/h/.config/reeve/reeve.ini');
    expect(defaultConfigFile('user', { ...caller, variables: {} })).toBeUndefined();
  });
});

describe('resolveInstance()', () => {
  it('resolveInstance() has the defaults of the machine', () => {
    expect(instance('system')).toMatchObject({
      names: ['boot'],
      serviceDirectories: ['/etc/dinit.d', '/run/dinit.d', '/usr/local/lib/dinit.d', '/lib/dinit.d'],
      runDirectory: '/run/reeve',
      socketPath: '/run/reeve/control',
      planCache: '/var/cache/reeve/plan',
      users: { daemon: 'reeve', logger: 'reeve-log' },
      directory: '/',
    });
  });

  it('resolveInstance() keeps a user in the runtime directory, or else at home', () => {
    expect(instance('user')).toMatchObject({
      serviceDirectories: [
        '/home/joe/.config/dinit.d',
        '/etc/dinit.d/user',
        '/usr/lib/dinit.d/user',
        '/usr/local/lib/dinit.d/user',
      ],
      runDirectory: '/home/joe/.reeve',
      planCache: '/home/joe/.reeve/plan-cache',
      directory: '/work',
    });
    const variables = { HOME: '/home/joe', XDG_RUNTIME_DIR: '/run/user/1000' };
    expect(instance('user', [], '', { variables }).runDirectory).toBe('/run/user/1000/reeve');
    expect(() => instance('user', [], '', { variables: {} })).toThrow('set XDG_RUNTIME_DIR or HOME, or give --run-dir');
  });

  it('resolveInstance() puts options before the file and the file before the defaults', () => {
    const text = '[paths]\nrun = /file/run\nservices = /file/sd\n[log]\nlevel = warn\n[limits]\ncompile = 3';
    expect(instance('user', [], text)).toMatchObject({
      runDirectory: '/file/run',
      socketPath: '/file/run/control',
      serviceDirectories: ['/file/sd'],
      logLevel: 'warn',
      limits: { acknowledge: 5000, compile: 3000 },
    });
    const args = ['--run-dir', 'run', '-d', 'sd', '--log-level', 'debug', '-p', 'sock', 'web'];
    expect(instance('user', args, text)).toMatchObject({
      runDirectory: '/work/run',
      socketPath: '/work/sock',
      serviceDirectories: ['/work/sd'],
      logLevel: 'debug',
      names: ['web'],
    });
  });

  it('resolveInstance() refuses socket paths that the kernel could not take', () => {
    expect(() => instance('user', ['--run-dir', `/${'r'.repeat(100)}`])).toThrow('at most 107 are possible');
    expect(() => instance('user', ['-p', `/${'s'.repeat(107)}`])).toThrow('at most 107 are possible');
    expect(instance('user', ['-p', `/${'s'.repeat(106)}`]).socketPath).toHaveLength(107);
  });

  it('resolveInstance() refuses a first restart delay above the largest', () => {
    expect(() => instance('user', [], '[limits]\nrestart-delay = 5\nrestart-delay-max = 1')).toThrow(
      'must not be larger',
    );
    expect(instance('user', [], '[limits]\nrestart-delay = 20').limits.restartLargest).toBe(20_000);
  });
});

describe('showSettings()', () => {
  it('showSettings() prints a reeve.ini that means the same', () => {
    const text = '[environment]\nallow = TZ LANG\n[paths]\nenv-file = /e\ncache = none\n[limits]\nacknowledge = 0.25';
    for (const mode of ['user', 'system'] as const) {
      const metrics = '[metrics]\nlisten = [::1]:9393';
      for (const original of [
        instance(mode),
        instance(mode, ['-d', 'a', '-d', 'b'], text),
        instance(mode, [], metrics),
      ]) {
        expect(instance(mode, [], showSettings(original))).toEqual(original);
      }
    }
  });
});
