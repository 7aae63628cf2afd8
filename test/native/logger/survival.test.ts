import { describe, expect, it } from 'vitest';
import { DrivenLogger } from './driven-logger.ts';
import { numberedLines } from './numbered-lines.ts';

const sigkill = 9;
const sigstop = 19;

describe('reeve-logger, its end and the next one', () => {
  it('reeve-logger killed while services write costs none a SIGPIPE and no byte that was in a pipe', async () => {
    await using logger = await DrivenLogger.start();
    await logger.open(1, { type: 'file' });
    await logger.write(1, 'before\n');
    await logger.untilLogged(1, 'before\n');
    await logger.tell('signal', sigstop);
    await logger.flood(1, 5000, 100);
    await logger.until(async () => (await logger.tell('waiting', 1)) > 65_000, 'a full pipe');
    await logger.tell('signal', sigkill);
    expect(await logger.exit()).toBe(`signal ${sigkill}`);
    await logger.restart();
    await logger.open(1, { type: 'file' });
    await logger.untilHappened('wrote 1 status 0');
    expect(await logger.finish()).toBe('status 0');
    expect(logger.logged(1)).toBe(`before\n${numberedLines(5000, 100)}`);
  });

  it('reeve-logger killed in the middle of a flood loses at most what it had just read', async () => {
    await using logger = await DrivenLogger.start();
    await logger.open(1, { type: 'file' });
    await logger.flood(1, 400_000, 100);
    await logger.until(() => logger.logged(1).length > 1_000_000, 'a good part of the flood');
    await logger.tell('signal', sigkill);
    expect(await logger.exit()).toBe(`signal ${sigkill}`);
    const written = logger.logged(1).length;
    await logger.restart();
    await logger.open(1, { type: 'file' });
    await logger.untilHappened('wrote 1 status 0');
    expect(await logger.finish()).toBe('status 0');
    const text = logger.logged(1);
    const whole = numberedLines(400_000, 100);
    expect(text.slice(0, written) === whole.slice(0, written)).toBe(true);
    expect(whole.endsWith(text.slice(written))).toBe(true);
    expect(whole.length - text.length).toBeLessThanOrEqual(65_536);
  });

  it('reeve-logger reads and writes all that is left when the launcher is gone', async () => {
    await using logger = await DrivenLogger.start();
    await logger.open(1, { type: 'file' });
    await logger.tell('signal', sigstop);
    await logger.write(1, numberedLines(500, 100));
    await logger.tell('hangup');
    await logger.tell('signal', 18);
    expect(await logger.exit()).toBe('status 0');
    expect(logger.logged(1)).toBe(numberedLines(500, 100));
  });

  it.each([
    ['an unknown type', '02ff0000000003'],
    ['a wrong first byte', '00'],
    ['a wrong last byte', '02860000000004'],
    ['a length that is too large', '028400000100'],
    ['a part of a frame', '028400'],
    ['an OPEN whose fields do not add up', `02811b00000001000000${'00'.repeat(23)}03`],
    ['a log that cannot be', `02811b000000ffff0100000000000002${'00'.repeat(17)}03`],
  ])('reeve-logger ends with one line on standard error at %s', async (_, hex) => {
    await using logger = await DrivenLogger.start();
    await logger.tell('raw', hex);
    expect(await logger.exit()).toBe('status 1');
    await logger.until(() => logger.errors !== '', 'a line on standard error');
    expect(logger.errors).toMatch(/^reeve-logger: [^\n]+ from the launcher[^\n]*\n$/);
  });

  it('reeve-logger hears each of 9,000 services while one floods without end, and can still end', async () => {
    await using logger = await DrivenLogger.start();
    await logger.open(0, { type: 'buffer' });
    await logger.flood(0, 4_000_000_000, 100);
    const slots = Array.from({ length: 9000 }, (_, index) => index + 1);
    await Promise.all(slots.map((slot) => logger.open(slot, { type: 'buffer', buffer: 64 })));
    await Promise.all(slots.map((slot) => logger.write(slot, `${slot} is heard\n`)));
    for (const slot of [1, 4500, 9000]) await logger.untilShown(slot, `${slot} is heard\n`);
    expect(await logger.finish()).toBe('status 0');
    expect(logger.happened).toEqual(['exited status 0']);
  });

  it('reeve-logger stops looking at a pipe whose writers are gone until a process starts again', async () => {
    await using logger = await DrivenLogger.start();
    await logger.open(1, { type: 'buffer' });
    await logger.write(1, 'last\n');
    await logger.tell('unwritten', 1);
    await logger.untilShown(1, 'last\n');
    await logger.tell('started', 1);
    await logger.untilShown(1, 'restarted)\n');
    expect(await logger.finish()).toBe('status 0');
  });
});
