import { describe, expect, it } from 'vitest';
import { parseCommandLine } from '../../src/reeve/command-line.ts';

const parse = (...args: readonly string[]) => parseCommandLine(args, '1.2.3');

describe('parseCommandLine()', () => {
  it('parseCommandLine() reads every option', () => {
    expect(
      parse(
        '--user',
        '--services-dir',
        'a',
        '-d',
        'b',
        '--socket-path=s',
        '--run-dir=r',
        '--config=c.ini',
        '--env-file=e',
        '--foreground',
        '--log-level=debug',
        'web',
        'db@1',
      ),
    ).toEqual({
      action: 'run',
      mode: 'user',
      names: ['web', 'db@1'],
      serviceDirectories: ['a', 'b'],
      socketPath: 's',
      runDirectory: 'r',
      configFile: 'c.ini',
      envFile: 'e',
      isForeground: true,
      logLevel: 'debug',
    });
  });

  it('parseCommandLine() asks for nothing when nothing is given', () => {
    expect(parse()).toEqual({ action: 'run', names: [], serviceDirectories: [], isForeground: false });
  });

  it('parseCommandLine() knows --portable, which is never the instance of the machine', () => {
    expect(parse('--portable', 'web')).toMatchObject({ action: 'run', isPortable: true, names: ['web'] });
    expect(parse('--portable', '--user')).toMatchObject({ isPortable: true, mode: 'user' });
    expect(() => parse('--portable', '--system')).toThrow('--portable cannot be the instance of the machine');
  });

  it('parseCommandLine() passes over the word daemon in the first place only', () => {
    expect(parse('daemon', '--system')).toMatchObject({ action: 'run', mode: 'system', names: [] });
    expect(parse('web', 'daemon')).toMatchObject({ names: ['web', 'daemon'] });
  });

  it('parseCommandLine() knows check-config and --check', () => {
    expect(parse('check-config', '--user')).toMatchObject({ action: 'check', names: [] });
    expect(parse('--check', 'web')).toMatchObject({ action: 'check', names: ['web'] });
  });

  it('parseCommandLine() knows plan show, and a service that is called plan', () => {
    expect(parse('plan', 'show', '--user')).toMatchObject({ action: 'show-plan', names: [] });
    expect(parse('plan')).toMatchObject({ action: 'run', names: ['plan'] });
  });

  it('parseCommandLine() gives the texts of --help and --version', () => {
    expect(parse('--version')).toEqual({ action: 'print', text: '1.2.3\n' });
    expect(parse('--help')).toMatchObject({ action: 'print', text: expect.stringContaining('--services-dir <DIR>') });
  });

  it.each<[readonly string[], string]>([
    [['--user', '--system'], '--user and --system exclude each other'],
    [['--nonsense'], "unknown option '--nonsense'"],
    [['--log-level=loud'], 'Allowed choices are debug, info, warn, error'],
    [['--run-dir'], 'argument missing'],
    [['--run-dir='], '--run-dir must not be empty'],
    [['--services-dir='], '--services-dir must not be empty'],
    [['a/b'], "'a/b' is not a service name: it contains '/'"],
    [['.hidden'], "'.hidden' is not a service name"],
  ])('parseCommandLine() refuses %j', (args, message) => {
    expect(() => parse(...args)).toThrow(message);
  });
});
