import { expect, test } from 'vitest';
import { IdleWatch } from '../../../src/daemon/supervisor/idle-watch.ts';

/** A watch in a time of its own. */
function watch(limit: number, isBusy = (): boolean => false, meanwhile = (): void => {}) {
  let now = 0;
  let slept = 0;
  let timer: { readonly due: number; readonly callback: () => void } | undefined;
  const idle = new IdleWatch({
    limit,
    isBusy,
    now: () => now,
    after: (delay, callback) => {
      timer = { due: now + delay, callback };
      return { [Symbol.dispose]: () => (timer = undefined) };
    },
    settle: (callback) => {
      meanwhile();
      callback();
    },
    sleep: () => (slept += 1),
  });
  const pass = (time: number): void => {
    now += time;
    const due = timer;
    if (!due || due.due > now) return;
    timer = undefined;
    due.callback();
  };
  return { idle, pass, slept: () => slept, hasTimer: () => timer !== undefined };
}

test('IdleWatch sleeps after its limit without a touch', () => {
  const { idle, pass, slept, hasTimer } = watch(100);
  idle.touch();
  pass(60);
  idle.touch();
  pass(60);
  expect(slept()).toBe(0);
  pass(40);
  expect(slept()).toBe(1);
  expect(hasTimer()).toBe(false);
});

test('IdleWatch that is kept awake has no timer until it is touched again', () => {
  let isBusy = true;
  const { idle, pass, slept, hasTimer } = watch(100, () => isBusy);
  idle.touch();
  pass(1000);
  expect(slept()).toBe(0);
  expect(hasTimer()).toBe(false);
  isBusy = false;
  idle.touch();
  pass(100);
  expect(slept()).toBe(1);
});

test('IdleWatch stays awake for what turns up in the last moment', () => {
  let isBusy = false;
  const { idle, pass, slept } = watch(
    100,
    () => isBusy,
    () => (isBusy = true),
  );
  idle.touch();
  pass(100);
  expect(slept()).toBe(0);
});

test('IdleWatch with limit 0 never sleeps', () => {
  const { idle, hasTimer } = watch(0);
  idle.touch();
  expect(hasTimer()).toBe(false);
});

test('IdleWatch that is disposed never sleeps', () => {
  const { idle, pass, slept } = watch(100);
  idle.touch();
  idle[Symbol.dispose]();
  pass(1000);
  expect(slept()).toBe(0);
});
