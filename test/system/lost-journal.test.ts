/** The daemon dies, and its journal is gone: the next one goes by what the launcher knows, which is exact about processes, plans and environment. */
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { ReeveInstance } from '../support/reeve-instance.ts';

const sleeper = (seconds: number, rest = ''): string => `type = process\ncommand = /bin/sleep ${seconds}\n${rest}`;
const commandOf = (pid: number | undefined): string =>
  fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();

function daemonOf(launcher: number): number {
  const children = fs.readFileSync(`/proc/${launcher}/task/${launcher}/children`, 'utf8').trim().split(' ').map(Number);
  const found = children.find((pid) => fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith('reeve-daemon'));
  if (found === undefined) throw new Error('there is no daemon');
  return found;
}

/** Of the memfd that the launcher keeps for daemons. */
function emptyJournal(launcher: number): void {
  const directory = `/proc/${launcher}/fd`;
  const journal = fs
    .readdirSync(directory)
    .find((fd) => fs.readlinkSync(`${directory}/${fd}`).startsWith('/memfd:journal'));
  if (journal === undefined) throw new Error('there is no journal');
  fs.truncateSync(`${directory}/${journal}`, 0);
}

test('without a journal each service goes on by the description that it ran by, and what was unloaded stays away', async () => {
  await using reeve = await ReeveInstance.boot({
    files: {
      'sd/boot': 'type = internal\nwaits-for: web\nwaits-for: base\n',
      'sd/web': sleeper(1000, 'depends-on: base\n'),
      'sd/base': sleeper(1000),
      'sd/extra': sleeper(1000),
    },
    names: ['boot', 'extra'],
  });
  await reeve.untilOutput('boot: started');
  expect((await reeve.ctl('setenv', 'COLOUR=blue')).code).toBe(0);
  expect((await reeve.ctl('stop', 'extra')).code).toBe(0);
  expect((await reeve.ctl('unload', 'extra')).code).toBe(0);
  // The new plan has both, but only web is to run by it.
  reeve.write('sd/web', sleeper(2000, 'depends-on: base\n'));
  reeve.write('sd/base', sleeper(2000));
  expect((await reeve.ctl('reload', 'web')).code).toBe(0);
  const pids = await Promise.all(['web', 'base'].map(async (name) => (await reeve.status(name)).pid));

  const daemon = daemonOf(reeve.pid);
  process.kill(daemon, 'SIGSTOP');
  emptyJournal(reeve.pid);
  process.kill(daemon, 'SIGKILL');
  await reeve.untilOutput('this daemon replaces one that ended: killed by signal 9');
  expect(await Promise.all(['web', 'base'].map(async (name) => (await reeve.status(name)).pid))).toEqual(pids);
  const { out: names } = await reeve.ctl('list', '--names');
  expect(names.trim().split('\n').toSorted()).toEqual(['base', 'boot', 'web']);
  const { out: variables } = await reeve.ctl('getallenv');
  expect(variables).toContain('COLOUR=blue\n');
  expect(variables).toContain(`PATH=${process.env['PATH']}\n`);

  expect((await reeve.ctl('restart', '--force', 'base')).code).toBe(0);
  expect((await reeve.ctl('start', 'web')).code).toBe(0);
  expect(commandOf((await reeve.status('base')).pid)).toBe('/bin/sleep 1000');
  expect(commandOf((await reeve.status('web')).pid)).toBe('/bin/sleep 2000');
});
