import { describe, expect, test } from 'vitest';
import type { HistoryStep, StepCause, StepKind } from '../../src/api/history.ts';
import { bootChart } from '../../src/control/analyze/boot-chart.ts';
import { criticalChain, serviceStarts, startTimes } from '../../src/control/analyze/service-starts.ts';
import { mergeSteps } from '../../src/control/history/merge-steps.ts';

let sequence = 0;
const step = (
  time: number,
  name: string,
  kind: StepKind,
  cause: StepCause = { kind: 'executed' },
  causedBy?: number,
): HistoryStep => ({
  sequence: ++sequence,
  time,
  name,
  step: kind,
  cause,
  ...(causedBy !== undefined && { causedBy }),
  isBoot: true,
});

/** boot needs web, web needs db; flaky fails; late is still on its way. */
function boot(): readonly HistoryStep[] {
  sequence = 0;
  return [
    step(0, 'boot', 'starting', { kind: 'boot' }),
    step(0, 'web', 'starting', { kind: 'dependent', service: 'boot' }, 1),
    step(0, 'db', 'starting', { kind: 'dependent', service: 'web' }, 2),
    step(0, 'db', 'acting', { kind: 'done' }, 3),
    step(10, 'flaky', 'starting', { kind: 'dependent', service: 'boot' }, 1),
    step(10, 'flaky', 'acting', { kind: 'done' }, 5),
    step(210, 'db', 'started', { kind: 'ready' }, 4),
    step(210, 'web', 'acting', { kind: 'dependency', service: 'db' }, 7),
    step(250, 'flaky', 'stopped', { kind: 'exited', exit: { kind: 'exited', status: 3 } }),
    step(260, 'web', 'started', { kind: 'executed' }, 8),
    step(260, 'boot', 'acting', { kind: 'dependency', service: 'web' }, 10),
    step(260, 'boot', 'started', { kind: 'done' }, 11),
    step(270, 'late', 'starting', { kind: 'dependent', service: 'boot' }, 1),
    step(300, 'db', 'stopping', { kind: 'exited', exit: { kind: 'exited', status: 1 } }),
    step(300, 'db', 'starting', { kind: 'restart' }),
  ];
}

describe('serviceStarts()', () => {
  test('serviceStarts() puts the first start of each service together', () => {
    expect(serviceStarts(boot())).toEqual([
      { name: 'boot', starting: 0, acting: 260, end: 260, hasFailed: false, waitedFor: 'web' },
      { name: 'web', starting: 0, acting: 210, end: 260, hasFailed: false, waitedFor: 'db' },
      { name: 'db', starting: 0, acting: 0, end: 210, hasFailed: false },
      { name: 'flaky', starting: 10, acting: 10, end: 250, hasFailed: true },
      { name: 'late', starting: 270, hasFailed: false },
    ]);
  });

  test('startTimes() tells own time from waiting, also of what is not done yet', () => {
    const times = serviceStarts(boot()).map((start) => startTimes(start, 1_000));
    expect(times).toEqual([
      { own: 0, waited: 260 },
      { own: 50, waited: 210 },
      { own: 210, waited: 0 },
      { own: 240, waited: 0 },
      { own: 0, waited: 730 },
    ]);
  });

  test('criticalChain() goes from a service to what it waited for last', () => {
    const starts = serviceStarts(boot());
    expect(criticalChain(starts, 'boot').map(({ name }) => name)).toEqual(['boot', 'web', 'db']);
    expect(criticalChain(starts, 'flaky').map(({ name }) => name)).toEqual(['flaky']);
    expect(criticalChain(starts, 'nobody')).toEqual([]);
  });
});

test('bootChart() is well-formed, has a line for each service, and lets no name out of its place', () => {
  const starts = [...serviceStarts(boot()), { name: '<a&"\x07', starting: 5, acting: 6, end: 7, hasFailed: false }];
  const svg = bootChart(starts, 'five & one', 1_000);
  expect(svg.match(/text-anchor="end"/g)).toHaveLength(starts.length);
  expect(svg).toContain('&#60;a&#38;&#34;?<');
  expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  const tags = [...svg.matchAll(/<(\/?)([a-z]+)[^>]*?(\/?)>/g)];
  const open: string[] = [];
  for (const [, close, name = '', isEmpty] of tags) {
    if (close) expect(open.pop()).toBe(name);
    else if (!isEmpty) open.push(name);
  }
  expect(open).toEqual([]);
});

describe('mergeSteps()', () => {
  const told = (steps: readonly HistoryStep[]): readonly string[] =>
    mergeSteps(steps).map(({ name, step: kind, cause }) => `${name} ${kind} ${cause.kind}`);

  test('mergeSteps() leaves out what had to follow, and keeps its cause and the order', () => {
    const forwards = [
      'boot starting boot',
      'web starting dependent',
      'db starting dependent',
      'flaky starting dependent',
      'db started ready',
      'web acting dependency',
      'flaky stopped exited',
      'web started executed',
      'boot started dependency',
      'late starting dependent',
      'db stopping exited',
      'db starting restart',
    ];
    expect(told(boot())).toEqual(forwards);
    expect(told(boot().toReversed())).toEqual(forwards.toReversed());
  });

  test('mergeSteps() leaves a step as it is when the one before is not there', () => {
    expect(told(boot().slice(11))).toEqual([
      'boot started done',
      'late starting dependent',
      'db stopping exited',
      'db starting restart',
    ]);
  });
});
