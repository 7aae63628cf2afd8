import { closeSync, fstatSync, ftruncateSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { JournalFile } from '../../../src/daemon/journal/journal-file.ts';

let directory = '';
let descriptor = -1;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'reeve-journal-'));
  descriptor = openSync(join(directory, 'journal'), 'w+');
});

afterEach(() => {
  closeSync(descriptor);
  rmSync(directory, { recursive: true });
});

const texts = (buffers: readonly Buffer[]): string[] => buffers.map((each) => each.toString());

function reread(): {
  readonly snapshot: string | undefined;
  readonly entries: string[];
  readonly damage: string | undefined;
} {
  const { snapshot, entries, damage } = new JournalFile(descriptor).read();
  return { snapshot: snapshot?.toString(), entries: texts(entries), damage };
}

test('JournalFile that was never written is empty and whole', () => {
  expect(reread()).toEqual({ snapshot: undefined, entries: [], damage: undefined });
});

test('JournalFile gives back the newest snapshot and what was appended to it', () => {
  const journal = new JournalFile(descriptor);
  journal.compact('first');
  journal.append(['a', 'b']);
  journal.compact('second');
  journal.append(['c']);
  journal.append(['d', 'ä']);
  expect(reread()).toEqual({ snapshot: 'second', entries: ['c', 'd', 'ä'], damage: undefined });
});

test('JournalFile that was read goes on where it ended', () => {
  const journal = new JournalFile(descriptor);
  journal.compact('state');
  journal.append(['a']);
  const next = new JournalFile(descriptor);
  next.read();
  next.append(['b']);
  expect(reread().entries).toEqual(['a', 'b']);
});

test('JournalFile does not grow by compactions', () => {
  const journal = new JournalFile(descriptor);
  for (let round = 0; round < 1000; round++) {
    journal.compact(`state ${round} ${'x'.repeat(500)}`);
    journal.append(['y'.repeat(400)]);
  }
  expect(fstatSync(descriptor).size).toBeLessThan(4000);
  expect(reread().entries).toEqual(['y'.repeat(400)]);
});

const content = (): Buffer => {
  const bytes = Buffer.alloc(fstatSync(descriptor).size);
  readSync(descriptor, bytes, 0, bytes.length, 0);
  return bytes;
};

const overwrite = (bytes: Buffer): void => {
  ftruncateSync(descriptor, 0);
  writeSync(descriptor, bytes, 0, bytes.length, 0);
};

const isPrefix = (entries: readonly string[], of: readonly string[]): boolean =>
  entries.every((entry, index) => entry === of[index]);

test('JournalFile cut at any byte gives a prefix of what was written, and says that it is cut', () => {
  const journal = new JournalFile(descriptor);
  const entries = ['one', 'two', 'three'];
  journal.compact('state');
  journal.append(entries);
  const whole = content();
  for (let length = 1; length < whole.length; length++) {
    overwrite(whole.subarray(0, length));
    const found = reread();
    expect([undefined, 'state'], `cut at ${length}`).toContain(found.snapshot);
    expect(isPrefix(found.entries, entries), `cut at ${length}`).toBe(true);
    // A cut between two entries cannot be told from a journal that ends there.
    if (found.entries.length === 0 && found.snapshot === undefined) expect(found.damage).toBeDefined();
  }
});

test('JournalFile with any bit flipped gives a prefix of what was written, and says that it is damaged', () => {
  const journal = new JournalFile(descriptor);
  const entries = ['one', 'two', 'three'];
  journal.compact('state');
  journal.append(entries);
  const whole = content();
  for (let bit = 0; bit < whole.length * 8; bit++) {
    const damaged = Buffer.from(whole);
    damaged.writeUInt8(damaged.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
    overwrite(damaged);
    const found = reread();
    expect(found.damage, `bit ${bit}`).toBeDefined();
    expect([undefined, 'state'], `bit ${bit}`).toContain(found.snapshot);
    expect(isPrefix(found.entries, entries), `bit ${bit}`).toBe(true);
  }
});

test('JournalFile that was damaged is appended to after its right part', () => {
  const journal = new JournalFile(descriptor);
  journal.compact('state');
  journal.append(['one', 'two']);
  overwrite(content().subarray(0, content().length - 2));
  const next = new JournalFile(descriptor);
  next.read();
  next.append(['three']);
  expect(reread().entries).toEqual(['one', 'three']);
});

test('JournalFile dies at any write of a compaction: the journal is the old or the new one', () => {
  const journal = new JournalFile(descriptor);
  journal.compact('old');
  journal.append(['a', 'b']);
  const before = content();
  journal.compact('new');
  const after = content();
  // The three steps: the new snapshot is there, the header points to it, the rest is given back.
  const grown = Buffer.concat([before, after.subarray(before.length)]);
  overwrite(grown);
  expect(reread()).toMatchObject({ snapshot: 'old', entries: ['a', 'b'] });
  overwrite(after);
  expect(reread()).toEqual({ snapshot: 'new', entries: [], damage: undefined });
});
