import { expect, test } from 'vitest';
import { ReeveInstance } from '../support/reeve-instance.ts';

const sleeper = (more = ''): string => `type = process\ncommand = /bin/sleep 1000\n${more}`;
const failing = 'type = scripted\ncommand = /bin/false\n';

test('depends-on: a dependency that fails fails its dependent, which says which one', async () => {
  await using reeve = await ReeveInstance.boot({
    files: { 'sd/boot': 'type = internal\n', 'sd/top': sleeper('depends-on: bad\n'), 'sd/bad': failing },
  });
  const result = await reeve.ctl('start', 'top');
  expect(result.code).toBe(1);
  expect(result.out + result.err).toContain('bad');
  expect(await reeve.status('top')).toMatchObject({ state: 'stopped', stopReason: 'dependency-failed' });
});

test('waits-for: a dependency that fails does not keep its dependent down', async () => {
  await using reeve = await ReeveInstance.boot({
    files: { 'sd/boot': 'type = internal\nwaits-for: bad\n', 'sd/bad': failing },
  });
  await reeve.untilStatus('boot', { state: 'started' });
  expect(await reeve.status('bad')).toMatchObject({ state: 'stopped', isFailed: true });
});

test('depends-ms: once reached, a milestone may stop without taking its dependent down', async () => {
  await using reeve = await ReeveInstance.boot({
    files: { 'sd/boot': sleeper('depends-ms: stage\n'), 'sd/stage': sleeper() },
  });
  await reeve.untilStatus('boot', { state: 'started' });
  expect((await reeve.ctl('stop', 'stage')).code).toBe(0);
  await reeve.untilStatus('stage', { state: 'stopped' });
  expect((await reeve.status('boot')).state).toBe('started');
});

test('prepared-by: the preparation runs again whenever its dependent restarts', async () => {
  await using reeve = await ReeveInstance.boot({
    files: {
      'sd/boot': sleeper('prepared-by: setup\nrestart = yes\nrestart-delay = 0\n'),
      'sd/setup': 'type = scripted\ncommand = /bin/sh -c "echo prepared >> {DIR}/log"\nrestart = no\n',
    },
  });
  const { pid } = await reeve.untilStatus('boot', { state: 'started' });
  // Number 0 would be the process group of the test itself.
  if (pid === undefined) throw new Error('boot has no process');
  process.kill(pid, 'SIGKILL');
  await reeve.until(() => reeve.read('log') === 'prepared\nprepared\n', 'a second preparation');
  await reeve.untilStatus('boot', { state: 'started' });
});

test('before and after order two starts that happen anyway', async () => {
  const noting = (name: string, more: string): string =>
    `type = scripted\ncommand = /bin/sh -c "sleep 0.1; echo ${name} >> {DIR}/log"\n${more}`;
  await using reeve = await ReeveInstance.boot({
    files: {
      'sd/boot': 'type = internal\ndepends-on: c\ndepends-on: b\ndepends-on: a\n',
      'sd/a': noting('a', 'before: b\n'),
      'sd/b': noting('b', ''),
      'sd/c': noting('c', 'after: b\nafter: nobody\n'),
    },
  });
  await reeve.untilStatus('boot', { state: 'started' });
  expect(reeve.read('log')).toBe('a\nb\nc\n');
});

test('chain-to: a clean end of one service starts the next', async () => {
  await using reeve = await ReeveInstance.boot({
    files: {
      'sd/boot': 'type = internal\nwaits-for: first\n',
      'sd/first': 'type = process\ncommand = /bin/true\nrestart = no\nchain-to = second\n',
      'sd/second': sleeper(),
    },
  });
  await reeve.until(async () => (await reeve.ctl('is-started', 'second')).code === 0, 'the second service');
});

test('waits-for.d: every entry of the directory is a dependency', async () => {
  await using reeve = await ReeveInstance.boot({
    files: {
      'sd/boot': 'type = internal\nwaits-for.d: boot.d\n',
      'sd/boot.d/one': '',
      'sd/boot.d/two@x': '',
      'sd/one': sleeper(),
      'sd/two': 'type = process\ncommand = /bin/sh -c "echo $1 > {DIR}/argument; exec sleep 1000"\n',
    },
  });
  await reeve.untilStatus('boot', { state: 'started' });
  expect((await reeve.status('one')).state).toBe('started');
  expect((await reeve.status('two@x')).state).toBe('started');
  await reeve.until(() => reeve.read('argument') === 'x\n', 'the argument');
});

test('reevectl stop refuses while a hard dependent is up, names it, and obeys --force', async () => {
  await using reeve = await ReeveInstance.boot({
    files: { 'sd/boot': sleeper('depends-on: base\n'), 'sd/base': sleeper(), 'sd/keep': sleeper() },
    names: ['boot', 'keep'],
  });
  await reeve.untilStatus('boot', { state: 'started' });
  const refusal = await reeve.ctl('stop', 'base');
  expect(refusal.code).not.toBe(0);
  expect(refusal.err).toContain('boot');
  expect((await reeve.ctl('stop', '--force', 'base')).code).toBe(0);
  expect((await reeve.status('boot')).state).toBe('stopped');
});

test('a cycle is refused and shown as a path', async () => {
  await using reeve = await ReeveInstance.boot({
    files: {
      'sd/boot': 'type = internal\n',
      'sd/a': 'depends-on: b\n',
      'sd/b': 'waits-for: c\n',
      'sd/c': 'after: a\n',
      'sd/d': 'depends-on: e\n',
      'sd/e': 'depends-on: d\n',
    },
  });
  const result = await reeve.ctl('start', 'd');
  expect(result.code).not.toBe(0);
  expect(result.err).toMatch(/d -> e -> d|e -> d -> e/);
});
