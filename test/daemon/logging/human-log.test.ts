import { expect, test } from 'vitest';
import type { ServiceEvent } from '../../../src/api/service-status.ts';
import { HumanLog } from '../../../src/daemon/logging/human-log.ts';

function output(): { lines: string[]; writableLength: number; write: (text: string) => boolean; isTTY: boolean } {
  const lines: string[] = [];
  return { lines, writableLength: 0, isTTY: false, write: (text) => lines.push(text) > 0 };
}

const event: ServiceEvent = {
  sequence: 1,
  time: 0,
  name: 'web',
  event: 'start-failed',
  state: 'stopped',
  target: 'stopped',
  stopReason: 'exec-failed',
  isSkipped: false,
  launchFailure: {
    step: 'change directory to /srv/www',
    errno: 2,
    errnoName: 'ENOENT',
    origin: 'services.d/web:4',
  },
};

test('HumanLog writes one line an event, with the time since it began', () => {
  const out = output();
  let now = 1000;
  const log = new HumanLog(out, 'info', () => now);
  now = 2234;
  log.event(event);
  log.write('debug', 'not shown');
  expect(out.lines).toEqual([
    '   1.234s  web: start failed: cannot change directory to /srv/www: no such file or directory (services.d/web:4)\n',
  ]);
});

test('HumanLog drops lines that nobody takes, and says how many when it goes on', () => {
  const out = output();
  const log = new HumanLog(out, 'info', () => 0);
  out.writableLength = 10_000_000;
  log.write('info', 'a');
  log.write('info', 'b');
  out.writableLength = 0;
  log.write('info', 'c');
  expect(out.lines).toHaveLength(2);
  expect(out.lines[0]).toContain('2 lines were not shown');
});
