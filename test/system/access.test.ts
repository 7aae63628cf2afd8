/** Who may do what, with real users and groups: the ids are numbers, so none of them has to exist on the machine. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { connect } from '../../src/api/client.ts';
import { type AccessVerb, type Role, verbs } from '../../src/api/access/verb.ts';
import { type Call, callAs, type Reply, type Somebody } from '../support/call-as.ts';
import { ReeveInstance } from '../support/reeve-instance.ts';

const isRoot = process.getuid?.() === 0;
const sleep = 'type = process\ncommand = /bin/sleep 1000\nlog-type = buffer\n';

const files = {
  'sd/boot': 'type = internal\nwaits-for = web\nwaits-for = db\nwaits-for = tick@1\n',
  'sd/web': `${sleep}depends-on = db\n`,
  'sd/web-2': sleep,
  'sd/db': sleep,
  'sd/lamp': 'type = triggered\n',
  'sd/tick': sleep,
  'sd/idle': sleep,
  'sd/extra': 'type = internal\n',
};

function systemInstance(access: readonly string[]): Promise<ReeveInstance> {
  const settings = [
    '[users]',
    'daemon = 54321',
    'logger = 54322',
    '[environment]',
    'allow = TZ',
    '[access]',
    ...access,
  ];
  return ReeveInstance.boot({
    mode: 'system',
    files: { ...files, 'reeve.ini': `${settings.join('\n')}\n` },
    arguments: ['--config', '{DIR}/reeve.ini'],
    names: ['boot', 'lamp'],
  });
}

/** A request of each verb that would change something, in an order in which each makes sense, `shutdown` last. */
const requests: Readonly<Record<Exclude<AccessVerb, 'shutdown'>, Call>> & Readonly<Record<'shutdown', Call>> = {
  observe: { method: 'Status', parameters: { name: 'web' } },
  logs: { method: 'ReadLog', parameters: { name: 'web' } },
  load: { method: 'Load', parameters: { name: 'extra' } },
  start: { method: 'Start', parameters: { name: 'idle', wait: true } },
  restart: { method: 'Restart', parameters: { name: 'idle', wait: true } },
  signal: { method: 'Signal', parameters: { name: 'web', signal: 18 } },
  release: { method: 'Release', parameters: { name: 'idle', wait: true } },
  stop: { method: 'Stop', parameters: { name: 'idle' } },
  wake: { method: 'Wake', parameters: { name: 'db' } },
  pin: { method: 'Start', parameters: { name: 'db', pin: true } },
  unpin: { method: 'Unpin', parameters: { name: 'db' } },
  trigger: { method: 'SetTrigger', parameters: { name: 'lamp', isSet: true } },
  untrigger: { method: 'SetTrigger', parameters: { name: 'lamp', isSet: false } },
  reload: { method: 'Reload', parameters: { name: 'idle' } },
  unload: { method: 'Unload', parameters: { name: 'extra' } },
  'add-dep': { method: 'AddDependency', parameters: { from: 'boot', kind: 'waits-for', to: 'idle' } },
  'rm-dep': { method: 'RemoveDependency', parameters: { from: 'boot', kind: 'waits-for', to: 'idle' } },
  enable: { method: 'Enable', parameters: { from: 'boot', to: 'idle' } },
  disable: { method: 'Disable', parameters: { from: 'boot', to: 'idle' } },
  'clear-log': { method: 'ClearLog', parameters: { name: 'web' } },
  getallenv: { method: 'GetEnvironment' },
  setenv: { method: 'SetEnvironment', parameters: { name: 'TZ', value: 'UTC' } },
  unsetenv: { method: 'UnsetEnvironment', parameters: { name: 'TZ' } },
  access: { method: 'Access', parameters: { uid: 1 } },
  // Whoever may is told that there is no such program.
  upgrade: { method: 'Upgrade', parameters: { programs: ['nothing'] } },
  shutdown: { method: 'Shutdown' },
};

const order = Object.keys(requests) as AccessVerb[];
const isRefused = ({ error }: Reply): boolean => error === 'NotPermitted' || error === 'PermissionDenied';

/** What each verb is answered: refused or not. */
async function refusedVerbs(reeve: ReeveInstance, who: Somebody, asked: readonly AccessVerb[] = order) {
  const replies = await callAs(
    reeve.socket,
    who,
    asked.map((verb) => requests[verb]),
  );
  return asked.filter((_verb, index) => isRefused(replies[index] ?? {}));
}

/** Everything that a request could change. */
async function snapshot(reeve: ReeveInstance): Promise<unknown> {
  using client = await connect(reeve.socket);
  const services = await client.list();
  const statuses = await Promise.all(services.map(({ name }) => client.status(name)));
  return { services, statuses, environment: Object.fromEntries(await client.environment()) };
}

/** The roles, written down once more: verbs that each has beyond the one before it. */
const rolesInWords: Readonly<Record<'nothing' | Role, readonly AccessVerb[]>> = {
  nothing: [],
  observe: ['observe'],
  operate: [
    ...(['logs', 'load', 'start', 'restart', 'signal', 'release', 'stop', 'wake', 'pin', 'unpin'] as const),
    ...(['trigger', 'untrigger'] as const),
  ],
  shutdown: ['shutdown'],
  admin: [
    ...(['reload', 'unload', 'add-dep', 'rm-dep', 'enable', 'disable', 'clear-log', 'getallenv'] as const),
    ...(['setenv', 'unsetenv', 'access', 'upgrade'] as const),
  ],
};
const ladder = Object.keys(rolesInWords) as (keyof typeof rolesInWords)[];

test('the requests of these tests are of every verb there is', () => {
  expect(order.toSorted()).toEqual(verbs.toSorted());
  expect(Object.values(rolesInWords).flat().toSorted()).toEqual(verbs.toSorted());
});

describe.skipIf(!isRoot)('access (needs root)', () => {
  test.each(ladder)('the role %s has its verbs and no others, and a refused request changes nothing', async (role) => {
    const line = role === 'nothing' ? [] : [`4001 = ${role}`];
    await using reeve = await systemInstance(['everybody = nothing', ...line]);
    await reeve.untilStatus('boot', { state: 'started' });
    const permitted = ladder.slice(0, ladder.indexOf(role) + 1).flatMap((each) => rolesInWords[each]);
    const forbidden = order.filter((verb) => !permitted.includes(verb));

    const before = await snapshot(reeve);
    expect(await refusedVerbs(reeve, { uid: 4001 }, forbidden)).toEqual(forbidden);
    expect(await snapshot(reeve)).toEqual(before);

    expect(await refusedVerbs(reeve, { uid: 4001 })).toEqual(forbidden);
    if (permitted.includes('shutdown')) expect(await reeve.exit()).toBe(0);
    else expect((await reeve.status('boot')).state).toBe('started');
  });

  test('a group counts as the first one and as a supplementary one, and a user only by its own number', async () => {
    await using reeve = await systemInstance(['@4100 = operate', 'everybody = nothing']);
    const asked: readonly AccessVerb[] = ['observe', 'wake', 'shutdown'];
    expect(await refusedVerbs(reeve, { uid: 4001, gid: 4100 }, asked)).toEqual(['shutdown']);
    expect(await refusedVerbs(reeve, { uid: 4001, gid: 9, groups: [8, 4100] }, asked)).toEqual(['shutdown']);
    expect(await refusedVerbs(reeve, { uid: 4001, gid: 9, groups: [8] }, asked)).toEqual(asked);
    expect(await refusedVerbs(reeve, { uid: 4100, gid: 9 }, asked)).toEqual(asked);
  });

  test('without a line about everybody, everybody sees states, but neither output nor environment', async () => {
    await using reeve = await systemInstance(['4001 = only logs on web']);
    await reeve.untilStatus('boot', { state: 'started' });
    const everything = (name: string): Call[] => [
      { method: 'List' },
      { method: 'Status', parameters: { name } },
      { method: 'ReadLog', parameters: { name } },
      { method: 'GetEnvironment' },
    ];
    const errorsOf = async (uid: number, name: string) =>
      (await callAs(reeve.socket, { uid }, everything(name))).map(({ error }) => error ?? 'ok');
    expect(await errorsOf(4002, 'web')).toEqual(['ok', 'ok', 'NotPermitted', 'NotPermitted']);
    expect(await errorsOf(4001, 'web')).toEqual(['ok', 'ok', 'ok', 'NotPermitted']);
    expect(await errorsOf(4001, 'db')).toEqual(['ok', 'ok', 'NotPermitted', 'NotPermitted']);
  });

  test('a grant on some services covers them alone, and no template without its argument', async () => {
    await using reeve = await systemInstance(['4001 = admin on web* tick@1', 'everybody = nothing']);
    await reeve.untilStatus('boot', { state: 'started' });
    const start = (name: string): Call => ({ method: 'Start', parameters: { name } });
    const names = ['web', 'web-2', 'tick@1', 'db', 'tick', 'tick@2', 'web@1'];
    const replies = await callAs(reeve.socket, { uid: 4001 }, names.map(start));
    expect(names.filter((_name, index) => !isRefused(replies[index] ?? {}))).toEqual(['web', 'web-2', 'tick@1']);

    const [list, link, shutdown, environment] = await callAs(reeve.socket, { uid: 4001 }, [
      { method: 'List' },
      { method: 'AddDependency', parameters: { from: 'web', kind: 'waits-for', to: 'db' } },
      { method: 'Shutdown' },
      { method: 'SetEnvironment', parameters: { name: 'TZ', value: 'UTC' } },
    ]);
    const seen = list?.parameters?.['services'] as readonly { readonly name: string }[];
    expect(seen.map(({ name }) => name).toSorted()).toEqual(['tick@1', 'web', 'web-2']);
    expect(link).toEqual({ error: 'NotPermitted', parameters: { verb: 'add-dep', role: 'admin', name: 'db' } });
    expect(shutdown).toEqual({ error: 'NotPermitted', parameters: { verb: 'shutdown', role: 'shutdown' } });
    expect(environment).toEqual({ error: 'NotPermitted', parameters: { verb: 'setenv', role: 'admin' } });
  });

  test('a grant of some verbs covers them alone: a pin and a forced stop need more', async () => {
    await using reeve = await systemInstance(['4001 = only start stop on db', '4002 = only start stop pin on db web']);
    await reeve.untilStatus('boot', { state: 'started' });
    const calls: Call[] = [
      { method: 'Restart', parameters: { name: 'db' } },
      { method: 'Start', parameters: { name: 'db', pin: true } },
      { method: 'Stop', parameters: { name: 'db' } },
      { method: 'Stop', parameters: { name: 'db', force: true } },
    ];
    const before = await snapshot(reeve);
    expect(await callAs(reeve.socket, { uid: 4001 }, calls)).toEqual([
      { error: 'NotPermitted', parameters: { verb: 'restart', role: 'operate', name: 'db' } },
      { error: 'NotPermitted', parameters: { verb: 'pin', role: 'operate', name: 'db' } },
      { error: 'HasDependents', parameters: { name: 'db', dependents: ['web'] } },
      { error: 'NotPermitted', parameters: { verb: 'stop', role: 'operate', name: 'web' } },
    ]);
    expect(await snapshot(reeve)).toEqual(before);
    const [forced] = await callAs(reeve.socket, { uid: 4002 }, [
      { method: 'Stop', parameters: { name: 'db', force: true, pin: true, wait: true } },
    ]);
    expect(forced?.parameters).toMatchObject({ outcome: 'stopped' });
  });

  test('each change that is granted or refused leaves one line with who, what and the program', async () => {
    await using reeve = await systemInstance(['4001 = operate']);
    await reeve.untilStatus('boot', { state: 'started' });
    await callAs(reeve.socket, { uid: 4001, gid: 4100 }, [
      { method: 'Restart', parameters: { name: 'web', wait: true } },
      { method: 'List' },
      { method: 'ReadLog', parameters: { name: 'web' } },
      { method: 'Reload', parameters: { name: 'web' } },
      { method: 'SetEnvironment', parameters: { name: 'TZ', value: 'UTC' } },
      { method: 'Stop', parameters: { name: 'no\nsuch\u001b[2J' } },
    ]);
    await reeve.untilOutput('such?[2J: stop');
    const lines = reeve.output.split('\n').filter((line) => / (granted|refused) to /.test(line));
    expect(lines.map((line) => line.replace(/^ *[\d.]+s +/, '').replace(/process \d+/, 'process N'))).toEqual([
      'web: restart granted to uid 4001, gid 4100, process N (MainThread)',
      'web: reload refused to uid 4001, gid 4100, process N (MainThread)',
      'reeve: setenv TZ refused to uid 4001, gid 4100, process N (MainThread)',
      'no?such?[2J: stop granted to uid 4001, gid 4100, process N (MainThread)',
    ]);
  });

  test('thousands of refusals leave few lines, and their number at the latest when the daemon ends', async () => {
    await using reeve = await systemInstance([]);
    await reeve.untilStatus('boot', { state: 'started' });
    const stop: Call = { method: 'Stop', parameters: { name: 'web' } };
    await callAs(
      reeve.socket,
      { uid: 4001 },
      Array.from({ length: 2000 }, () => stop),
    );
    expect((await reeve.status('web')).state).toBe('started');
    reeve.kill('SIGTERM');
    expect(await reeve.exit()).toBe(0);
    expect(reeve.output).toContain('reeve: 1980 more requests of uid 4001 were refused');
    expect(reeve.output.match(/web: stop refused to/g)).toHaveLength(20);
  });

  test('reevectl access says what one may do and by which line, and root may ask about others', async () => {
    await using reeve = await systemInstance(['4001 = operate', '@4100 = only reload on web*']);
    const file = reeve.path('reeve.ini');
    const mine = await reeve.ctlAs({ uid: 4001, gid: 9, groups: [4100] }, 'access');
    expect(mine.out.split('\n').slice(1)).toEqual([
      'MAY      SERVICES  BECAUSE OF',
      `operate  all       ${file}:7: 4001 = operate`,
      `reload   web*      ${file}:8: @4100 = only reload on web*`,
      'observe  all       default: everybody = observe',
      '',
    ]);
    expect(await reeve.json('access', '--user', '4001')).toMatchObject({
      uid: 4001,
      rights: [{ because: 'grant', role: 'operate', origin: `${file}:7` }, { because: 'default' }],
    });
    expect((await reeve.ctl('access')).out).toContain('admin  all       root may do everything');
    const curious = await reeve.ctlAs({ uid: 4001 }, 'access', '--user', '0');
    expect(curious).toEqual({
      code: 5,
      out: '',
      err: "permission denied: you are not granted 'access'\n    reevectl access shows what you may do, and why\n",
    });
  });

  test('only root can write the file of grants, and only the daemon read it', async () => {
    await using reeve = await systemInstance(['4001 = operate']);
    const name = readdirSync(reeve.path('run')).find((each) => each.startsWith('access.')) ?? '';
    const { uid, gid, mode } = statSync(reeve.path(`run/${name}`));
    expect({ uid, gid, mode: mode & 0o7777 }).toEqual({ uid: 0, gid: 54_321, mode: 0o640 });
    expect(existsSync(reeve.path(`run/${name}.new`))).toBe(false);
  });

  test('a grant to a name that does not exist lets nobody in, is told at the start, and is an error to check-config', async () => {
    await using reeve = await systemInstance(['no-such-user-here = admin', '4001 = operate']);
    await reeve.untilStatus('boot', { state: 'started' });
    expect(reeve.output).toContain(
      `reeve: ${reeve.path('reeve.ini')}:7: there is no user 'no-such-user-here': the grant has no effect`,
    );
    expect(await refusedVerbs(reeve, { uid: 4001 }, ['wake'])).toEqual([]);
    const check = await reeve.reeve('check-config', '--system', '--config', reeve.path('reeve.ini'));
    expect(check.code).toBe(1);
    expect(check.err).toContain("there is no user 'no-such-user-here'");
    expect(check.out).toContain('[access]\nno-such-user-here = admin\n4001 = operate\n');
  });

  test('reeve access apply gives new grants to the running instance, also to those who are connected', async () => {
    await using reeve = await systemInstance(['4001 = operate']);
    await reeve.untilStatus('boot', { state: 'started' });
    const settings = reeve.read('reeve.ini');
    const apply = () =>
      reeve.reeve('access', 'apply', '--system', '--run-dir', reeve.path('run'), '--config', reeve.path('reeve.ini'));

    reeve.write('reeve.ini', `${settings}4002 = only wke\n`);
    expect(await apply()).toMatchObject({ code: 1, err: expect.stringContaining("did you mean 'wake'?") });
    expect(await refusedVerbs(reeve, { uid: 4001 }, ['wake'])).toEqual([]);

    reeve.write('reeve.ini', settings.replace('4001 = operate', '4002 = operate'));
    expect(await apply()).toEqual({ code: 0, out: '', err: '' });
    await reeve.untilOutput('reeve: new grants are in effect: 2');
    expect(await refusedVerbs(reeve, { uid: 4001 }, ['wake'])).toEqual(['wake']);
    expect(await refusedVerbs(reeve, { uid: 4002 }, ['wake'])).toEqual([]);
    expect((await reeve.reeve('access', 'apply', '--system', '--run-dir', reeve.path('none'))).err).toBe(
      `reeve: no instance runs in ${reeve.path('none')}\n    grants are read when it starts\n`,
    );
  });

  test('grants hold over a death of the daemon', async () => {
    await using reeve = await systemInstance(['4001 = operate', 'everybody = nothing']);
    await reeve.untilStatus('boot', { state: 'started' });
    using client = await connect(reeve.socket);
    process.kill((await client.info()).pid, 'SIGKILL');
    await client.closed;
    expect(await refusedVerbs(reeve, { uid: 4001 }, ['observe', 'wake', 'reload'])).toEqual(['reload']);
    expect(await refusedVerbs(reeve, { uid: 4002 }, ['observe', 'wake', 'reload'])).toEqual([
      'observe',
      'wake',
      'reload',
    ]);
  });
});
