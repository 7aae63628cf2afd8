import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { describe, expect, it } from 'vitest';
import { DrivenLogger } from './driven-logger.ts';

const openat = 257;
const execve = 59;
const socket = 41;
const { SIGSYS } = constants.signals;

const status = (pid: number): string => readFileSync(`/proc/${pid}/status`, 'utf8');

describe('reeve-logger, its confinement', () => {
  it('reeve-logger has no new privileges and a system call filter before it hears the first message', async () => {
    await using logger = await DrivenLogger.start();
    await logger.untilHandled();
    expect(status(logger.pid)).toMatch(/^NoNewPrivs:\t1$/m);
    expect(status(logger.pid)).toMatch(/^Seccomp:\t2$/m);
  });

  it.each([
    ['open a file', openat],
    ['execute a program', execve],
    ['make a socket', socket],
    ['make a call of the x32 kind', 0x40000000],
  ])('reeve-logger is killed when it tries to %s', async (_, call) => {
    if (process.arch !== 'x64') return;
    await using logger = await DrivenLogger.start();
    await logger.untilHandled();
    const trespassed = logger.tell('trespass', call);
    // The logger sleeps until something comes; then its next call is another than it meant.
    await logger.connect().catch(() => undefined);
    await trespassed;
    expect(await logger.exit()).toBe(`signal ${SIGSYS}`);
  });

  it('reeve-logger sleeps without a deadline while nothing is pending', async (test) => {
    if (process.geteuid?.() !== 0) return test.skip('only root can see what a process waits for');
    await using logger = await DrivenLogger.start({ largestFile: 100 });
    // Number of the call, and its fourth argument: milliseconds, of which the lower half counts.
    const timeout = (): number | undefined => {
      const argument = readFileSync(`/proc/${logger.pid}/syscall`, 'utf8').split(' ')[4];
      return argument === undefined ? undefined : Number(BigInt.asIntN(32, BigInt(argument)));
    };
    await logger.open(1, { type: 'file' });
    await logger.write(1, 'x'.repeat(200));
    await logger.untilEvent(1, 'diskFull');
    await logger.until(() => (timeout() ?? -1) >= 0, 'a deadline');
    await logger.tell('close', 1);
    await logger.until(() => timeout() === -1, 'sleep without a deadline');
    expect(logger.events(1, 'lost')).toEqual([{ amount: 100, errno: 0 }]);
  });

  it('reeve-logger ends with a sentence when it is not started by the launcher', async () => {
    await using logger = await DrivenLogger.start({ daemonUid: -1 });
    expect(await logger.exit()).toBe('status 1');
    await logger.until(() => logger.errors !== '', 'a sentence');
    expect(logger.errors).toMatch(/^reeve-logger: must be started by reeve-launcher[^\n]*\n$/);
  });
});
