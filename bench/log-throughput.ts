/**
 * How fast output reaches rotated files: reeve-logger side by side with s6-log, the same writer, the same input, the same rotation.
 *
 *     node bench/log-throughput.ts [MEBIBYTES] [ROUNDS]
 *
 * Prints the median of each and their ratio; above 1 reeve-logger is faster. Both write below the directory for temporary files.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DrivenLogger } from '../test/native/logger/driven-logger.ts';

const writer = resolve(import.meta.dirname, '../build/native/test/logger-driver');
const lineSize = 100;
const rotateSize = 10_000_000;
const [mebibytes = 400, rounds = 5] = process.argv.slice(2).map(Number);
const lines = Math.floor((mebibytes * 1024 * 1024) / lineSize);

const seconds = (since: bigint): number => Number(process.hrtime.bigint() - since) / 1e9;

const withReeve = async (timestamps: boolean): Promise<number> => {
  await using logger = await DrivenLogger.start();
  await logger.open(1, { type: 'file', rotate: rotateSize, timestamps });
  await logger.tell('rotating', 1);
  await logger.untilHandled();
  const since = process.hrtime.bigint();
  await logger.tell('flood', 1, lines, lineSize);
  await logger.heard('wrote 1 status 0');
  await logger.tell('finish');
  await logger.heard('exited status 0');
  return seconds(since);
};

const withS6 = async (timestamps: boolean): Promise<number> => {
  const directory = mkdtempSync(join(tmpdir(), 's6-log-'));
  try {
    // A shell joins them, so that Node does not carry the bytes.
    const command = `"$1" "$2" "$3" | s6-log -b n1000 s${rotateSize} ${timestamps ? 'T' : ''} "$4"`;
    const since = process.hrtime.bigint();
    const both = spawn('sh', ['-c', command, 'sh', writer, String(lines), String(lineSize), join(directory, 'log')], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const [code] = await once(both, 'close');
    if (code !== 0) throw new Error(`s6-log ended with ${String(code)}`);
    return seconds(since);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
};
const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

for (const timestamps of [false, true]) {
  const reeve: number[] = [];
  const s6: number[] = [];
  for (let round = 0; round < rounds; round++) {
    reeve.push(await withReeve(timestamps));
    s6.push(await withS6(timestamps));
  }
  const rate = (values: readonly number[]): string => `${Math.round(mebibytes / median(values))} MiB/s`;
  const name = timestamps ? 'with timestamps' : 'plain';
  const ratio = median(s6) / median(reeve);
  process.stdout.write(
    `log throughput, ${name}: reeve-logger ${rate(reeve)}, s6-log ${rate(s6)}, ratio ${ratio.toFixed(2)}\n`,
  );
}
