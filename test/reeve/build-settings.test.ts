import { describe, expect, it } from 'vitest';
import { buildSettings, type SettingsInputs } from '../../src/reeve/build-settings.ts';
import type { Instance } from '../../src/reeve/instance.ts';

const instance: Instance = {
  mode: 'system',
  names: ['boot'],
  serviceDirectories: ['/a', '/b'],
  runDirectory: '/run/reeve',
  socketPath: '/run/reeve/control',
  planCache: '/var/cache/reeve/plan',
  users: { daemon: 'reeve', logger: 'reeve-log' },
  setenvAllow: ['TZ'],
  access: [],
  limits: { acknowledge: 1, compile: 2, restartFirst: 3, restartLargest: 4 },
  idleExit: 0,
  logLevel: 'info',
  isForeground: false,
  directory: '/',
};
const inputs: SettingsInputs = {
  instance,
  programs: { node: '/node', daemon: '/d', compiler: '/c', launcher: '/l', logger: '/g', credentialsAddon: '/p' },
  self: { uid: 0, gid: 0 },
  users: { daemon: { uid: 900, gid: 901 }, logger: { uid: 902, gid: 903 } },
  environment: ['PATH=/bin'],
  settingsFile: '/run/reeve/settings.1',
  accessFile: '/run/reeve/access.1',
  version: '1',
  build: 'b',
};
const digest = (changes: Partial<SettingsInputs>, part: Partial<Instance> = {}) =>
  Buffer.from(buildSettings({ ...inputs, ...changes, instance: { ...instance, ...part } }).digest).toString('hex');

describe('buildSettings()', () => {
  it('buildSettings() gives each program its user and the words it needs', () => {
    const settings = buildSettings(inputs);
    expect(settings.daemon).toMatchObject({ uid: 900, gid: 901 });
    expect(settings.daemon.argv.slice(0, 2)).toEqual(['/node', '--jitless']);
    expect(settings.daemon.argv).toContain('--services-dir=/b');
    expect(settings.logger).toEqual({ uid: 902, gid: 903, argv: ['/g', '900'] });
    expect(settings.compiler).toEqual({ uid: 0, gid: 0, argv: ['/node', '/c', '/run/reeve/settings.1'] });
  });

  it('buildSettings() opens the control socket to everybody only for the machine', () => {
    expect(buildSettings(inputs).controls).toEqual([{ path: '/run/reeve/control', mode: 0o666, purpose: 'varlink' }]);
    expect(buildSettings({ ...inputs, instance: { ...instance, mode: 'user' } }).controls[0]?.mode).toBe(0o600);
  });

  it('buildSettings() tells the daemon only in the foreground that it has a terminal', () => {
    expect(buildSettings(inputs).daemon.argv).not.toContain('--foreground');
    expect(buildSettings({ ...inputs, instance: { ...instance, isForeground: true } }).daemon.argv).toContain(
      '--foreground',
    );
  });

  it('buildSettings() has the launcher keep the socket for metrics, and tells the daemon which listener it is', () => {
    const metrics = { kind: 'unix', path: '/run/metrics' } as const;
    const settings = buildSettings({ ...inputs, instance: { ...instance, metrics, dinitSocketPath: '/run/dinit' } });
    expect(settings.controls.map(({ path, mode }) => [path, mode])).toEqual([
      ['/run/reeve/control', 0o666],
      ['/run/dinit', 0o600],
      ['/run/metrics', 0o666],
    ]);
    expect(settings.controls[2]?.purpose).toBe('metrics');
    expect(settings.daemon.argv).toContain('--metrics=7');
  });

  it('buildSettings() leaves the port for metrics to the daemon', () => {
    const metrics = { kind: 'tcp', host: '127.0.0.1', port: 9393 } as const;
    const settings = buildSettings({ ...inputs, instance: { ...instance, metrics } });
    expect(settings.controls).toHaveLength(1);
    expect(settings.daemon.argv).toContain('--metrics=127.0.0.1:9393');
    expect(buildSettings(inputs).daemon.argv.join()).not.toContain('--metrics');
  });

  it.each<[string, Partial<SettingsInputs>, Partial<Instance>]>([
    ['the build', { build: 'c' }, {}],
    ['the user', { self: { uid: 1, gid: 0 } }, {}],
    ['the environment', { environment: ['PATH=/sbin'] }, {}],
    ['an additional variable', { environment: ['PATH=/bin', 'A=1'] }, {}],
    ['the mode', {}, { mode: 'user' }],
    ['the names', {}, { names: ['boot', 'web'] }],
    ['the order of service directories', {}, { serviceDirectories: ['/b', '/a'] }],
    ['where one list ends', {}, { names: ['boot', '/a'], serviceDirectories: ['/b'] }],
    ['the directory that paths count from', {}, { directory: '/work' }],
  ])('buildSettings() has another digest when %s changes', (_what, changes, part) => {
    expect(digest(changes, part)).not.toBe(digest({}));
  });

  it('buildSettings() has the same digest when only something changes that does not matter to the plan', () => {
    const part = { logLevel: 'debug', isForeground: true, runDirectory: '/x', planCache: '' } as const;
    expect(digest({ settingsFile: '/x/settings.2', version: '2' }, part)).toBe(digest({}));
  });
});
