import { constants } from 'node:os';
import { expect, test } from 'vitest';
import { StopRequests } from '../../../src/daemon/supervisor/stop-requests.ts';

const { SIGINT, SIGTERM, SIGHUP, SIGQUIT } = constants.signals;

test('StopRequests stops, explains, then kills', () => {
  const requests = new StopRequests();
  expect([SIGINT, SIGTERM, SIGINT, SIGINT].map((signal) => requests.step(signal))).toEqual([
    'shutdown',
    'explain',
    'kill',
    'kill',
  ]);
});

test('StopRequests kills at once for SIGQUIT and ignores SIGHUP', () => {
  const requests = new StopRequests();
  expect(requests.step(SIGHUP)).toBe('ignore');
  expect(requests.step(SIGQUIT)).toBe('kill');
});
