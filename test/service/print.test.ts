import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import type { ServiceDescription } from '../../src/service/description.ts';
import { readService } from '../../src/service/load.ts';
import { printDescription } from '../../src/service/print.ts';
import { printEnvironment, quoteText, UnprintableError } from '../../src/service/quoting.ts';
import { arbitraryDescription, withoutOrigins, withOrigins } from '../support/arbitrary-description.ts';
import { described } from '../support/load-tree.ts';
import { MemoryFiles } from '../support/memory-files.ts';
import { memoryUsers } from '../support/memory-users.ts';

// Many cases: on a busy machine they take their time.
vi.setConfig({ testTimeout: 120_000 });

/** Prints a description and reads what was printed. */
function readBack(description: ServiceDescription): {
  readonly text: string;
  readonly description?: ServiceDescription;
} {
  const text = printDescription(description, '/sd/$x/env');
  const entries = description.dependencies.flatMap(({ directoryEntry }) => directoryEntry ?? []);
  const files = new MemoryFiles({
    files: {
      '/sd/web': text,
      '/sd/$x/env': printEnvironment(description.environment),
      ...Object.fromEntries(entries.map((entry) => [entry, ''])),
    },
    directories: description.waitsForDirectories,
  });
  const environment = new Map([['x', 'must not be substituted']]);
  const options = { files, directories: ['/sd'], users: memoryUsers, environment, effectiveUid: 0 };
  const { errors, description: back } = readService('web', options);
  expect(errors.map(({ problem }) => problem)).toEqual([]);
  return { text, ...(back ? { description: back } : {}) };
}

describe('printDescription()', () => {
  test('printDescription() gives a file that reads as the same description', () => {
    fc.assert(
      fc.property(arbitraryDescription, (plain) => {
        const { description } = readBack(withOrigins(plain));
        expect(description && withoutOrigins(description)).toEqual(plain);
      }),
      { numRuns: 500 },
    );
  });

  test('printDescription() gives the same text for what it has printed', () => {
    fc.assert(
      fc.property(arbitraryDescription, (plain) => {
        const first = readBack(withOrigins(plain));
        expect(first.description && printDescription(first.description, '/sd/$x/env')).toBe(first.text);
      }),
      { numRuns: 100 },
    );
  });

  test('printDescription() prints what differs from the defaults', () => {
    const text =
      'type = process\ncommand = /bin/x "a b" $$HOME\nrestart = no\nstart-timeout = 1.5\nlogfile = /l\noptions: always-chain\n';
    expect(printDescription(described(text))).toBe(
      'type = process\ncommand = /bin/x "a b" $$HOME\nrestart = no\nstart-timeout = 1.5\nlog-type = file\nlogfile = /l\noptions: always-chain\n',
    );
    expect(printDescription(described(''))).toBe('type = internal\n');
  });

  test('printDescription() refuses a newline that the format cannot express', () => {
    const description = { ...described('type = scripted\ncommand = /bin/x\n'), command: ['/bin/x', 'a\nb'] };
    expect(() => printDescription(description)).toThrow(UnprintableError);
    expect(() => quoteText('a\n\n b')).toThrow('a newline must be followed by a space');
    expect(quoteText('a\n b')).toBe('"a\\\n b"');
    expect(() => printEnvironment([{ kind: 'set', name: 'A', value: 'x\ny' }])).toThrow(UnprintableError);
  });
});
