import { describe, expect, test } from 'vitest';
import { exitsAtOnce, runs } from './support/program.ts';
import { type Sketch, service } from './support/service.ts';
import { World } from './support/world.ts';

/** `a` chains to `next`; tells whether `next` was started after what was done. */
function chains(sketch: Sketch, act: (world: World) => void, programs = {}): boolean {
  const world = new World([service('a', { chainTo: 'next', ...sketch }), service('next')], programs);
  act(world);
  const isExplicit = world.status('next').isExplicit;
  expect(world.stateOf('next')).toBe(isExplicit ? 'started' : 'stopped');
  return isExplicit;
}

const ends =
  (status: number) =>
  (world: World): void => {
    world.start('a');
    world.exit('a', status);
  };
const stops = (world: World): void => {
  world.start('a');
  world.stop('a');
};
const once = { mode: 'no' } as const;
const always = { alwaysChain: true } as const;

describe('chain-to', () => {
  test.each<[string, Sketch, (world: World) => void, boolean]>([
    ['a clean end without restart', { type: 'process', restart: once }, ends(0), true],
    ['a clean end with on-failure', { type: 'process', restart: { mode: 'on-failure' } }, ends(0), true],
    ['a clean end of a bgprocess', { type: 'bgprocess', restart: once }, ends(0), true],
    ['a failure', { type: 'process', restart: once }, ends(1), false],
    ['a clean end that leads to a restart', { type: 'process', restart: { delay: 0 } }, ends(0), false],
    ['a stop by request', { type: 'process' }, stops, false],
    ['a stop of an internal service', {}, stops, false],
    ['a stop, with always-chain', { options: always }, stops, true],
    ['a failure, with always-chain', { type: 'process', restart: once, options: always }, ends(1), true],
    ['a restart, with always-chain', { type: 'process', restart: { delay: 0 }, options: always }, ends(1), true],
  ])('after %s', (_when, sketch, act, expected) => {
    expect(chains(sketch, act)).toBe(expected);
  });

  test('chains when the restart limit is reached by a clean end', () => {
    const sketch: Sketch = { type: 'process', restart: { delay: 0, limitCount: 1 } };
    const chained = chains(sketch, (world) => world.start('a'), { a: exitsAtOnce(0) });
    expect(chained).toBe(true);
  });

  test('never chains after a failed start', () => {
    expect(chains({ type: 'scripted', options: always }, (world) => world.start('a'), { a: exitsAtOnce(1) })).toBe(
      false,
    );
  });

  test('with always-chain chains after a start that was called off', () => {
    const world = new World([
      service('a', { chainTo: 'next', options: always, dependsOn: ['b'] }),
      service('b', { type: 'triggered' }),
      service('next'),
    ]);
    world.start('a');
    world.stop('a');
    expect(world.stateOf('next')).toBe('started');
  });

  test('never chains during a shutdown', () => {
    const world = new World([service('a', { chainTo: 'next', options: always }), service('next')]);
    world.start('a');
    world.shutdown();
    expect(world.actions.some(({ kind }) => kind === 'chain')).toBe(false);
    expect(world.state.active).toBe(0);
  });

  test('has no effect when the next one is pinned stopped', () => {
    const world = new World([service('a', { chainTo: 'next', options: always }), service('next')]);
    world.stop('next', { pin: true });
    world.start('a');
    world.stop('a');
    expect(world.stateOf('next')).toBe('stopped');
  });

  test('names what is not loaded: loading is for the host', () => {
    const world = new World([service('a', { chainTo: 'elsewhere', options: always })]);
    world.start('a');
    world.stop('a');
    expect(world.actions).toContainEqual({ kind: 'chain', from: world.id('a'), name: 'elsewhere' });
  });

  test('may name the service itself', () => {
    const world = new World([service('a', { type: 'process', chainTo: 'a', restart: once })], {
      a: [exitsAtOnce(0), exitsAtOnce(0), runs],
    });
    world.start('a');
    expect(world.launches('a')).toBe(3);
    expect(world.stateOf('a')).toBe('started');
  });
});
