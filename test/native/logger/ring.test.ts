import { describe, expect, it } from 'vitest';
import { DrivenLogger } from './driven-logger.ts';

describe('reeve-logger, the buffer of a log', () => {
  it('reeve-logger keeps the newest bytes of a service and says from which position on', async () => {
    await using logger = await DrivenLogger.start();
    await logger.open(1, { type: 'buffer', buffer: 100 });
    const text = Array.from({ length: 60 }, (_, index) => `line ${index}\n`).join('');
    await logger.write(1, text);
    await logger.untilShown(1, 'line 59\n');
    using reader = await logger.connect();
    const request = reader.ask(1);
    expect(await reader.untilEnd(request)).toEqual({ errno: 0, lost: 0 });
    expect(reader.text(request)).toBe(text.slice(-100));
    expect(reader.received(request).pieces[0]?.position).toBe(text.length - 100);
  });

  it('reeve-logger shows as many last bytes as are asked for, all if there are fewer', async () => {
    await using logger = await DrivenLogger.start();
    await logger.open(1, { type: 'buffer' });
    await logger.write(1, 'one\ntwo\n');
    await logger.untilShown(1, 'two\n');
    using reader = await logger.connect();
    expect((await reader.read(1, 4)).text).toBe('two\n');
    expect((await reader.read(1, 4096)).text).toBe('one\ntwo\n');
  });

  it('reeve-logger empties a buffer on CLEAR and goes on counting positions', async () => {
    await using logger = await DrivenLogger.start();
    await logger.open(1, { type: 'buffer' });
    await logger.write(1, 'old\n');
    await logger.untilShown(1, 'old\n');
    await logger.tell('clear', 1);
    await logger.write(1, 'new\n');
    await logger.untilShown(1, 'new\n');
    using reader = await logger.connect();
    const request = reader.ask(1);
    await reader.untilEnd(request);
    expect(reader.received(request).pieces).toEqual([{ position: 4, bytes: Buffer.from('new\n') }]);
  });

  it('reeve-logger ends an unfinished line and notes the restart when a new process starts writing', async () => {
    await using logger = await DrivenLogger.start();
    await logger.open(1, { type: 'buffer' });
    await logger.tell('started', 1);
    await logger.untilHandled();
    await logger.write(1, 'half a li');
    await logger.tell('started', 1);
    await logger.untilShown(1, 'restarted)\n');
    await logger.write(1, 'again\n');
    await logger.untilShown(1, 'again\n');
    expect(await logger.shown(1)).toBe('half a li\n(reeve: note: service restarted)\nagain\n');
  });

  it('reeve-logger keeps the newest bytes of a buffer that is opened again with another size', async () => {
    await using logger = await DrivenLogger.start();
    await logger.open(1, { type: 'buffer', buffer: 50 });
    await logger.write(1, `${'x'.repeat(60)}tail\n`);
    await logger.untilShown(1, 'tail\n');
    await logger.open(1, { type: 'buffer', buffer: 10 });
    await logger.untilShown(1, 'xxxxxtail\n');
    expect(await logger.shown(1)).toBe('xxxxxtail\n');
  });

  it('reeve-logger runs a log without a buffer when there is no memory for it, and says so', async () => {
    await using logger = await DrivenLogger.start({
      build: 'fault',
      environment: () => ({ REEVE_FAULT: 'mmap:1:12' }),
    });
    await logger.open(1, { type: 'file' });
    await logger.untilEvent(1, 'lost');
    expect(logger.events(1, 'lost')).toEqual([{ amount: 0, errno: 12 }]);
    await logger.write(1, 'to the file\n');
    await logger.untilLogged(1, 'to the file\n');
    expect(await logger.shown(1)).toBe('');
  });

  it('reeve-logger forgets a log on CLOSE', async () => {
    await using logger = await DrivenLogger.start();
    await logger.open(1, { type: 'buffer' });
    await logger.write(1, 'text\n');
    await logger.untilShown(1, 'text\n');
    await logger.tell('close', 1);
    await logger.untilHandled();
    using reader = await logger.connect();
    expect((await reader.read(1)).errno).toBe(2);
  });
});
