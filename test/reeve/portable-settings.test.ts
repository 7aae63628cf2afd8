import { describe, expect, it } from 'vitest';
import { decodeSettings } from '../../src/plan/decode-settings.ts';
import { encodeSettings } from '../../src/plan/encode-settings.ts';
import { parseCommandLine } from '../../src/reeve/command-line.ts';
import { resolveInstance } from '../../src/reeve/instance.ts';
import { portableSettings } from '../../src/reeve/portable-settings.ts';
import { emptyReeveIni } from '../../src/reeve/reeve-ini.ts';
import { parsePortableOptions } from '../../src/daemon/portable/options.ts';

const settingsOf = (...args: readonly string[]) => {
  const command = parseCommandLine(['--portable', ...args], '1');
  if (command.action === 'print') throw new Error('only text');
  const caller = { uid: 1000, gid: 1000, directory: '/work', variables: { HOME: '/home/joe' }, home: undefined };
  return portableSettings({
    instance: resolveInstance('user', command, emptyReeveIni, caller),
    node: '/node',
    program: '/portable.cjs',
    self: { uid: 1000, gid: 1000 },
    environment: ['A=1'],
    settingsFile: '/run/settings.1',
    version: '1.2.3',
  });
};

describe('portableSettings()', () => {
  it('portableSettings() survive being written and read', () => {
    const settings = settingsOf('--foreground', '--services-dir', 'sd', '--run-dir', 'run', 'web');
    expect(decodeSettings(encodeSettings(settings))).toEqual(settings);
    expect(settings).toMatchObject({
      mode: 'user',
      names: ['web'],
      serviceDirectories: ['/work/sd'],
      controls: [{ path: '/work/run/control', mode: 0o600, purpose: 'varlink' }],
      compilerOptions: ['directory=/work'],
      environment: ['A=1'],
      isForeground: true,
    });
  });

  it('portableSettings() start one program, which understands its words', () => {
    const { daemon, logger, compiler } = settingsOf('--log-level', 'warn');
    expect([logger, compiler]).toEqual([daemon, daemon]);
    const words = daemon.argv.slice(daemon.argv.indexOf('/portable.cjs') + 1);
    expect(parsePortableOptions(words)).toEqual({
      settingsFile: '/run/settings.1',
      logLevel: 'warn',
      version: '1.2.3',
    });
  });
});

describe('parsePortableOptions()', () => {
  it.each([
    [[], '--settings must be given'],
    [['--settings=x', '--log-level=loud'], '--log-level must be debug, info, warn or error, got loud'],
    [['--settings=x', '--more'], "Unknown option '--more'"],
  ])('parsePortableOptions() refuses %j', (args, message) => {
    expect(() => parsePortableOptions(args)).toThrow(message);
  });
});
