import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { IdleWatch } from '../../../src/daemon/supervisor/idle-watch.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function watch(limit: number, isBusy = (): boolean => false): { idle: IdleWatch; slept: () => number } {
  let slept = 0;
  const idle = new IdleWatch({ limit, now: () => Date.now(), isBusy, sleep: () => (slept += 1) });
  return { idle, slept: () => slept };
}

test('IdleWatch sleeps after its limit without a touch', () => {
  const { idle, slept } = watch(100);
  idle.touch();
  vi.advanceTimersByTime(60);
  idle.touch();
  vi.advanceTimersByTime(60);
  expect(slept()).toBe(0);
  vi.advanceTimersByTime(40);
  expect(slept()).toBe(1);
  expect(vi.getTimerCount()).toBe(0);
});

test('IdleWatch that is kept awake has no timer until it is touched again', () => {
  let isBusy = true;
  const { idle, slept } = watch(100, () => isBusy);
  idle.touch();
  vi.advanceTimersByTime(1000);
  expect(slept()).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
  isBusy = false;
  idle.touch();
  vi.advanceTimersByTime(100);
  expect(slept()).toBe(1);
});

test('IdleWatch with limit 0 never sleeps', () => {
  const { idle } = watch(0);
  idle.touch();
  expect(vi.getTimerCount()).toBe(0);
});
