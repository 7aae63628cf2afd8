import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ReeveError } from '../../src/reeve/reeve-error.ts';
import { knownKeys, parseReeveIni } from '../../src/reeve/reeve-ini.ts';

/** The whole message of the refusal. */
function refusal(text: string): string {
  try {
    parseReeveIni(text, 'reeve.ini');
  } catch (error) {
    if (error instanceof ReeveError) return error.message;
    throw error;
  }
  return 'not refused';
}

describe('parseReeveIni()', () => {
  it('parseReeveIni() reads every setting', () => {
    const text = `
; whom our programs run as
[users]
daemon = reeve
logger = 998

[paths]
services = /etc/services.d:/usr/lib/services.d
run = /run/other
socket = /run/other.sock
cache = none
env-file = /etc/environment

[environment]
allow = LANG, TZ  DISPLAY

[limits]
acknowledge = 2.5
compile = 60
restart-delay = 0
restart-delay-max = 30

[log]
level = debug

[metrics]
listen = [::1]:9393
`;
    expect(parseReeveIni(text, 'reeve.ini')).toEqual({
      users: { daemon: 'reeve', logger: '998' },
      paths: {
        services: ['/etc/services.d', '/usr/lib/services.d'],
        run: '/run/other',
        socket: '/run/other.sock',
        cache: 'none',
        'env-file': '/etc/environment',
      },
      environment: { allow: ['LANG', 'TZ', 'DISPLAY'] },
      limits: { acknowledge: 2500, compile: 60_000, 'restart-delay': 0, 'restart-delay-max': 30_000 },
      log: { level: 'debug' },
      metrics: { listen: { kind: 'tcp', host: '::1', port: 9393 } },
      access: [],
    });
  });

  it('parseReeveIni() takes an empty file', () => {
    expect(parseReeveIni('', 'reeve.ini')).toEqual({
      users: {},
      paths: {},
      environment: {},
      limits: {},
      log: {},
      metrics: {},
      access: [],
    });
  });

  it.each([
    ['[users]\ndeamon = x', "reeve: reeve.ini:2: unknown setting 'deamon' in [users]\n    did you mean 'daemon'?"],
    ['[user]\n', "reeve: reeve.ini:1: unknown section [user]\n    did you mean 'users'?"],
    ['\n[users]\nlevel = info', "reeve: reeve.ini:3: unknown setting 'level' in [users]\n    it belongs in [log]"],
    ['level = info', "reeve: reeve.ini:1: 'level' stands before the first section\n    it belongs in [log]"],
    ['[log]\nlevel', "reeve: reeve.ini:2: expected NAME = VALUE, got 'level'"],
    ['[log\nlevel = info', 'reeve: reeve.ini:1: not a section: expected [NAME]'],
    ['[users]\nlogger = a\nlogger = b', "reeve: reeve.ini:3: 'logger' is set twice\n    it was set on line 2 already"],
    ['[paths]\nrun = here', "reeve: reeve.ini:2: run must be an absolute path, got 'here'"],
    ['[paths]\nservices = /a:b', "reeve: reeve.ini:2: services must be an absolute path, got 'b'"],
    ['[limits]\nacknowledge = soon', "reeve: reeve.ini:2: acknowledge must be 0.1 to 86400 seconds, got 'soon'"],
    ['[limits]\ncompile = 0.5', "reeve: reeve.ini:2: compile must be 1 to 86400 seconds, got '0.5'"],
    ['[log]\nlevel = loud', 'reeve: reeve.ini:2: level must be one of debug, info, warn, error'],
    ['[environment]\nallow = A B-C', "reeve: reeve.ini:2: allow 'B-C' is not the name of a variable"],
    ['[metrics]\nlisten = metrics', 'reeve: reeve.ini:2: listen must be the absolute path of a socket, or a loopback'],
    ['[users]\ndaemon =', 'reeve: reeve.ini:2: daemon must be the name or the number of a user'],
  ])('parseReeveIni() refuses %j with a sentence', (text, message) => {
    expect(refusal(text)).toContain(message);
  });

  it.each(['PATH', 'LD_PRELOAD', 'NODE_OPTIONS', 'BASH_ENV', 'IFS', 'PYTHONPATH', 'PERL5LIB'])(
    'parseReeveIni() never lets clients set %s',
    (name) => {
      expect(refusal(`[environment]\nallow = TZ ${name}`)).toContain(`'${name}' decides what other programs run`);
    },
  );

  it('parseReeveIni() reports all problems, in the order of the file', () => {
    const lines = refusal('[log]\nlevel = x\nlevle = y\n[paths]\nrun = z').split('\n');
    expect(lines.filter((line) => line.startsWith('reeve:')).map((line) => line.split(':')[2])).toEqual([
      '2',
      '3',
      '5',
    ]);
  });

  it('parseReeveIni() takes any text or throws a ReeveError', () => {
    const piece = fc.constantFrom(
      '[users]',
      '[paths]',
      '[users.daemon]',
      '[access]',
      'daemon',
      '@',
      'only',
      'operate',
      'on',
      'run',
      '=',
      ' ',
      '\n',
      '"',
      '[',
      ']',
      '.',
      'true',
      '__proto__',
      '#',
      '/x',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(piece).map((pieces) => pieces.join('')),
        ),
        (text) => {
          try {
            parseReeveIni(text, 'reeve.ini');
          } catch (error) {
            expect(error).toBeInstanceOf(ReeveError);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('docs/reeve.ini.md', () => {
  const page = readFileSync(new URL('../../docs/reeve.ini.md', import.meta.url), 'utf8');

  it('docs/reeve.ini.md has examples that are valid', () => {
    const examples = [...page.matchAll(/```ini\n(.*?)```/gs)].map(([, text = '']) => parseReeveIni(text, 'reeve.ini'));
    expect(examples).toHaveLength(2);
    expect(examples[0]?.access).toHaveLength(7);
    expect(examples[1]).toMatchObject({ environment: { allow: ['TZ', 'HTTP_PROXY'] } });
  });

  it('docs/reeve.ini.md describes every setting, in its section', () => {
    const sections = new Map(
      page
        .split(/^## `\[/m)
        .slice(1)
        .map((text) => [text.split(']')[0], text]),
    );
    expect([...sections.keys()]).toEqual([...knownKeys.keys()]);
    for (const [section, keys] of knownKeys) {
      for (const key of keys) expect(sections.get(section)).toMatch(new RegExp(`^\\| \`${key}\``, 'm'));
    }
  });
});
