import { expect, test } from 'vitest';
import { AuditLog, type AuditEntry } from '../../../src/daemon/access/audit-log.ts';
import { harmlessText } from '../../../src/daemon/access/harmless-text.ts';

interface Line {
  readonly level: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

function setUp(options: { refusalsPerInterval?: number; interval?: number } = {}) {
  const lines: Line[] = [];
  const log = {
    write: (level: string, message: string, fields: Line['fields'] = {}) => void lines.push({ level, message, fields }),
  };
  return { lines, audit: new AuditLog({ log, ...options }), messages: () => lines.map(({ message }) => message) };
}

const caller = { uid: 1000, gid: 100, pid: 0 };
const granted = { kind: 'granted', reason: { kind: 'root' } } as const;
const refused = { kind: 'refused', verb: 'stop', service: 'db' } as const;
const entry = (changes: Partial<AuditEntry> = {}): AuditEntry => ({
  caller,
  verb: 'stop',
  services: ['web'],
  decision: granted,
  ...changes,
});

test('AuditLog writes one line with who, what and why for each change', () => {
  const { audit, lines } = setUp();
  audit.write(entry({ detail: '--force', caller: { ...caller, pid: process.pid } }));
  audit.write(entry({ decision: refused, services: ['web', 'db'], verb: 'enable' }));
  audit.write(entry({ services: [], verb: 'setenv', detail: 'TZ' }));
  audit[Symbol.dispose]();
  const program = lines[0]?.fields['program'];
  expect(program).toMatch(/./);
  expect(lines).toEqual([
    {
      level: 'info',
      message: `web: stop --force granted to uid 1000, gid 100, process ${process.pid} (${String(program)})`,
      fields: {
        audit: 'granted',
        verb: 'stop',
        services: ['web'],
        detail: '--force',
        uid: 1000,
        gid: 100,
        pid: process.pid,
        program,
        by: 'root',
      },
    },
    {
      level: 'warn',
      message: 'web: enable db refused to uid 1000, gid 100',
      fields: {
        audit: 'refused',
        verb: 'enable',
        services: ['web', 'db'],
        uid: 1000,
        gid: 100,
        pid: 0,
        program: '',
        missing: 'stop on db',
      },
    },
    expect.objectContaining({ message: 'reeve: setenv TZ granted to uid 1000, gid 100' }),
  ]);
});

test('AuditLog writes what clients say on one line, harmless and bounded', () => {
  const { audit, messages } = setUp();
  audit.write(entry({ services: [`we\nb\u001b[2J\u202e${'x'.repeat(5000)}`], detail: 'a\0b' }));
  const [message = ''] = messages();
  expect(message).toMatch(/^we\?b\?\[2J\?x+\.\.\.: stop a\?b granted to uid 1000, gid 100$/);
  expect(message.length).toBeLessThan(300);
});

test('AuditLog bounds the refusals of one uid, and tells at the end how many there were', () => {
  const { audit, messages } = setUp({ refusalsPerInterval: 2 });
  for (let count = 0; count < 1000; count++) audit.write(entry({ decision: refused }));
  audit.write(entry({ decision: refused, caller: { ...caller, uid: 1001 } }));
  audit.write(entry());
  expect(messages()).toHaveLength(4);
  audit[Symbol.dispose]();
  expect(messages().at(-1)).toBe('reeve: 998 more requests of uid 1000 were refused');
  expect(messages()).toHaveLength(5);
});

test('AuditLog begins anew after an interval, and tells the number without being asked', async () => {
  const { audit, messages } = setUp({ refusalsPerInterval: 1, interval: 1 });
  for (let count = 0; count < 3; count++) audit.write(entry({ decision: refused }));
  while (messages().length < 2) await new Promise((resolve) => setTimeout(resolve, 1));
  expect(messages()[1]).toBe('reeve: 2 more requests of uid 1000 were refused');
  audit.write(entry({ decision: refused }));
  expect(messages()).toHaveLength(3);
  audit[Symbol.dispose]();
  expect(messages()).toHaveLength(3);
});

test('AuditLog keeps no more for ten thousand uids than for a few', () => {
  const { audit, messages } = setUp({ refusalsPerInterval: 1 });
  for (let uid = 1; uid <= 10_000; uid++) audit.write(entry({ decision: refused, caller: { ...caller, uid } }));
  expect(messages()).toHaveLength(65);
  audit[Symbol.dispose]();
  expect(messages().at(-1)).toBe('reeve: 9935 more requests of other users were refused');
});

test.each([
  ['plain', 'plain'],
  ['a\tb\u0000c', 'a?b?c'],
  ['\u2028\u2066\ue000', '???'],
  ['Ä ß 漢', 'Ä ß 漢'],
])('harmlessText() of %j is %j', (text, expected) => {
  expect(harmlessText(text)).toBe(expected);
});
