import { describe, expect, it } from 'vitest';
import { verbs } from '../../src/api/access/verb.ts';
import { knownNames } from '../../src/reeve/known-names.ts';
import { parseReeveIni } from '../../src/reeve/reeve-ini.ts';
import { ReeveError } from '../../src/reeve/reeve-error.ts';
import { resolveGrants } from '../../src/reeve/resolve-grants.ts';
import { memoryUsers } from '../support/memory-users.ts';

const linesOf = (...lines: readonly string[]) =>
  parseReeveIni(['[access]', ...lines].join('\n'), '/etc/reeve/reeve.ini').access;

/** The whole message of the refusal. */
function refusal(...lines: readonly string[]): string {
  try {
    linesOf(...lines);
  } catch (error) {
    if (error instanceof ReeveError) return error.message;
    throw error;
  }
  return 'not refused';
}

describe('[access]', () => {
  it('[access] has one grant a line, also several for one subject', () => {
    const place = (line: number) => `/etc/reeve/reeve.ini:${line}`;
    expect(
      linesOf(
        'alice = operate ; the night shift',
        '',
        '# of the web team',
        '@webops = operate on web*, api',
        '@webops=only logs clear-log on db',
        '1042 = only start,stop on backup@*',
        '@10 = admin',
        '"some one" = shutdown',
        'everybody = nothing',
      ),
    ).toEqual([
      {
        place: place(2),
        text: 'alice = operate',
        subject: { kind: 'user', name: 'alice' },
        allows: { kind: 'role', role: 'operate' },
      },
      {
        place: place(5),
        text: '@webops = operate on web* api',
        subject: { kind: 'group', name: 'webops' },
        allows: { kind: 'role', role: 'operate' },
        services: ['web*', 'api'],
      },
      {
        place: place(6),
        text: '@webops = only logs clear-log on db',
        subject: { kind: 'group', name: 'webops' },
        allows: { kind: 'verbs', verbs: ['logs', 'clear-log'] },
        services: ['db'],
      },
      {
        place: place(7),
        text: '1042 = only start stop on backup@*',
        subject: { kind: 'user', id: 1042 },
        allows: { kind: 'verbs', verbs: ['start', 'stop'] },
        services: ['backup@*'],
      },
      {
        place: place(8),
        text: '@10 = admin',
        subject: { kind: 'group', id: 10 },
        allows: { kind: 'role', role: 'admin' },
      },
      {
        place: place(9),
        text: 'some one = shutdown',
        subject: { kind: 'user', name: 'some one' },
        allows: { kind: 'role', role: 'shutdown' },
      },
      {
        place: place(10),
        text: 'everybody = nothing',
        subject: { kind: 'everybody' },
        allows: { kind: 'verbs', verbs: [] },
      },
    ]);
  });

  it.each([
    ['alice = oprate', "unknown role 'oprate'\n    did you mean 'operate'?"],
    [
      'alice = king',
      "unknown role 'king'\n    expected a role (observe, operate, shutdown, admin), or 'only' and verbs",
    ],
    ['alice = onyl start', "unknown role 'onyl'\n    did you mean 'only'?"],
    ['alice = start on web', "'start' is a verb and no role\n    put 'only' before it"],
    ['alice = only strat', "unknown verb 'strat'\n    did you mean 'start'?"],
    ['alice = only fly', `unknown verb 'fly'\n    there are ${verbs.join(', ')}`],
    ['alice = only', "no verb follows 'only'"],
    ['alice = only on web', "no verb follows 'only'"],
    ['alice =', 'nothing is granted'],
    ['alice = on web', 'nothing is granted'],
    ['alice = nothing', "'nothing' takes nothing away\n    remove the line"],
    ['alice = operate web', "'web' after the role 'operate' has no meaning\n    expected a role"],
    ['alice = operate no web', "'no' after the role 'operate' has no meaning\n    did you mean 'on'?"],
    ['alice = operate on', "no service follows 'on'"],
    ['alice = operate on ../x', "'../x' is no pattern of service names: no service has such a name"],
    ['alice = shutdown on web', "cannot be limited to some\n    did you mean 'operate'?"],
    ['alice = only start setenv on web', "'setenv' is not about services, so it cannot be limited to some"],
    ['root = observe', 'root may do everything, whatever is granted\n    remove the line'],
    ['0 = observe', 'root may do everything'],
    ['@ = operate', 'no group is named'],
    ['4294967295 = operate', '4294967295 is no number of a user: the largest is 4294967294'],
    ['@99999999999 = operate', '99999999999 is no number of a group'],
    ['__proto__ = admin', 'no user is named'],
    ['alice', "expected NAME = VALUE, got 'alice'"],
  ])('[access] refuses %j with file, line and advice', (line, message) => {
    expect(refusal('# first', line)).toContain(`reeve: /etc/reeve/reeve.ini:3: `);
    expect(refusal('# first', line)).toContain(message);
  });

  it('[access] reports every wrong line', () => {
    expect(refusal('a = x', 'b = operate', 'c = y').match(/reeve\.ini:\d+/g)).toEqual(['reeve.ini:2', 'reeve.ini:4']);
  });
});

describe('resolveGrants()', () => {
  const names = { user: ['root', 'nobody', 'alice'], group: ['root', 'nogroup', 'alice', 'ops'] };
  const resolve = (mode: 'user' | 'system', ...lines: readonly string[]) =>
    resolveGrants(linesOf(...lines), { mode, users: memoryUsers, knownNames: (kind) => names[kind] });

  it('resolveGrants() has numbers instead of names, says where each grant stands, and lets everybody observe', () => {
    const { grants, warnings } = resolve('system', 'alice = operate', '@nogroup = admin on web', '@7 = shutdown');
    expect(warnings).toEqual([]);
    expect(grants.map(({ subject, origin, text }) => [subject, origin, text])).toEqual([
      [{ kind: 'user', id: 1000 }, '/etc/reeve/reeve.ini:2', 'alice = operate'],
      [{ kind: 'group', id: 65534 }, '/etc/reeve/reeve.ini:3', '@nogroup = admin on web'],
      [{ kind: 'group', id: 7 }, '/etc/reeve/reeve.ini:4', '@7 = shutdown'],
      [{ kind: 'everybody' }, undefined, 'everybody = observe'],
    ]);
    expect(grants[1]?.services).toEqual(['web']);
  });

  it('resolveGrants() leaves the default out when a line is about everybody', () => {
    const texts = (...lines: readonly string[]) => resolve('system', ...lines).grants.map(({ text }) => text);
    expect(texts('everybody = only observe on web')).toEqual(['everybody = only observe on web']);
    expect(texts('everybody = nothing', '5 = admin')).toEqual(['everybody = nothing', '5 = admin']);
  });

  it('resolveGrants() lets nobody in by a name that does not exist, and says what may be meant', () => {
    const { grants, warnings } = resolve('system', 'alcie = admin', '@nobody = admin', 'ops = admin', '@xyz = admin');
    expect(grants.map(({ text }) => text)).toEqual(['everybody = observe']);
    const message = (what: string) => `there is no ${what}: the grant has no effect`;
    expect(warnings).toEqual([
      { place: '/etc/reeve/reeve.ini:2', message: message("user 'alcie'"), advice: "did you mean 'alice'?" },
      {
        place: '/etc/reeve/reeve.ini:3',
        message: message("group 'nobody'"),
        advice: 'there is a user of this name: nobody',
      },
      {
        place: '/etc/reeve/reeve.ini:4',
        message: message("user 'ops'"),
        advice: 'there is a group of this name: @ops',
      },
      { place: '/etc/reeve/reeve.ini:5', message: message("group 'xyz'") },
    ]);
  });

  it('resolveGrants() grants nothing in a user’s instance, and says so once', () => {
    const { grants, warnings } = resolve('user', 'alice = admin', 'bob = admin');
    expect(grants).toEqual([]);
    expect(warnings).toEqual([
      expect.objectContaining({ place: '/etc/reeve/reeve.ini:2', message: expect.stringContaining('has no effect') }),
    ]);
    expect(resolve('user').warnings).toEqual([]);
  });
});

it('knownNames() has the users and groups of this machine', () => {
  expect(knownNames('user')).toContain('root');
  expect(knownNames('group')).toContain('root');
});
