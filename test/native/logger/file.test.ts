import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DrivenLogger } from './driven-logger.ts';
import { numberedLines } from './numbered-lines.ts';

describe('reeve-logger, the file of a log', () => {
  it.each([100_000, 5000])(
    'reeve-logger writes exactly what the service wrote, in whole lines, over rotations at %i bytes',
    async (rotate) => {
      await using logger = await DrivenLogger.start();
      await logger.open(1, { type: 'file', rotate });
      await logger.tell('rotating', 1);
      await logger.flood(1, rotate / 5, 61);
      await logger.untilLogged(1, numberedLines(rotate / 5, 61).slice(-1000));
      expect(await logger.finish()).toBe('status 0');
      const files = logger.files(1);
      expect(files.join('')).toBe(numberedLines(rotate / 5, 61));
      expect(files.length).toBeGreaterThan(10);
      for (const file of files.slice(0, -1)) {
        expect(file.length).toBeGreaterThanOrEqual(rotate);
        expect(file.length).toBeLessThan(rotate + 61);
        expect(file.endsWith('\n')).toBe(true);
      }
      expect(logger.events(1, 'rotated').map((event) => event.amount)).toEqual(
        files.slice(0, -1).map((file) => file.length),
      );
    },
  );

  it('reeve-logger splits a line only when it is as long as a file may be', async () => {
    await using logger = await DrivenLogger.start();
    await logger.open(1, { type: 'file', rotate: 1000 });
    await logger.tell('rotating', 1);
    await logger.write(1, 'a'.repeat(2500));
    await logger.write(1, `${'a'.repeat(2500)}\nend\n`);
    await logger.untilLogged(1, 'end\n');
    expect(logger.logged(1)).toBe(`${'a'.repeat(5000)}\nend\n`);
    expect(
      logger
        .files(1)
        .slice(0, 3)
        .map((file) => file.length),
    ).toEqual([1000, 1000, 1000]);
  });

  it('reeve-logger goes on with the old file when ROTATE is answered with an error or not at all', async () => {
    await using logger = await DrivenLogger.start();
    await logger.open(1, { type: 'file', rotate: 10 });
    await logger.write(1, '0123456789\n');
    await logger.untilHappened('rotate 1');
    await logger.tell('failed', 1, 13);
    await logger.untilEvent(1, 'rotationFailed');
    expect(logger.events(1, 'rotationFailed')).toEqual([{ amount: 0, errno: 13 }]);
    await logger.write(1, 'more\n');
    await logger.untilLogged(1, 'more\n');

    await logger.open(2, { type: 'file', rotate: 10 });
    await logger.write(2, '0123456789\n');
    await logger.untilHappened('rotate 2');
    await logger.write(2, 'unanswered\n');
    await logger.untilLogged(2, 'unanswered\n');
    expect(logger.logged(2)).toBe('0123456789\nunanswered\n');
  });

  it('reeve-logger changes to the file that a start brings, at the end of a line', async () => {
    await using logger = await DrivenLogger.start();
    await logger.open(1, { type: 'file' });
    await logger.write(1, 'half');
    await logger.untilLogged(1, 'half');
    const other = join(logger.directory, 'other');
    await logger.tell('file', 1, other);
    await logger.untilHandled();
    await logger.write(1, ' a line\nnext\n');
    await logger.until(() => readFileSync(other, 'utf8') === 'next\n', 'the next line in the other file');
    expect(logger.logged(1)).toBe('half a line\n');
  });

  it('reeve-logger ends the line that the last process left unfinished in the file', async () => {
    await using logger = await DrivenLogger.start();
    await logger.open(1, { type: 'file' });
    await logger.write(1, 'cut of');
    await logger.tell('started', 1);
    await logger.untilLogged(1, 'cut of\n');
    await logger.write(1, 'new\n');
    await logger.untilLogged(1, 'new\n');
    expect(logger.logged(1)).toBe('cut of\nnew\n');
  });

  it('reeve-logger writes what is left in the pipe and in the ring before it forgets a log', async () => {
    await using logger = await DrivenLogger.start();
    await logger.open(1, { type: 'file' });
    await logger.tell('signal', 19);
    await logger.write(1, 'the last words\n');
    await logger.tell('close', 1);
    await logger.tell('signal', 18);
    await logger.untilLogged(1, 'the last words\n');
    expect(await logger.shown(1)).toBe('');
  });

  it('reeve-logger goes on with what it has when there are no descriptors for another log', async () => {
    await using logger = await DrivenLogger.start({ descriptors: 9 });
    await logger.open(1, { type: 'file' });
    await logger.open(2, { type: 'file' });
    await logger.open(3, { type: 'file' });
    await logger.untilEvent(3, 'lost');
    expect(logger.events(3, 'lost')).toEqual([{ amount: 0, errno: constants.errno.EMFILE }]);
    await logger.write(1, 'still here\n');
    await logger.untilLogged(1, 'still here\n');
    expect(await logger.finish()).toBe('status 0');
  });
});
