/**
 * Calls of the control interface over one connection, with 500 under way at a time: how many a second, and how much processor time of the daemon each takes.
 *
 *     node bench/api.ts [CALLS [ROUNDS]]
 */
import { type Row, tableOf } from '../scripts/bench/table.ts';
import { ReeveInstance } from '../test/support/reeve-instance.ts';
import { callFlood } from './support/call-flood.ts';
import { milliseconds } from './support/cost.ts';
import { load, machine } from './support/machine.ts';
import { cpuOf, partsOf } from './support/processes.ts';
import { best, median } from './support/statistics.ts';

const [calls = 50_000, rounds = 3] = process.argv.slice(2).map(Number);
const methods = [
  { name: 'Ping', call: { method: 'io.reeve.Control.Ping' } },
  { name: 'List of one', call: { method: 'io.reeve.Control.List', parameters: { names: ['s1'] } } },
  { name: 'Status', call: { method: 'io.reeve.Control.Status', parameters: { name: 's1' } } },
];

const names = Array.from({ length: 10 }, (_, index) => `s${index}`);
const files = Object.fromEntries(names.map((name) => [`sd/${name}`, 'type = internal\n']));
const boot = `type = internal\n${names.map((name) => `depends-on: ${name}\n`).join('')}`;
console.log(`${machine()}; ${calls} calls, ${rounds} rounds`);
await using reeve = await ReeveInstance.boot({ files: { ...files, 'sd/boot': boot } });
await reeve.untilOutput(/ boot: started$/m);
const daemon = partsOf(reeve.pid).find(({ name }) => name === 'daemon')?.pid ?? 0;
const rows: Row[] = [];
for (const { name, call } of methods) {
  const wall: number[] = [];
  const cpu: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const before = cpuOf(daemon);
    const since = process.hrtime.bigint();
    await callFlood(reeve.socket, [call], calls);
    wall.push(milliseconds(since));
    cpu.push(cpuOf(daemon) - before);
  }
  rows.push({
    method: name,
    'calls/s, median': Math.round((calls / median(wall)) * 1000),
    'calls/s, best': Math.round((calls / best(wall)) * 1000),
    'daemon, us a call': (best(cpu) / calls) * 1000,
    'calls/s of daemon time': Math.round((calls / best(cpu)) * 1000),
  });
}
console.log(`${tableOf(rows)}\nafterwards: ${load()}`);
