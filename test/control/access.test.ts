import { expect, test } from 'vitest';
import type { Grant } from '../../src/api/access/grant.ts';
import { startControlFixture } from '../support/control-fixture.ts';
import { ctl } from '../support/ctl.ts';

const grants: readonly Grant[] = [
  {
    subject: { kind: 'group', id: 77_001 },
    allows: { kind: 'verbs', verbs: ['start', 'stop'] },
    services: ['web*', 'api'],
    origin: '/etc/reeve/reeve.ini:7',
    text: '@webops = only start stop on web* api',
  },
  {
    subject: { kind: 'user', id: 77_000 },
    allows: { kind: 'role', role: 'operate' },
    services: ['db'],
    origin: '/etc/reeve/reeve.ini:8',
    text: '77000 = operate on db',
  },
];
const credentials = { of: () => ({ uid: 77_000, gid: 77_000, pid: 0, groups: [77_001, 77_000] }) };

test('access shows each grant of the caller, and the line it comes from', async () => {
  await using fixture = await startControlFixture({}, { credentials, grants, ownerUid: 1 });
  expect(await ctl(['access'], { socket: fixture.path })).toEqual({
    code: 0,
    out: [
      'uid 77000, in groups 77000, 77001, may:',
      'MAY         SERVICES  BECAUSE OF',
      'start stop  web* api  /etc/reeve/reeve.ini:7: @webops = only start stop on web* api',
      'operate     db        /etc/reeve/reeve.ini:8: 77000 = operate on db',
      '',
    ].join('\n'),
    err: '',
  });
});

test('access says when there is nothing', async () => {
  await using fixture = await startControlFixture({}, { grants });
  expect((await ctl(['access', '--user', '88000'], { socket: fixture.path })).out).toBe(
    'uid 88000, in group 88000, may do nothing\n',
  );
});

test('access --user asks about a user with the groups of /etc/group, and --json prints it for programs', async () => {
  await using fixture = await startControlFixture({}, { grants });
  const { out } = await ctl(['access', '--user', 'root', '--json'], { socket: fixture.path });
  expect(JSON.parse(out)).toMatchObject({ uid: 0, gid: 0, rights: [{ because: 'root', role: 'admin' }] });
});

test('access --user refuses a name that /etc/passwd does not have', async () => {
  await using fixture = await startControlFixture({}, { grants });
  expect(await ctl(['access', '--user', 'no-such-user-here'], { socket: fixture.path })).toEqual({
    code: 2,
    out: '',
    err: "reevectl: there is no user 'no-such-user-here' in /etc/passwd\n    give the number of the user instead\n",
  });
});

test('access about others is refused to those who may not ask', async () => {
  await using fixture = await startControlFixture({}, { credentials, grants, ownerUid: 1 });
  expect(await ctl(['access', '--user', '0'], { socket: fixture.path })).toMatchObject({ code: 5, out: '' });
});
