/** A daemon with nothing to do ends; whatever happens then wakes the next one, which goes on as if it had been there all the time. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ReeveInstance } from '../support/reeve-instance.ts';

const sleeper = 'type = process\ncommand = /bin/sleep 1000\n';
const sleepy = { 'reeve.ini': '[limits]\nidle-exit = 0.1\nrestart-delay = 0.01\n' };
const config = ['--config', '{DIR}/reeve.ini'];

/** The daemon's process, if there is one now. */
function daemonOf(reeve: ReeveInstance): number | undefined {
  const children = readFileSync(`/proc/${reeve.pid}/task/${reeve.pid}/children`, 'utf8').trim().split(' ').map(Number);
  return children.find((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith('reeve-daemon');
    } catch {
      return false;
    }
  });
}

const untilAsleep = async (reeve: ReeveInstance): Promise<void> =>
  reeve.until(() => reeve.output.includes('started') && daemonOf(reeve) === undefined, 'the daemon to sleep');

test('a sleeping daemon is woken by a client, which notices nothing', async () => {
  await using reeve = await ReeveInstance.boot({
    files: { ...sleepy, 'sd/boot': `${sleeper}depends-on: base\n`, 'sd/base': 'type = triggered\n' },
    arguments: config,
  });
  expect((await reeve.ctl('trigger', 'base')).code).toBe(0);
  await reeve.untilOutput('boot: started');
  await untilAsleep(reeve);
  const { pid } = await reeve.status('boot');
  expect(readFileSync(`/proc/${pid}/comm`, 'utf8')).toBe('sleep\n');
  expect((await reeve.ctl('restart', 'boot')).code).toBe(0);
  await untilAsleep(reeve);
  expect((await reeve.ctl('stop', 'boot')).code).toBe(0);
  expect(reeve.output).not.toContain('replaces one that ended');
});

test('a sleeping daemon is woken by the end of a process, and restarts the service', async () => {
  await using reeve = await ReeveInstance.boot({
    files: { ...sleepy, 'sd/boot': `${sleeper}restart = yes\nrestart-delay = 0\n` },
    arguments: config,
  });
  const { pid } = await reeve.untilStatus('boot', { state: 'started' });
  await untilAsleep(reeve);
  process.kill(pid ?? 0, 'SIGKILL');
  await reeve.untilOutput('killed by SIGKILL');
  await reeve.until(async () => {
    const status = await reeve.status('boot');
    return status.state === 'started' && status.pid !== pid;
  }, 'the service to run again');
});

test('a sleeping daemon is woken by a service that reports ready', async () => {
  await using reeve = await ReeveInstance.boot({
    files: {
      ...sleepy,
      'bin/serve': '#!/bin/sh\nuntil test -e {DIR}/go; do sleep 0.02; done\necho >&3\nexec sleep 1000\n',
      'sd/boot': 'type = internal\nwaits-for: server\n',
      'sd/server': 'type = process\ncommand = {DIR}/bin/serve\nready-notification = pipefd:3\nstart-timeout = 0\n',
      'sd/other': sleeper,
    },
    names: ['boot', 'other'],
    arguments: config,
  });
  await reeve.untilOutput('other: started');
  await untilAsleep(reeve);
  reeve.write('go', '');
  await reeve.untilOutput('boot: started');
});

test('a sleeping daemon is woken by its next deadline', async () => {
  await using reeve = await ReeveInstance.boot({
    files: {
      ...sleepy,
      'sd/boot': 'type = internal\nwaits-for: slow\nwaits-for: other\n',
      'sd/slow': 'type = scripted\ncommand = /bin/sleep 1000\nstart-timeout = 1\n',
      'sd/other': sleeper,
    },
    arguments: config,
  });
  await reeve.untilOutput('other: started');
  await untilAsleep(reeve);
  await reeve.untilOutput('slow: start failed: start took too long');
  await reeve.untilOutput('boot: started');
});

test('a sleeping daemon is woken to stop everything', async () => {
  await using reeve = await ReeveInstance.boot({
    files: { ...sleepy, 'sd/boot': `${sleeper}depends-on: base\n`, 'sd/base': sleeper },
    arguments: config,
  });
  await reeve.untilOutput('boot: started');
  await untilAsleep(reeve);
  reeve.kill('SIGTERM');
  expect(await reeve.exit()).toBe(0);
  expect(reeve.output.indexOf('boot: stopped')).toBeLessThan(reeve.output.indexOf('base: stopped'));
});
