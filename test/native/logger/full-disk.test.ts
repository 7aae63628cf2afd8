import { readFileSync, rmSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DrivenLogger } from './driven-logger.ts';
import { numberedLines } from './numbered-lines.ts';

const fileTooLarge = 27;
const noSpace = 28;

describe('reeve-logger, a full disk', () => {
  it('reeve-logger counts exactly what could not be kept, and says each change once', async () => {
    await using logger = await DrivenLogger.start({ largestFile: 10_000 });
    await logger.open(1, { type: 'file', buffer: 5000 });
    await logger.flood(1, 1000, 100);
    await logger.untilHappened('wrote 1 status 0');
    await logger.until(async () => (await logger.shown(1)).endsWith('.\n'), 'the end of the flood');
    expect(logger.logged(1)).toBe(numberedLines(1000, 100).slice(0, 10_000));
    expect(await logger.shown(1)).toBe(numberedLines(1000, 100).slice(-5000));
    expect(logger.events(1, 'diskFull')).toEqual([{ amount: 0, errno: fileTooLarge }]);
    using reader = await logger.connect();
    expect((await reader.read(1)).lost).toBe(100_000 - 10_000 - 5000);
    expect(await logger.finish()).toBe('status 0');
    const lost = logger.events(1, 'lost').reduce((sum, event) => sum + event.amount, 0);
    expect(lost).toBe(100_000 - 10_000);
    expect(logger.events(1, 'lost')).toHaveLength(1);
    expect(logger.events(1, 'diskBack')).toEqual([]);
  });

  it('reeve-logger keeps what it cannot write and writes it when there is space again, without new output', async (test) => {
    if (process.geteuid?.() !== 0) return test.skip('only root can mount a small file system');
    await using logger = await DrivenLogger.start({
      wrapper: {
        command: (directory, driver) => [
          'unshare',
          '-m',
          'sh',
          '-c',
          'mount -t tmpfs -o size=64k,mode=755 none "$1" && exec "$2"',
          'sh',
          directory,
          driver,
        ],
      },
    });
    // The small file system is seen only by the driver and what it started.
    const inside = (name: string) => `/proc/${logger.driverPid}/root${logger.directory}/${name}`;
    const size = () => statSync(inside('1.log')).size;
    await logger.open(2, { type: 'file' });
    await logger.write(2, 'x'.repeat(40_000));
    await logger.until(() => statSync(inside('2.log')).size === 40_000, 'the file that fills the disk');
    await logger.open(1, { type: 'file', buffer: 60_000 });
    await logger.write(1, numberedLines(500, 100));
    await logger.untilEvent(1, 'diskFull');
    expect(logger.events(1, 'diskFull')).toEqual([{ amount: 0, errno: noSpace }]);
    expect(size()).toBeLessThan(50_000);
    await logger.write(1, 'while it is full\n');
    rmSync(inside('2.log'));
    await logger.tell('close', 2);
    await logger.untilEvent(1, 'diskBack');
    expect(readFileSync(inside('1.log'), 'latin1')).toBe(`${numberedLines(500, 100)}while it is full\n`);
    expect(logger.events(1, 'lost')).toEqual([]);
    expect(logger.events(1, 'diskFull')).toHaveLength(1);
    expect(await logger.finish()).toBe('status 0');
  });

  it('reeve-logger goes on after a rotation that brings a file with space, and counts what was lost before', async () => {
    await using logger = await DrivenLogger.start({ largestFile: 10_000 });
    await logger.open(1, { type: 'file', buffer: 1000 });
    await logger.write(1, numberedLines(200, 100));
    await logger.untilEvent(1, 'diskFull');
    await logger.untilShown(1, numberedLines(200, 100).slice(-1000));
    const kept = logger.logged(1);
    await logger.tell('file', 1, logger.path(2));
    await logger.untilEvent(1, 'lost');
    await logger.write(1, 'after\n');
    await logger.untilLogged(2, 'after\n');
    expect(logger.events(1, 'diskBack')).toHaveLength(1);
    const lost = logger.events(1, 'lost').reduce((sum, event) => sum + event.amount, 0);
    expect(kept.length + lost + logger.logged(2).length).toBe(200 * 100 + 'after\n'.length);
    expect(logger.logged(2)).toBe(`${numberedLines(200, 100).slice(-1000)}after\n`);
  });

  it('reeve-logger ends in bounded time on FINISH though the disk is full', async () => {
    await using logger = await DrivenLogger.start({ largestFile: 1000 });
    await logger.open(1, { type: 'file', buffer: 5000 });
    await logger.write(1, numberedLines(30, 100));
    await logger.untilEvent(1, 'diskFull');
    expect(await logger.finish()).toBe('status 0');
    expect(logger.events(1, 'lost')).toEqual([{ amount: 2000, errno: 0 }]);
  });
});
