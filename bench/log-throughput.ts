import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tableOf, type Row } from '../scripts/bench/table.ts';
import { DrivenLogger, floodProgram } from '../test/native/logger/driven-logger.ts';

const lineSize = 100;
const rotateSize = 10_000_000;
const mebibytes = 300;
const rounds = 5;
const lines = Math.floor((mebibytes * 1024 * 1024) / lineSize);

const seconds = (since: bigint): number => Number(process.hrtime.bigint() - since) / 1e9;

const withReeve = async (timestamps: boolean): Promise<number> => {
  await using logger = await DrivenLogger.start();
  await logger.open(1, { type: 'file', rotate: rotateSize, timestamps });
  await logger.tell('rotating', 1);
  await logger.untilHandled();
  const since = process.hrtime.bigint();
  await logger.flood(1, lines, lineSize);
  await logger.heard('wrote 1 status 0');
  const ended = logger.heard('exited status 0');
  await logger.tell('finish');
  await ended;
  return seconds(since);
};

const withS6 = async (timestamps: boolean): Promise<number> => {
  const directory = mkdtempSync(join(tmpdir(), 's6-log-'));
  try {
    // A shell joins them, so that Node does not carry the bytes.
    const command = `"$1" "$2" "$3" | s6-log -b n1000 s${rotateSize} ${timestamps ? 'T' : ''} "$4"`;
    const since = process.hrtime.bigint();
    const both = spawn(
      'sh',
      ['-c', command, 'sh', floodProgram, String(lines), String(lineSize), join(directory, 'log')],
      {
        stdio: ['ignore', 'inherit', 'inherit'],
      },
    );
    const [code] = await once(both, 'close');
    if (code !== 0) throw new Error(`s6-log ended with ${String(code)}`);
    return seconds(since);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
};
const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

const compare = async (timestamps: boolean): Promise<Row> => {
  const reeve: number[] = [];
  const s6: number[] = [];
  for (let round = 0; round < rounds; round++) {
    reeve.push(await withReeve(timestamps));
    s6.push(await withS6(timestamps));
  }
  const rate = (values: readonly number[]): number => Math.round(mebibytes / median(values));
  return {
    lines: timestamps ? 'with timestamps' : 'as they come',
    'reeve-logger, MiB/s': rate(reeve),
    's6-log, MiB/s': rate(s6),
    ratio: (median(s6) / median(reeve)).toFixed(2),
  };
};

const rows = [await compare(false), await compare(true)];
process.stdout.write(
  `How fast the output of one service gets into rotated files: ${mebibytes} MiB of lines of ${lineSize} bytes from the same writer,\n` +
    `a new file every ${rotateSize / 1e6} MB; the median of ${rounds} rounds. A ratio above 1: reeve-logger is faster.\n\n${tableOf(rows)}\n`,
);
