/**
 * Memory of reeve's own processes: the proportional set size of each, awake and asleep, and what a thousand services more add to the daemon. And how
 * often their threads are switched to in a minute in which nothing happens.
 *
 *     node bench/memory.ts [SECONDS]
 */
import { type Row, tableOf } from '../scripts/bench/table.ts';
import { ReeveInstance } from '../test/support/reeve-instance.ts';
import { load, machine } from './support/machine.ts';
import { memoryOf, partsOf, switchesOf } from './support/processes.ts';

const [seconds = 60] = process.argv.slice(2).map(Number);
const sleeper = 'type = process\ncommand = /bin/sleep 100000\n';

const boot = async (services: number, idleExit: number): Promise<ReeveInstance> => {
  const names = Array.from({ length: services }, (_, index) => `s${index}`);
  const files = Object.fromEntries(
    names.map((name, index) => [`sd/${name}`, index < 10 ? sleeper : 'type = internal\n']),
  );
  const all = `type = internal\n${names.map((name) => `depends-on: ${name}\n`).join('')}`;
  const ini = `[limits]\nidle-exit = ${idleExit}\n`;
  const config = ['--config', '{DIR}/reeve.ini'];
  const reeve = await ReeveInstance.boot({ files: { ...files, 'sd/boot': all, 'reeve.ini': ini }, arguments: config });
  await reeve.untilOutput(/ boot: started$/m);
  return reeve;
};

const isAsleep = (reeve: ReeveInstance): boolean => partsOf(reeve.pid).every(({ name }) => name !== 'daemon');

const switches = (reeve: ReeveInstance): number =>
  partsOf(reeve.pid).reduce((sum, { pid }) => sum + switchesOf(pid), 0);

/** The first seconds after the boot are not idle: its garbage is collected, its threads find that there is nothing to do. */
const settling = 15;
const pause = (length: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, length * 1000));

const measure = async (services: number, state: 'awake' | 'asleep'): Promise<Row> => {
  await using reeve = await boot(services, state === 'asleep' ? 1 : 0);
  await pause(settling);
  if (isAsleep(reeve) !== (state === 'asleep')) throw new Error(`the daemon is not ${state}`);
  const before = switches(reeve);
  await pause(seconds);
  const woken = switches(reeve) - before;
  const parts = partsOf(reeve.pid).map(({ name, pid }) => ({ name, memory: memoryOf(pid) }));
  const sizeOf = (name: string, key: string): number => parts.find((part) => part.name === name)?.memory.get(key) ?? 0;
  return {
    services,
    state,
    'launcher PSS kB': sizeOf('launcher', 'Pss'),
    'logger PSS kB': sizeOf('logger', 'Pss'),
    'daemon PSS kB': sizeOf('daemon', 'Pss'),
    'all PSS kB': parts.reduce((sum, { memory }) => sum + (memory.get('Pss') ?? 0), 0),
    'daemon anonymous kB': sizeOf('daemon', 'Pss_Anon'),
    [`switches in ${seconds} s`]: woken,
  };
};

console.log(machine());
const rows = [await measure(10, 'asleep'), await measure(10, 'awake'), await measure(1010, 'awake')];
const anonymous = rows.map((row) => Number(row['daemon anonymous kB']));
console.log(tableOf(rows));
console.log(
  `a service of 1,000 more: ${((anonymous[2] ?? 0) - (anonymous[1] ?? 0)) / 1000} kB of the daemon's own memory, all kinds`,
);
console.log(`afterwards: ${load()}`);
