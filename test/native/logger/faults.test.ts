import { existsSync, readdirSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DrivenLogger } from './driven-logger.ts';

const { EAGAIN, EINTR, EIO, EMFILE, ENOMEM, ENOSPC, EPERM, EPIPE } = constants.errno;

/** Every call the logger makes, with the failures that the kernel can give for it. */
const faults: readonly (readonly [string, readonly number[]])[] = [
  ['accept4', [EMFILE, EINTR]],
  ['clock_gettime', [EPERM]],
  ['close', [EIO]],
  ['epoll_create1', [EMFILE]],
  ['epoll_ctl', [ENOMEM]],
  ['epoll_wait', [EINTR]],
  ['fcntl', [EPERM]],
  ['getrlimit', [EPERM]],
  ['getsockopt', [ENOMEM]],
  ['lseek', [EPIPE]],
  ['mmap', [ENOMEM]],
  ['munmap', [ENOMEM]],
  ['prctl', [EPERM]],
  ['read', [EINTR, EIO]],
  ['recvmsg', [ENOMEM, EAGAIN]],
  ['send', [EAGAIN, EINTR, EPIPE]],
  ['setrlimit', [EPERM]],
  ['sigaction', [ENOMEM]],
  ['syscall', [EPERM]],
  ['write', [EINTR, EAGAIN, ENOSPC, EIO]],
];

const text = 'first line\nsecond line\nthird line\n';

/** Descriptors of the logger when it has no log and no reader: 0-4 and epoll. */
const idleDescriptors = 6;

/** A short life with everything in it: rotation, a follower, a new process, CLEAR, CLOSE, FINISH. Gives what is wrong with it, if the fault happened. */
const live = async (fault: string): Promise<readonly string[] | undefined> => {
  const faultLog = (directory: string): string => join(directory, 'fault');
  await using logger = await DrivenLogger.start({
    build: 'fault',
    environment: (directory) => ({
      REEVE_FAULT: fault,
      REEVE_FAULT_LOG: faultLog(directory),
      ASAN_OPTIONS: 'exitcode=99',
    }),
  });
  await logger.tell('rotating', 1);
  await logger.open(1, { type: 'file', rotate: 20 });
  await logger.open(2, { type: 'buffer', buffer: 4096 });
  await logger.write(1, text);
  await logger.write(2, text);
  const follower = await logger.connect();
  const request = follower.ask(2, { follow: true });
  const hasEnded = () => logger.happened.some((line) => line.startsWith('exited'));
  const isServed = () => follower.text(request).endsWith(text) || follower.received(request).end !== undefined;
  const isTold = () => logger.events(2, 'lost').length > 0;
  await logger.until(() => isServed() || isTold() || follower.isClosed || hasEnded(), 'what is followed');
  await logger.tell('started', 2);
  await logger.tell('clear', 2);
  await logger.tell('close', 1);
  await logger.tell('close', 2);
  follower[Symbol.dispose]();
  const isLeaking = () => !hasEnded() && readdirSync(`/proc/${logger.pid}/fd`).length > idleDescriptors;
  const problems: string[] = [];
  if (!fault.startsWith('close:')) await logger.until(() => !isLeaking(), 'the descriptors of closed logs');
  if (!hasEnded()) await logger.tell('finish');
  const how = await logger.exit();
  await logger.until(() => how === 'status 0' || logger.errors !== '', 'a line on standard error');
  const events = ['lost', 'diskFull', 'rotationFailed'] as const;
  const told = events.flatMap((kind) => logger.events(1, kind)).some((event) => event.errno !== 0);
  const lost = logger.events(1, 'lost').reduce((sum, event) => sum + event.amount, 0);
  if (how !== 'status 0' && how !== 'status 1') problems.push(`it ended with ${how}`);
  if (how === 'status 1' && !/^reeve-logger: [^\n]+\n$/.test(logger.errors))
    problems.push('its end needs one sentence');
  if (/Sanitizer|runtime error/.test(logger.errors)) problems.push(logger.errors);
  if (how === 'status 0' && !told && logger.logged(1).length + lost !== text.length) {
    problems.push(`of ${text.length} bytes ${logger.logged(1).length} were logged and ${lost} counted as lost`);
  }
  if (!existsSync(faultLog(logger.directory))) return undefined;
  return problems.map((problem) => `${fault}: ${problem}`);
};

describe('reeve-logger, failing system calls', () => {
  it.each(faults)('reeve-logger survives or explains each %s that fails', async (call, errors) => {
    let walked = 0;
    for (const errno of errors) {
      for (let number = 1; ; number++) {
        const problems = await live(`${call}:${number}:${errno}`);
        if (!problems) break;
        expect(problems).toEqual([]);
        walked++;
      }
    }
    expect(walked).toBeGreaterThan(0);
  });
});
