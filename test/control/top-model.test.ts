import { expect, test } from 'vitest';
import type { ServiceSummary } from '../../src/api/service-status.ts';
import { decodeKeys } from '../../src/control/top/keys.ts';
import {
  type Effect,
  initialState,
  press,
  type TopRow,
  type TopState,
  visibleRows,
} from '../../src/control/top/top-model.ts';
import { screenLines } from '../../src/control/top/top-view.ts';

const summary = (name: string, changes: Partial<ServiceSummary> = {}): ServiceSummary => ({
  name,
  type: 'process',
  state: 'started',
  target: 'started',
  isExplicit: true,
  isFailed: false,
  isSkipped: false,
  isPinnedStarted: false,
  isPinnedStopped: false,
  console: 'none',
  stopReason: 'normal',
  since: 0,
  ...changes,
});

const row = (name: string, cpu: number, residentBytes: number, changes: Partial<ServiceSummary> = {}): TopRow => ({
  service: summary(name, changes),
  usage: { processes: 1, residentBytes, cpu },
});

const rows: readonly TopRow[] = [
  row('db', 5, 3_000_000, { since: 10 }),
  row('web', 1, 9_000_000, { since: 30 }),
  { service: summary('bad', { state: 'stopped', isFailed: true, stopReason: 'failed' }), usage: undefined },
];

/** All keys of a text one after the other. */
function type(state: TopState, keys: string): { readonly state: TopState; readonly effects: readonly Effect[] } {
  const effects: Effect[] = [];
  let now = state;
  for (const key of decodeKeys(keys)) {
    const change = press(now, key);
    now = change.state;
    if (change.effect) effects.push(change.effect);
  }
  return { state: now, effects };
}

const names = (state: TopState): readonly string[] => visibleRows(state).map(({ service }) => service.name);
const begin: TopState = { ...initialState, rows };

test.each([
  ['', ['bad', 'db', 'web']],
  ['S', ['web', 'db', 'bad']],
  ['N', ['bad', 'db', 'web']],
  ['NN', ['web', 'db', 'bad']],
  ['C', ['db', 'web', 'bad']],
  ['M', ['web', 'db', 'bad']],
  ['T', ['web', 'db', 'bad']],
  ['/b\r', ['bad', 'db', 'web']],
  ['/db\r', ['db']],
  ['/dbx\x7f', ['db']],
  ['/db\x1b', ['bad', 'db', 'web']],
] as const)('press() after %j shows the services in the order %j', (keys, expected) => {
  expect(names(type(begin, keys).state)).toEqual(expected);
});

test.each([
  ['q', [{ kind: 'quit' }]],
  ['\x03', [{ kind: 'quit' }]],
  [' ', [{ kind: 'refresh' }]],
  ['s', [{ kind: 'command', verb: 'start', name: 'bad', isForced: false }]],
  ['js', [{ kind: 'command', verb: 'start', name: 'db', isForced: false }]],
  ['\x1b[Fs', [{ kind: 'command', verb: 'start', name: 'web', isForced: false }]],
  ['jjjks', [{ kind: 'command', verb: 'start', name: 'db', isForced: false }]],
  ['jx', []],
  ['jxy', [{ kind: 'command', verb: 'stop', name: 'db', isForced: false }]],
  ['jrf', [{ kind: 'command', verb: 'restart', name: 'db', isForced: true }]],
  ['jxn', []],
  ['jx\x1b', []],
  ['jx\x03', [{ kind: 'quit' }]],
  ['\r', [{ kind: 'read', what: 'status', name: 'bad' }]],
  ['w', [{ kind: 'read', what: 'why', name: 'bad' }]],
  ['o', [{ kind: 'read', what: 'output', name: 'bad' }]],
  ['/q', []],
  ['?q', []],
] as const)('press() after %j has asked for %j', (keys, effects) => {
  expect(type(begin, keys).effects).toEqual(effects);
});

test('press() keeps the selected service when the order or the services change', () => {
  const { state } = type(begin, 'jN');
  expect(state.selected).toBe('db');
  expect(type({ ...state, rows: rows.toReversed() }, 'MM').state.selected).toBe('db');
  expect(type({ ...state, rows: rows.slice(1) }, 's').effects).toEqual([
    { kind: 'command', verb: 'start', name: 'bad', isForced: false },
  ]);
});

test('press() does nothing to services when there are none', () => {
  expect(type(initialState, 'sxrwoj\r').effects).toEqual([]);
});

test('press() scrolls a text, within its ends', () => {
  const lines = Array.from({ length: 10 }, (_, index) => `line ${index}`);
  const text: TopState = { ...begin, pageSize: 4, mode: { kind: 'text', title: 't', lines, top: 0 } };
  const topAfter = (keys: string): number | undefined => {
    const { mode } = type(text, keys).state;
    return mode.kind === 'text' ? mode.top : undefined;
  };
  expect(['k', 'j', 'jj', '\x1b[6~', '\x1b[6~\x1b[6~', '\x1b[F', '\x1b[F\x1b[H', 'q'].map(topAfter)).toEqual([
    0,
    1,
    2,
    4,
    6,
    6,
    0,
    undefined,
  ]);
});

test.each([
  [120, 24],
  [80, 10],
  [40, 6],
  [20, 3],
])('screenLines() fits a screen of %d columns and %d rows, with and without colours', (columns, height) => {
  const many = Array.from({ length: 50 }, (_, index) => row(`service-with-a-name-${index}`, index, index * 1e6));
  for (const keys of ['', '?', '/x', 'jx']) {
    const { state } = type({ ...begin, rows: many }, keys);
    const lines = screenLines(state, 'reeve: 50 services: 50 started', { columns, rows: height }, false, 1_000);
    expect(lines).toHaveLength(height);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
  }
});

test('screenLines() marks the selected service and the order', () => {
  const lines = screenLines(type(begin, 'jM').state, 'head', { columns: 80, rows: 12 }, false, 90_000);
  expect(lines.slice(0, 6)).toEqual([
    'head',
    '',
    'SERVICE  STATE           FOR  PID    CPU  MEMORYv  REMARKS',
    ' web     started  1 min 29 s       1.0 %  8.6 MiB',
    '>db      started  1 min 29 s       5.0 %  2.9 MiB',
    ' bad     failed   1 min 30 s',
  ]);
});
