/** Restart delay and limit of one service against a model of a few lines, with random ends and pauses. */
import { expect, test } from 'vitest';
import { Random } from './support/random.ts';
import { runs } from './support/program.ts';
import { service } from './support/service.ts';
import { World } from './support/world.ts';

const stories = 150;

test(`launches come as late and as often as the restart settings say, in ${stories} random stories`, () => {
  for (let seed = 1; seed <= stories; seed += 1) {
    const random = new Random(seed);
    const restart = {
      delay: random.pick([0, 50, 400]),
      limitCount: random.pick([1, 2, 3]),
      limitInterval: random.pick([100, 1000, 5000]),
      smoothRecovery: random.chance(0.5),
    };
    const world = new World([service('a', { type: random.pick(['process', 'bgprocess']), restart })]);
    world.start('a');
    const model = { begin: world.time.now, count: 0, launch: world.time.now, launches: 1, isUp: true };
    for (let round = 0; round < 40; round += 1) {
      world.advance(random.pick([0, 1, 40, 300, 2000]));
      const { now } = world.time;
      if (!model.isUp) {
        world.start('a');
        Object.assign(model, { begin: now, count: 0, launch: now, launches: model.launches + 1, isUp: true });
        continue;
      }
      world.kill('a');
      if (now - model.begin >= restart.limitInterval) Object.assign(model, { begin: now, count: 0 });
      model.isUp = model.count < restart.limitCount;
      if (model.isUp) {
        model.count += 1;
        model.launches += 1;
        model.launch = Math.max(now, model.launch + restart.delay);
        world.advance(model.launch - now);
      }
      expect([world.stateOf('a'), world.launches('a'), world.hasProcess('a')], `seed ${seed}`).toEqual([
        model.isUp ? 'started' : 'stopped',
        model.launches,
        model.isUp,
      ]);
      expect(world.record('a').lastLaunch, `seed ${seed}`).toBe(model.launch);
    }
  }
});

test('a program that always dies is launched no more often than the limit allows, at any speed', () => {
  for (const limitCount of [1, 2, 5]) {
    const world = new World(
      [service('a', { type: 'process', restart: { delay: 0, limitCount, limitInterval: 1000 } })],
      {
        a: [runs],
      },
    );
    world.start('a');
    let kills = 0;
    while (world.stateOf('a') === 'started') {
      world.kill('a');
      kills += 1;
    }
    expect([kills, world.launches('a')]).toEqual([limitCount + 1, limitCount + 1]);
  }
});
