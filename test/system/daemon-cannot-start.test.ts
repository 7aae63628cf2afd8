/**
 * No daemon can be started for a while: there are no processes to be had, or no memory. Services go on, what happens to them meanwhile is told to the daemon that
 * comes at last, and reevectl says what the launcher knows.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { noPidsCgroup, PidsCgroup } from '../support/pids-cgroup.ts';
import { ReeveInstance } from '../support/reeve-instance.ts';

const mortals = Array.from({ length: 20 }, (_, index) => `mortal${index}`);
const files = {
  'reeve.ini': '[limits]\nrestart-delay = 0.02\nrestart-delay-max = 0.2\n',
  'bin/count':
    '#!/bin/sh\ni=0\nuntil test -e {DIR}/quiet; do echo $i; i=$((i+1)); sleep 0.01; done\necho end $i\nexec sleep 1000\n',
  'sd/boot': `type = internal\nwaits-for: web\nwaits-for: counter\n${mortals.map((name) => `waits-for: ${name}\n`).join('')}`,
  'sd/web': 'type = process\ncommand = /bin/sleep 1000\n',
  'sd/counter': 'type = process\ncommand = {DIR}/bin/count\nlogfile = {DIR}/counter.log\n',
  ...Object.fromEntries(
    mortals.map((name) => [`sd/${name}`, 'type = process\ncommand = /bin/sleep 1000\nrestart = no\n']),
  ),
};

function childOf(launcher: number, part: string): number {
  const children = readFileSync(`/proc/${launcher}/task/${launcher}/children`, 'utf8').trim().split(' ').map(Number);
  const found = children.find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(part));
  if (found === undefined) throw new Error(`no child ${part}`);
  return found;
}

const isAlive = (pid: number | undefined): boolean => pid !== undefined && process.kill(pid, 0);

/** Boots, takes away with `starve` what a daemon needs, kills the daemon, and after a while gives it back. */
async function withoutDaemon(
  starve: (launcher: number) => () => void,
  meanwhile: (reeve: ReeveInstance) => Promise<void>,
): Promise<void> {
  await using reeve = await ReeveInstance.boot({ files, arguments: ['--config', '{DIR}/reeve.ini'] });
  await reeve.untilOutput('boot: started');
  const pid = async (name: string) => (await reeve.status(name)).pid;
  const [web, counter] = [await pid('web'), await pid('counter')];
  const victims = await Promise.all(mortals.map(pid));

  const giveBack = starve(reeve.pid);
  process.kill(childOf(reeve.pid, 'daemon'), 'SIGKILL');
  process.kill(childOf(reeve.pid, 'reeve-logger'), 'SIGKILL');
  await reeve.untilOutput(
    'reeve-daemon failed five times within a minute: it is tried slowly from now on; services go on',
  );
  for (const victim of victims) process.kill(victim ?? 0, 'SIGKILL');
  const listed = await reeve.ctl('list');
  expect(listed.code).toBe(4);
  expect(listed.out).toBe('');
  expect(listed.err).toContain('reevectl: the daemon does not answer\n');
  expect(listed.err).toContain(`its launcher (process ${reeve.pid}) says:\n`);
  expect(listed.err).toMatch(/daemon: not running, next try .*; failed \d+ times within a minute; last end: /);
  expect(listed.err).toContain(`  web: process ${web}\n`);
  expect((await reeve.ctl('launcher')).out).toContain(`  counter: process ${counter}\n`);
  await meanwhile(reeve);
  expect([isAlive(web), isAlive(counter)]).toEqual([true, true]);

  giveBack();
  await reeve.until(async () => (await reeve.ctl('is-started', 'web')).code === 0, 'a daemon');
  expect([await pid('web'), await pid('counter')]).toEqual([web, counter]);
  for (const name of mortals) {
    expect(await reeve.status(name), name).toMatchObject({ state: 'stopped', exit: { kind: 'killed', status: 9 } });
  }
  reeve.write('quiet', '');
  await reeve.until(() => reeve.read('counter.log').includes('end'), 'the last line of the counter');
  const lines = reeve.read('counter.log').trimEnd().split('\n');
  const count = lines.length - 1;
  expect(lines).toEqual([...Array.from({ length: count }, (_, index) => String(index)), `end ${count}`]);
}

describe.skipIf(noPidsCgroup !== undefined)(
  `without processes${noPidsCgroup === undefined ? '' : ` (${noPidsCgroup})`}`,
  () => {
    test('services outlive a time in which no daemon can be forked, and every end is told later', async () => {
      await using cgroup = new PidsCgroup();
      await withoutDaemon(
        (launcher) => {
          cgroup.take(launcher);
          cgroup.limit(1);
          return () => cgroup.limit('max');
        },
        async (reeve) => {
          expect(reeve.output).toContain('reeve-daemon cannot be started: Resource temporarily unavailable');
          expect(reeve.output).toContain('reeve-logger cannot be started: Resource temporarily unavailable');
          // That there was nothing to start it with is not the fault of the program.
          expect(reeve.output).not.toContain('does not work');
        },
      );
    });
  },
);

test('services outlive a time in which the daemon has too little memory', async () => {
  const limit = (launcher: number, bytes: string) =>
    execFileSync('prlimit', ['--pid', String(launcher), `--as=${bytes}:`]);
  await withoutDaemon(
    (launcher) => {
      limit(launcher, '200000000');
      return () => limit(launcher, 'unlimited');
    },
    async (reeve) => reeve.untilOutput('reeve-daemon does not work: going back to its former program'),
  );
});
