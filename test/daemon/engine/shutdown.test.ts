import { describe, expect, test } from 'vitest';
import { type Program, ignoresSignals } from './support/program.ts';
import { service, stopCommand } from './support/service.ts';
import { World } from './support/world.ts';

const slow: Program = { run: () => undefined };
const rests = (world: World): boolean[] =>
  world.actions.flatMap((action) => (action.kind === 'all-stopped' ? [action.isAsked] : []));

describe('shutdown', () => {
  test('shutdown stops everything, dependents first, and says when nothing is active any more', () => {
    const scripted = { type: 'scripted', ...stopCommand } as const;
    const world = new World([service('a', { ...scripted, dependsOn: ['b'] }), service('b', scripted)]);
    world.start('a');
    expect(world.shutdown().result).toBe('done');
    expect(world.orders.slice(2)).toEqual(['launch a stop', 'launch b stop']);
    expect(rests(world)).toEqual([true]);
  });

  test('shutdown when nothing is active says so at once', () => {
    const world = new World([service('a')]);
    world.shutdown();
    expect(rests(world)).toEqual([true]);
  });

  test('start, restart and wake are refused from then on; stop and release work', () => {
    const world = new World([service('a', { type: 'process' }), service('b'), service('w', { waitsFor: ['b'] })], {
      a: ignoresSignals,
    });
    world.start('a');
    world.shutdown();
    expect(world.start('b').result).toBe('shutting-down');
    expect(world.restart('a').result).toBe('shutting-down');
    expect(world.wake('b').result).toBe('shutting-down');
    const stopped = world.stop('a');
    expect(world.release('b').result).toBe('already');
    world.kill('a');
    expect(stopped.result).toBe('stopped');
    expect(rests(world)).toEqual([true]);
  });

  test('a start that cannot be interrupted is waited for, then stopped', () => {
    const world = new World([service('a', { type: 'scripted', ...stopCommand })], { a: slow });
    const started = world.start('a');
    world.shutdown();
    expect(world.stateOf('a')).toBe('starting>stopped');
    world.exit('a');
    expect(started.result).toBe('started');
    expect(world.orders).toEqual(['launch a', 'launch a stop']);
    expect(rests(world)).toEqual([true]);
  });

  test('what waits is called off, also a restart delay', () => {
    const world = new World([
      service('a', { type: 'process', restart: { delay: 10_000 } }),
      service('b', { dependsOn: ['c'] }),
      service('c', { type: 'triggered' }),
    ]);
    world.start('a');
    world.kill('a');
    const started = world.start('b');
    world.shutdown();
    expect(started.result).toBe('cancelled');
    expect(rests(world)).toEqual([true]);
  });

  test('nothing restarts during a shutdown, and stop timeouts hold', () => {
    const world = new World(
      [service('d', { type: 'process', dependsOn: ['a'], stopTimeout: 100 }), service('a', { type: 'process' })],
      { d: ignoresSignals },
    );
    world.start('d');
    world.shutdown();
    world.kill('a');
    world.advance(100);
    expect(world.states('d', 'a')).toEqual(['stopped', 'stopped']);
    expect([world.launches('d'), world.launches('a')]).toEqual([1, 1]);
    expect(rests(world)).toEqual([true]);
  });

  test('a pending restart is called off by a shutdown, and whoever waits for it is told', () => {
    const world = new World([service('a', { type: 'process' })], { a: ignoresSignals });
    world.start('a');
    const restarted = world.restart('a');
    world.shutdown();
    expect(restarted.result).toBe('cancelled');
    world.kill('a');
    expect(world.stateOf('a')).toBe('stopped');
    expect(rests(world)).toEqual([true]);
  });

  test('that the last service has stopped is said without a shutdown too, once each time', () => {
    const world = new World([service('a'), service('b')]);
    world.start('a');
    world.start('b');
    world.stop('a');
    expect(rests(world)).toEqual([]);
    world.stop('b');
    expect(rests(world)).toEqual([false]);
    world.start('a');
    world.stop('a');
    expect(rests(world)).toEqual([false, false]);
  });
});
