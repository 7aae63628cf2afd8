import { describe, expect, it } from 'vitest';
import { DrivenLogger } from './driven-logger.ts';
import { numberedLines } from './numbered-lines.ts';

const stamp = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z) /gm;

describe('reeve-logger, timestamps', () => {
  it('reeve-logger puts the UTC time of its first byte before each line, in the file and in the buffer', async () => {
    await using logger = await DrivenLogger.start();
    const before = Date.now();
    await logger.open(1, { type: 'file', timestamps: true });
    await logger.write(1, 'one\ntwo in ');
    await logger.untilLogged(1, 'two in ');
    await logger.write(1, 'two pieces\n\nfour\n');
    await logger.untilLogged(1, 'four\n');
    const text = logger.logged(1);
    expect(await logger.shown(1)).toBe(text);
    expect(text.replace(stamp, '')).toBe('one\ntwo in two pieces\n\nfour\n');
    const times = [...text.matchAll(stamp)].map(([, time]) => Date.parse(time ?? ''));
    expect(times).toHaveLength(4);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times[0]).toBeGreaterThanOrEqual(before - 1);
    expect(times[3]).toBeLessThanOrEqual(Date.now());
  });

  it('reeve-logger stamps every line of a flood once, over rotations', async () => {
    await using logger = await DrivenLogger.start();
    await logger.open(1, { type: 'file', timestamps: true, rotate: 200_000 });
    await logger.tell('rotating', 1);
    await logger.flood(1, 20_000, 30);
    await logger.untilHappened('wrote 1 status 0');
    expect(await logger.finish()).toBe('status 0');
    expect(logger.files(1).length).toBeGreaterThan(3);
    expect(logger.logged(1).replace(stamp, '')).toBe(numberedLines(20_000, 30));
  });
});
