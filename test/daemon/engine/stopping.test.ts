import { describe, expect, test } from 'vitest';
import { ignoresSignals, manual } from './support/program.ts';
import { service, stopCommand } from './support/service.ts';
import { World } from './support/world.ts';

const slow = { run: (): void => undefined };
const scripted = { type: 'scripted', ...stopCommand } as const;

describe('stop', () => {
  test('stop takes a chain down, dependents first', () => {
    const world = new World([service('a', { dependsOn: ['b'] }), service('b', { dependsOn: ['c'] }), service('c')]);
    world.start('a');
    expect(world.stop('c', { force: true }).result).toBe('stopped');
    expect(world.events.slice(3)).toEqual(['a stopped', 'b stopped', 'c stopped']);
    expect(world.state.active).toBe(0);
  });

  test('stop lets dependencies go that nobody else needs', () => {
    const world = new World([service('a', { dependsOn: ['b'], waitsFor: ['c'] }), service('b'), service('c')]);
    world.start('c');
    world.start('a');
    world.stop('a');
    expect(world.states('a', 'b', 'c')).toEqual(['stopped', 'stopped', 'started']);
  });

  test('stop releases soft dependencies as it begins, hard ones wait for its end', () => {
    const world = new World(
      [service('a', { type: 'process', dependsOn: ['b'], waitsFor: ['c'] }), service('b'), service('c')],
      {
        a: ignoresSignals,
      },
    );
    world.start('a');
    world.stop('a');
    expect(world.states('a', 'b', 'c')).toEqual(['stopping', 'stopping', 'stopped']);
    world.kill('a');
    expect(world.stateOf('b')).toBe('stopped');
  });

  test('stop without force is refused while a hard dependent holds the service, and names it', () => {
    const world = new World([
      service('a', { dependsOn: ['c'] }),
      service('b', { preparedBy: ['c'] }),
      service('soft', { waitsFor: ['c'], dependsMs: ['c'] }),
      service('c'),
    ]);
    for (const name of ['a', 'b', 'soft']) world.start(name);
    expect(world.stop('c').reply).toEqual({ kind: 'refused', refusal: { kind: 'dependents', names: ['a', 'b'] } });
    expect(world.stateOf('c')).toBe('started');
    world.stop('a');
    world.stop('b');
    expect(world.stop('c').result).toBe('stopped');
    expect(world.stateOf('soft')).toBe('started');
  });

  test('stop of a stopped service answers already and leaves its reason', () => {
    const world = new World([service('a', { type: 'scripted' })], { a: { run: (process) => process.exit(1) } });
    world.start('a');
    expect(world.stop('a').result).toBe('already');
    expect(world.status('a').stopReason).toBe('failed');
  });

  test('stop by force marks dependents as failed by their dependency, and they do not restart', () => {
    const world = new World([service('a', { dependsOn: ['b'] }), service('b')]);
    world.start('a');
    world.stop('b', { force: true });
    world.advance(10_000);
    expect(world.states('a', 'b')).toEqual(['stopped', 'stopped']);
    expect(world.status('a')).toMatchObject({ stopReason: 'dependency-failed', isExplicit: false });
    expect(world.status('b').stopReason).toBe('normal');
  });

  test('a second stop while the first one is under way changes nothing', () => {
    const world = new World([service('a', { type: 'process' })], { a: ignoresSignals });
    world.start('a');
    const [first, second] = [world.stop('a'), world.stop('a')];
    expect(world.orders).toEqual(['launch a', 'signal a 15']);
    world.kill('a');
    expect([first.result, second.result]).toEqual(['stopped', 'stopped']);
  });
});

describe('stop during a start', () => {
  test('stop of what only waits calls the start off at once', () => {
    const world = new World(
      [service('a', { type: 'scripted', dependsOn: ['b'] }), service('b', { type: 'scripted' })],
      {
        b: slow,
      },
    );
    const started = world.start('a');
    expect(world.stop('a').result).toBe('stopped');
    expect(started.result).toBe('cancelled');
    expect(world.eventsOf('a')).toEqual(['start-cancelled', 'stopped']);
    expect(world.launches('a')).toBe(0);
    expect(world.stateOf('b')).toBe('starting>stopped');
  });

  test('stop of a start that cannot be interrupted waits until the service is up', () => {
    const world = new World([service('a', scripted)], { a: slow });
    const started = world.start('a');
    const stopped = world.stop('a');
    expect(world.stateOf('a')).toBe('starting>stopped');
    world.exit('a');
    expect([started.result, stopped.result]).toEqual(['started', 'stopped']);
    expect(world.eventsOf('a')).toEqual(['started', 'stopped']);
    expect(world.orders).toEqual(['launch a', 'launch a stop']);
  });

  test('stop of an interruptible start sends INT and calls it off', () => {
    const world = new World(
      [
        service('a', {
          type: 'process',
          readiness: { kind: 'descriptor', descriptor: 3 },
          options: { startInterruptible: true },
        }),
      ],
      {
        a: { run: (process) => process.on(2, () => undefined) },
      },
    );
    const started = world.start('a');
    const stopped = world.stop('a');
    expect(world.orders).toEqual(['launch a', 'signal a 2']);
    expect(world.stateOf('a')).toBe('stopping');
    expect([started.result, stopped.result]).toEqual(['cancelled', 'waits']);
    world.exit('a', 1);
    expect(stopped.result).toBe('stopped');
  });

  test('a released start that is wanted again before it is up goes on', () => {
    const world = new World([service('a', scripted)], { a: slow });
    world.start('a');
    const released = world.release('a');
    expect(world.stateOf('a')).toBe('starting>stopped');
    world.start('a');
    world.exit('a');
    expect(world.stateOf('a')).toBe('started');
    expect(released.result).toBe('cancelled');
    expect(world.eventsOf('a')).toEqual(['started']);
  });

  test('a stopped start that is wanted again before it is up goes down first, then up again', () => {
    const world = new World([service('a', scripted)], { a: [slow, { run: (process) => process.exit(0) }] });
    world.start('a');
    world.stop('a');
    world.start('a');
    world.exit('a');
    expect(world.eventsOf('a')).toEqual(['started', 'stopped', 'started']);
    expect(world.stateOf('a')).toBe('started');
  });
});

describe('start during a stop', () => {
  test('start while dependents are still stopping calls the stop off', () => {
    const world = new World([service('a', { type: 'process', dependsOn: ['b'] }), service('b', { type: 'process' })], {
      a: ignoresSignals,
    });
    world.start('a');
    world.stop('a');
    expect(world.stateOf('b')).toBe('stopping');
    expect(world.start('b').result).toBe('started');
    expect(world.eventsOf('b')).toEqual(['started', 'stop-cancelled', 'started']);
    expect(world.launches('b')).toBe(1);
    world.kill('a');
    expect(world.states('a', 'b')).toEqual(['stopped', 'started']);
  });

  test('start while the stop action is under way begins again afterwards, at once', () => {
    const world = new World([service('a', { type: 'process', restart: { delay: 5000 } })], {
      a: [ignoresSignals, manual],
    });
    world.start('a');
    const stopped = world.stop('a');
    const started = world.start('a');
    expect(world.stateOf('a')).toBe('stopping>started');
    world.kill('a');
    expect([stopped.result, started.result]).toEqual(['stopped', 'waits']);
    world.process('a').execute();
    world.settle();
    expect(started.result).toBe('started');
  });
});

describe('release', () => {
  test('release drops the explicit mark and stops what nobody else wants', () => {
    const world = new World([service('a')]);
    world.start('a');
    expect(world.release('a').result).toBe('stopped');
    expect(world.release('a').result).toBe('already');
  });

  test('release of what is still required leaves it up and says by whom', () => {
    const world = new World([service('a', { dependsOn: ['b'] }), service('b')]);
    world.start('b');
    world.start('a');
    expect(world.release('b').outcome).toEqual({ kind: 'still-required', by: ['a'] });
    expect(world.status('b')).toMatchObject({ state: 'started', isExplicit: false });
    world.stop('a');
    expect(world.stateOf('b')).toBe('stopped');
    expect(world.status('b').stopReason).toBe('normal');
  });
});
