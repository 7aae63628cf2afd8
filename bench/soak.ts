/**
 * Whether the daemon grows: memory and descriptors before and after many starts and stops, and after many calls. `rounds` are equal parts of the same work: a
 * leak shows as the same growth in each.
 *
 *     node bench/soak.ts [CYCLES [CALLS [ROUNDS]]]
 */
import { type Row, tableOf } from '../scripts/bench/table.ts';
import { ReeveInstance } from '../test/support/reeve-instance.ts';
import { callFlood } from './support/call-flood.ts';
import { load, machine } from './support/machine.ts';
import { descriptorsOf, memoryOf, partsOf } from './support/processes.ts';

const [cycles = 100_000, calls = 1_000_000, rounds = 5] = process.argv.slice(2).map(Number);
const control = (method: string, parameters: object) => ({ method: `io.reeve.Control.${method}`, parameters });
const cycle = [control('Start', { name: 'cycled', wait: true }), control('Stop', { name: 'cycled', wait: true })];
const list = [control('List', { names: ['cycled'] })];

console.log(`${machine()}; ${cycles} cycles, ${calls} calls`);
await using reeve = await ReeveInstance.boot({
  files: {
    'sd/boot': 'type = internal\ndepends-on: other\n',
    'sd/other': 'type = internal\n',
    'sd/cycled': 'type = internal\n',
  },
  names: ['boot', 'cycled'],
});
await reeve.untilOutput(/ cycled: started$/m);
const rows: Row[] = [];
const look = (after: string): void => {
  const parts = partsOf(reeve.pid);
  const memory = (name: string): number => {
    const pid = parts.find((part) => part.name === name)?.pid;
    return pid === undefined ? 0 : (memoryOf(pid).get('Pss_Anon') ?? 0);
  };
  rows.push({
    after,
    'daemon kB': memory('daemon'),
    'launcher kB': memory('launcher'),
    'logger kB': memory('logger'),
    descriptors: parts.reduce((sum, { pid }) => sum + descriptorsOf(pid), 0),
  });
};
look('the boot');
for (let round = 1; round <= rounds; round += 1) {
  await callFlood(reeve.socket, cycle, (2 * cycles) / rounds);
  look(`${(round * cycles) / rounds} cycles`);
}
for (let round = 1; round <= rounds; round += 1) {
  await callFlood(reeve.socket, list, calls / rounds);
  look(`${(round * calls) / rounds} calls more`);
}
console.log(`${tableOf(rows)}\nafterwards: ${load()}`);
