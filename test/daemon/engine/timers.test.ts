import { expect, test } from 'vitest';
import { Random } from './support/random.ts';
import { service } from './support/service.ts';
import { World } from './support/world.ts';

const slow = { run: (): void => undefined };

test('the earliest of many timers is always the next deadline, whichever ones end before', () => {
  const random = new Random(7);
  const names = Array.from({ length: 300 }, (_, place) => `s${place}`);
  const limits = new Map(names.map((name) => [name, 1 + random.below(5000)]));
  const world = new World(
    names.map((name) => service(name, { type: 'scripted', startTimeout: limits.get(name) ?? 0 })),
    Object.fromEntries(names.map((name) => [name, slow])),
  );
  const begin = world.time.now;
  for (const name of names) world.start(name);
  for (let left = names; left.length > 0;) {
    const due = world.state.timers.map((id) => world.serviceAt(id).timer?.due ?? 0);
    expect(due.every((one, place) => place === 0 || (due[(place - 1) >> 1] ?? 0) <= one)).toBe(true);
    expect(world.next).toBe(begin + Math.min(...left.map((name) => limits.get(name) ?? 0)));
    const ended = left[random.below(left.length)] ?? '';
    world.exit(ended);
    left = left.filter((name) => name !== ended);
  }
  expect(world.next).toBeUndefined();
});
