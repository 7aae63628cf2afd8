/**
 * New programs on disk take over: a good one, and several that are not. Services are witnesses that nothing happened to them: they have the same processes
 * afterwards, and no line of what they wrote is missing or there twice.
 */
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { Installation } from '../support/installation.ts';
import { ReeveInstance } from '../support/reeve-instance.ts';

const files = {
  'reeve.ini': '[limits]\nrestart-delay = 0.02\nacknowledge = 2\n',
  'bin/count':
    '#!/bin/sh\ni=0\nuntil test -e {DIR}/quiet; do echo $i; i=$((i+1)); sleep 0.01; done\necho end $i\nexec sleep 1000\n',
  'sd/boot': 'type = internal\nwaits-for: web\nwaits-for: counter\nwaits-for: fork\n',
  'sd/web': 'type = process\ncommand = /bin/sleep 1000\nlog-type = buffer\n',
  'sd/counter': 'type = process\ncommand = {DIR}/bin/count\nlogfile = {DIR}/counter.log\n',
  'bin/fork': '#!/bin/sh\nsleep 1000 >/dev/null 2>&1 &\necho $! > {DIR}/fork.pid\n',
  'sd/fork': 'type = bgprocess\ncommand = {DIR}/bin/fork\npid-file = {DIR}/fork.pid\n',
};
const services = ['web', 'counter', 'fork'] as const;

const bootIn = async (installed: Installation): Promise<ReeveInstance> => {
  const reeve = await ReeveInstance.boot({
    files,
    command: installed.command,
    arguments: ['--config', '{DIR}/reeve.ini'],
  });
  await reeve.untilOutput('boot: started');
  return reeve;
};

const pidsOf = async (reeve: ReeveInstance): Promise<readonly (number | undefined)[]> => {
  const statuses = await Promise.all(services.map((name) => reeve.status(name)));
  return statuses.map(({ pid }) => pid);
};

const keptBuild = (reeve: ReeveInstance): string => JSON.parse(reeve.read('run/programs/build.json')).build;

/** Lets the counter end, and looks whether each of its lines is there once. */
async function expectWholeLog(reeve: ReeveInstance): Promise<void> {
  reeve.write('quiet', '');
  await reeve.until(() => reeve.read('counter.log').includes('end'), 'the last line of the counter');
  const lines = reeve.read('counter.log').trimEnd().split('\n');
  const count = lines.length - 1;
  expect(lines).toEqual([...Array.from({ length: count }, (_, index) => String(index)), `end ${count}`]);
}

test('reevectl upgrade replaces daemon and logger, and services notice nothing', async () => {
  using installed = new Installation();
  await using reeve = await bootIn(installed);
  const before = await pidsOf(reeve);
  const first = keptBuild(reeve);
  installed.newDaemon('good');
  installed.change('build/native/reeve-logger', (former) => Buffer.concat([former, Buffer.from('another')]));
  const answer = await reeve.json('upgrade');
  expect(answer).toMatchObject({
    outcome: 'upgraded',
    programs: ['daemon', 'logger'],
    before: { build: first },
    after: { version: '9.9.9', build: 'good' },
  });
  expect(await pidsOf(reeve)).toEqual(before);
  expect(keptBuild(reeve)).toBe('good');
  expect(reeve.output).not.toContain('replaces one that ended');

  // The same programs again: only the daemon is another process.
  const again = await reeve.ctl('upgrade');
  expect(again).toMatchObject({ code: 0, err: '' });
  expect(again.out).toMatch(
    /^reeve: daemon replaced: 9\.9\.9 build good \(process \d+\) by 9\.9\.9 build good \(process \d+\)\n$/,
  );
  expect(await pidsOf(reeve)).toEqual(before);
  expect((await reeve.ctl('stop', 'web')).code).toBe(0);
  await expectWholeLog(reeve);
});

const badBuilds = [
  { title: 'crashes at its start', beginning: 'process.exit(3);', why: 'exited with status 3' },
  { title: 'dies after a second', beginning: 'setTimeout(() => process.exit(4), 1000);', why: 'exited with status 4' },
  { title: 'hangs', beginning: 'setInterval(() => {}, 1e6); return;', why: 'it did not say HELLO in time' },
];

test.each(badBuilds)(
  'reevectl upgrade tells that a new build $title, and that its former program goes on',
  async (bad) => {
    using installed = new Installation();
    await using reeve = await bootIn(installed);
    const before = await pidsOf(reeve);
    const first = keptBuild(reeve);
    installed.newDaemon('bad', bad.beginning);
    const { code, err } = await reeve.ctl('upgrade');
    expect(err).toContain(`reeve: the new daemon does not work (${bad.why}): its former program goes on\n`);
    expect(code).toBe(1);
    expect(reeve.output).toContain('reeve-daemon does not work: going back to its former program');
    expect(await pidsOf(reeve)).toEqual(before);
    expect(keptBuild(reeve)).toBe(first);
    expect((await reeve.ctl('launcher')).out).toContain('the program on disk does not work, its former one is used');
    expect((await reeve.ctl('status')).out).toContain(
      `program on disk does not work (${bad.why}): its former one runs\n`,
    );

    // Mended, it takes over.
    installed.newDaemon('mended', '');
    installed.change('build/lib/daemon.cjs', () => fs.readFileSync(reeve.path('run/programs/daemon.cjs')));
    expect(await reeve.json('upgrade')).toMatchObject({
      outcome: 'upgraded',
      before: { build: first },
      after: { build: 'mended' },
    });
    expect(await pidsOf(reeve)).toEqual(before);
    await expectWholeLog(reeve);
  },
);

test('reevectl upgrade tells that a new logger does not work, and no line is lost', async () => {
  using installed = new Installation();
  await using reeve = await bootIn(installed);
  const before = await pidsOf(reeve);
  installed.change('build/native/reeve-logger', () => '#!/bin/sh\nexit 5\n');
  const { code, err } = await reeve.ctl('upgrade');
  expect(err).toContain('reeve: the new logger does not work (exited with status 5): its former program goes on\n');
  expect(code).toBe(1);
  expect(await pidsOf(reeve)).toEqual(before);
  await expectWholeLog(reeve);
});

test('clients that wait while the daemon is replaced have an answer', async () => {
  using installed = new Installation();
  await using reeve = await bootIn(installed);
  reeve.write('sd/slow', 'type = scripted\ncommand = /bin/sleep 1000\n');
  const waiting = reeve.ctl('start', 'slow');
  await reeve.untilStatus('slow', { state: 'starting' });
  expect((await reeve.ctl('upgrade')).code).toBe(0);
  expect((await waiting).code).not.toBe(0);
  expect(await reeve.status('slow')).toMatchObject({ state: 'starting' });
});
