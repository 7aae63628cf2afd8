import { describe, expect, test } from 'vitest';
import { exitsAtOnce, ignoresSignals, manual, runs } from './support/program.ts';
import { service } from './support/service.ts';
import { World } from './support/world.ts';

const slow = { run: (): void => undefined };

describe('pinned started', () => {
  test('start --pin keeps a service up: stop, also by force, and restart are refused', () => {
    const world = new World([service('a')]);
    world.start('a', { pin: true });
    expect(world.stop('a').result).toBe('pinned-started');
    expect(world.stop('a', { force: true }).result).toBe('pinned-started');
    expect(world.restart('a').result).toBe('pinned-started');
    world.unpin('a');
    expect(world.stateOf('a')).toBe('started');
    expect(world.stop('a').result).toBe('stopped');
  });

  test('start --pin extends to hard dependencies, all the way down, and not to soft ones', () => {
    const world = new World([
      service('a', { dependsOn: ['b'], waitsFor: ['s'], dependsMs: ['m'] }),
      service('b', { dependsOn: ['c'] }),
      ...['c', 's', 'm'].map((name) => service(name)),
    ]);
    world.start('a', { pin: true });
    expect(world.stop('c', { force: true }).result).toBe('pinned-started');
    expect(world.stop('s').result).toBe('stopped');
    expect(world.stop('m').result).toBe('stopped');
    world.unpin('b');
    expect(world.stop('b', { force: true }).result).toBe('pinned-started');
    world.unpin('a');
    expect(world.stop('c', { force: true }).result).toBe('stopped');
    expect(world.states('a', 'b')).toEqual(['stopped', 'stopped']);
  });

  test('release of a pinned service only changes what it wants; unpin lets it stop', () => {
    const world = new World([service('a', { dependsOn: ['b'] }), service('b')]);
    world.start('a', { pin: true });
    expect(world.release('a').outcome).toEqual({ kind: 'still-required', by: [] });
    expect(world.states('a', 'b')).toEqual(['started>stopped', 'started']);
    world.unpin('a');
    expect(world.states('a', 'b')).toEqual(['stopped', 'stopped']);
  });

  test('a start that fails takes the pin away', () => {
    const world = new World([service('a', { type: 'scripted' })], { a: [exitsAtOnce(1), exitsAtOnce(0)] });
    world.start('a', { pin: true });
    expect(world.status('a').isPinnedStarted).toBe(false);
    world.start('a');
    expect(world.stop('a').result).toBe('stopped');
  });

  test('a pinned service whose process ends stays up without it, and nobody is told', () => {
    const world = new World([service('a', { type: 'process' })], { a: [runs, manual] });
    world.start('a', { pin: true });
    world.exit('a', 1);
    world.advance(10_000);
    expect(world.stateOf('a')).toBe('started');
    expect(world.eventsOf('a')).toEqual(['started']);
    expect(world.launches('a')).toBe(1);
    world.unpin('a');
    expect(world.eventsOf('a')).toEqual(['started', 'stopped']);
    expect(world.stateOf('a')).toBe('starting');
  });

  test('a dependency whose process ends stays up under the pin of its dependent', () => {
    const world = new World([
      service('a', { dependsOn: ['b'], restart: { mode: 'no' } }),
      service('b', { type: 'process', restart: { mode: 'no' } }),
    ]);
    world.start('a', { pin: true });
    world.kill('b');
    expect(world.states('a', 'b')).toEqual(['started', 'started']);
    world.unpin('a');
    expect(world.states('a', 'b')).toEqual(['stopped', 'stopped']);
  });

  test('unpin never starts anything', () => {
    const world = new World([service('a')]);
    world.unpin('a');
    expect(world.actions.filter(({ kind }) => kind === 'event')).toEqual([]);
  });

  test('a required service that only a pin kept up stays up without it', () => {
    const world = new World([service('a', { dependsOn: ['b'] }), service('b')]);
    world.start('b', { pin: true });
    world.release('b');
    world.start('a');
    world.unpin('b');
    expect(world.states('a', 'b')).toEqual(['started', 'started']);
  });
});

describe('pinned stopped', () => {
  test('stop --pin refuses a start until it is unpinned', () => {
    const world = new World([service('a')]);
    world.stop('a', { pin: true });
    expect(world.start('a').result).toBe('pinned-stopped');
    world.unpin('a');
    expect(world.start('a').result).toBe('started');
  });

  test('a start through a dependency fails at a stop-pinned service; hard dependents fail, soft ones go on', () => {
    const world = new World([
      service('hard', { dependsOn: ['a'] }),
      service('milestone', { dependsMs: ['a'] }),
      service('soft', { waitsFor: ['a'] }),
      service('a'),
    ]);
    world.stop('a', { pin: true });
    expect(world.start('hard').result).toBe('failed');
    expect(world.start('milestone').result).toBe('failed');
    expect(world.start('soft').result).toBe('started');
    expect(world.eventsOf('a')).toEqual(['start-failed', 'start-failed', 'start-failed']);
    expect(world.state.active).toBe(1);
  });

  test('release --pin of what is required leaves it up; once it stops it stays down', () => {
    const world = new World([service('a', { dependsOn: ['b'] }), service('b')]);
    world.start('a');
    world.release('b', { pin: true });
    expect(world.start('b').result).toBe('already');
    expect(world.status('b')).toMatchObject({ state: 'started', isExplicit: false });
    world.stop('a');
    expect(world.stateOf('b')).toBe('stopped');
    expect(world.start('a').result).toBe('failed');
  });

  test('a running service that is stop-pinned does not restart when its process ends', () => {
    const world = new World([service('a', { type: 'process', waitsFor: ['b'] }), service('b', { type: 'process' })]);
    world.start('a');
    world.release('b', { pin: true });
    world.kill('b');
    world.advance(10_000);
    expect(world.states('a', 'b')).toEqual(['started', 'stopped']);
  });

  test('both pins can be set; unpin clears both', () => {
    const world = new World([service('a')]);
    world.start('a', { pin: true });
    world.release('a', { pin: true });
    expect(world.status('a')).toMatchObject({ isPinnedStarted: true, isPinnedStopped: true, state: 'started' });
    world.unpin('a');
    expect(world.status('a')).toMatchObject({ isPinnedStarted: false, isPinnedStopped: false, state: 'stopped' });
  });

  test('a refused command does not pin', () => {
    const world = new World([service('a', { dependsOn: ['b'] }), service('b'), service('c')]);
    world.start('a');
    world.stop('b', { pin: true });
    expect(world.status('b').isPinnedStopped).toBe(false);
    world.stop('c', { pin: true });
    world.start('c', { pin: true });
    expect(world.status('c')).toMatchObject({ isPinnedStarted: false, isPinnedStopped: true });
  });
});

describe('pins during a start', () => {
  test('a pin does not keep a start that only waits from being called off by a shutdown', () => {
    const world = new World([service('a', { dependsOn: ['b'] }), service('b', { type: 'triggered' })]);
    world.start('a', { pin: true });
    world.shutdown();
    expect(world.states('a', 'b')).toEqual(['stopped', 'stopped']);
  });

  test('a released start that cannot be interrupted is held by its pin when it is up', () => {
    const world = new World([service('a', { type: 'scripted', dependsOn: ['b'] }), service('b')], { a: slow });
    world.start('a', { pin: true });
    expect(world.release('a').result).toBe('still-required');
    world.exit('a');
    expect(world.states('a', 'b')).toEqual(['started>stopped', 'started']);
  });

  test('a shutdown unpins what is up, whatever was pinned', () => {
    const world = new World([service('a', { type: 'process', dependsOn: ['b'] }), service('b')], { a: ignoresSignals });
    world.start('a', { pin: true });
    world.shutdown();
    expect(world.stateOf('a')).toBe('stopping');
    world.kill('a');
    expect(world.states('a', 'b')).toEqual(['stopped', 'stopped']);
  });
});
