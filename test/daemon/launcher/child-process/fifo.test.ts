import { closeSync, fstatSync, readdirSync, readSync, writeSync } from 'node:fs';
import { constants } from 'node:os';
import { describe, expect, it } from 'vitest';
import { errnoOf } from '../../../../src/daemon/errno-of.ts';
import { FifoSource } from '../../../../src/daemon/launcher/child-process/fifo.ts';
import { makeTemporaryDirectory } from '../../../support/temporary-directory.ts';

const errnoWhen = (work: () => void): number | undefined => {
  try {
    work();
    return undefined;
  } catch (error) {
    return errnoOf(error);
  }
};

describe('FifoSource', () => {
  it('FifoSource gives pipes of their own, and leaves no name behind', () => {
    using directory = makeTemporaryDirectory();
    using source = new FifoSource(directory.path);
    const pipes = Array.from({ length: 5 }, () => source.take());
    expect(readdirSync(directory.path)).toEqual([]);
    const bytes = Buffer.alloc(10);
    for (const [index, { read, write }] of pipes.entries()) {
      expect(fstatSync(read).isFIFO()).toBe(true);
      expect(errnoWhen(() => readSync(read, bytes))).toBe(constants.errno.EAGAIN);
      writeSync(write, String(index));
    }
    for (const [index, { read, write }] of pipes.entries()) {
      expect(bytes.toString('latin1', 0, readSync(read, bytes))).toBe(String(index));
      closeSync(write);
      closeSync(read);
    }
  });

  it('FifoSource says when it cannot make any: without mkfifo, without a directory', () => {
    using directory = makeTemporaryDirectory();
    using nowhere = new FifoSource(`${directory.path}/none`);
    expect(() => nowhere.take()).toThrow(/cannot make pipes with mkfifo: .*No such file/);
    const { PATH: path } = process.env;
    process.env['PATH'] = directory.path;
    try {
      using source = new FifoSource(directory.path);
      expect(errnoWhen(() => source.take())).toBe(constants.errno.ENOENT);
    } finally {
      process.env['PATH'] = path;
    }
  });
});
