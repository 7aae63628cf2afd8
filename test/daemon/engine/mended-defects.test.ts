/** Where the stock program is known to go wrong, and what reeve does instead: a test each, named after the right behaviour. */
import { describe, expect, test } from 'vitest';
import {
  type Program,
  cannotExecute,
  exitsAfter,
  exitsAtOnce,
  ignoresSignals,
  manual,
  runs,
} from './support/program.ts';
import { type Sketch, readiness, service, stopCommand } from './support/service.ts';
import { World } from './support/world.ts';

const slow: Program = { run: () => undefined };
const scripted: Sketch = { type: 'scripted', ...stopCommand };

describe('counting and settling', () => {
  test('a service that stops while a dependent still holds it is not counted as active for ever', () => {
    const world = new World([
      service('a', { waitsFor: ['b'] }),
      service('b', { type: 'process', restart: { mode: 'no' } }),
    ]);
    world.start('a');
    world.kill('b');
    world.stop('a');
    expect(world.state.active).toBe(0);
    expect(world.actions).toContainEqual({ kind: 'all-stopped', isAsked: false });
  });

  test('a start timeout tells dependents at once, not when the process has ended', () => {
    const world = new World(
      [
        service('hard', { dependsOn: ['a'] }),
        service('soft', { waitsFor: ['a'] }),
        service('a', { type: 'process', ...readiness, startTimeout: 100 }),
      ],
      { a: ignoresSignals },
    );
    const [hard, soft] = [world.start('hard'), world.start('soft')];
    world.advance(100);
    expect([hard.result, soft.result]).toEqual(['failed', 'started']);
    expect(world.stateOf('a')).toBe('stopping');
  });

  test('a start that fails within the request has its outcome', () => {
    const world = new World([service('a', { dependsOn: ['b'] }), service('b')]);
    world.stop('b', { pin: true });
    const asked = world.start('a');
    expect([asked.reply.kind, asked.result, asked.isImmediate]).toEqual(['accepted', 'failed', true]);
  });
});

describe('starting', () => {
  test('a start of what is stopping and pinned stopped fails at once, and its dependents with it', () => {
    const world = new World([service('a', { dependsOn: ['b'] }), service('b', { type: 'process' })], {
      b: ignoresSignals,
    });
    world.start('b');
    world.stop('b', { pin: true });
    expect(world.start('a').result).toBe('failed');
    world.shutdown();
    world.kill('b');
    expect(world.state.active).toBe(0);
  });

  test('a stop pin set while a restart is pending fails those that wait for it', () => {
    const world = new World([service('a', { dependsOn: ['b'] }), service('b', { type: 'process' })], {
      b: ignoresSignals,
    });
    world.start('b');
    world.stop('b');
    const started = world.start('a');
    expect(world.stateOf('b')).toBe('stopping>started');
    world.release('b', { pin: true });
    expect(started.result).toBe('failed');
    world.kill('b');
    expect(world.states('a', 'b')).toEqual(['stopped', 'stopped']);
  });

  test('a stop pin set while a restart is under way fails it', () => {
    const world = new World([service('a', { waitsFor: ['b'] }), service('b', { type: 'process' })], {
      b: ignoresSignals,
    });
    world.start('a');
    const restarted = world.restart('b');
    world.release('b', { pin: true });
    expect(restarted.result).toBe('failed');
    world.kill('b');
    expect(world.states('a', 'b')).toEqual(['started', 'stopped']);
  });

  test('a start during the stop action requires the dependencies again', () => {
    const world = new World([service('a', { type: 'process', dependsOn: ['b'] }), service('b')], {
      a: [ignoresSignals, runs],
    });
    world.start('a');
    world.stop('a');
    world.start('a');
    world.kill('a');
    expect(world.states('a', 'b')).toEqual(['started', 'started']);
    expect(world.record('b').requiredBy).toBe(1);
  });

  test('a dependent whose own start runs when its dependency fails ends that start before it is stopped', () => {
    const world = new World(
      [service('a', { type: 'scripted', dependsOn: ['b'] }), service('b', { type: 'process', restart: { delay: 0 } })],
      { a: slow, b: [runs, cannotExecute()] },
    );
    const started = world.start('a');
    world.kill('b');
    expect(world.stateOf('b')).toBe('stopped');
    expect(world.stateOf('a')).toBe('starting>stopped');
    world.exit('a');
    expect(world.stateOf('a')).toBe('stopped');
    expect(world.status('a').stopReason).toBe('dependency-failed');
    expect(started.result).toBe('failed');
    expect(world.state.active).toBe(0);
  });

  test('a milestone that was satisfied does not matter any more when it fails later', () => {
    const world = new World(
      [service('a', { type: 'scripted', dependsMs: ['m'] }), service('m', { type: 'scripted' })],
      {
        a: slow,
        m: [exitsAtOnce(0), exitsAtOnce(1)],
      },
    );
    world.start('a');
    world.stop('m');
    world.start('m');
    expect(world.states('a', 'm')).toEqual(['starting', 'stopped']);
    world.exit('a');
    expect(world.stateOf('a')).toBe('started');
  });

  test('a failed start --pin lets go of its dependencies', () => {
    const world = new World([service('a', { type: 'scripted', dependsOn: ['b'] }), service('b')], {
      a: exitsAtOnce(1),
    });
    world.start('a', { pin: true });
    expect(world.states('a', 'b')).toEqual(['stopped', 'stopped']);
    expect(world.record('b')).toMatchObject({ requiredBy: 0, isPinnedByDependent: false });
  });
});

describe('stopping', () => {
  test('a stop that calls off a pending start says so to whoever waits for that', () => {
    const world = new World([service('a', { type: 'process' })], { a: ignoresSignals });
    world.start('a');
    world.stop('a');
    const started = world.start('a');
    world.stop('a');
    expect(started.result).toBe('cancelled');
    expect(world.eventsOf('a')).toEqual(['started', 'start-cancelled']);
  });

  test('on-failure does not take a service without an exit on record for failed', () => {
    const world = new World([
      service('a', { type: 'process', dependsOn: ['b'], restart: { mode: 'on-failure' } }),
      service('b', { type: 'process', restart: { delay: 0 } }),
    ]);
    world.start('a');
    world.kill('b');
    world.advance(1000);
    expect(world.stateOf('a')).toBe('stopped');
  });

  test('a scripted service that was only waiting runs no stop command', () => {
    const world = new World([service('a', { ...scripted, dependsOn: ['b'] }), service('b', { type: 'triggered' })]);
    world.start('a');
    world.stop('a');
    expect(world.orders).toEqual([]);
  });

  test('a dependency waits for all its hard dependents, not only for the first one', () => {
    const world = new World(
      [
        service('x', { ...scripted, dependsOn: ['base'] }),
        service('y', { ...scripted, dependsOn: ['base'] }),
        service('base', scripted),
      ],
      { 'x stop': slow, 'y stop': slow },
    );
    world.start('x');
    world.start('y');
    world.shutdown();
    world.exit('x', 0, 'stop');
    expect(world.states('x', 'y', 'base')).toEqual(['stopped', 'stopping', 'stopping']);
    expect(world.launches('base', 'stop')).toBe(0);
    world.exit('y', 0, 'stop');
    expect(world.launches('base', 'stop')).toBe(1);
    expect(world.stateOf('base')).toBe('stopped');
  });

  test('two services below a common third do not stop at the same time when one needs the other', () => {
    const world = new World(
      [
        service('top', { dependsOn: ['middle', 'base'] }),
        service('middle', { ...scripted, dependsOn: ['base'] }),
        service('base', scripted),
      ],
      { 'middle stop': slow },
    );
    world.start('top');
    world.stop('top');
    expect(world.states('top', 'middle', 'base')).toEqual(['stopped', 'stopping', 'stopping']);
    expect(world.orders).not.toContain('launch base stop');
    world.exit('middle', 0, 'stop');
    expect(world.stateOf('base')).toBe('stopped');
  });

  test('a forced stop leaves the reason of dependents that are at rest', () => {
    const world = new World([service('a', { dependsOn: ['b'] }), service('b')]);
    world.start('b');
    world.stop('b', { force: true });
    expect(world.status('a')).toMatchObject({ stopReason: 'normal', isFailed: false });
  });

  test('the stop timer goes on for a stop command that outlives the process', () => {
    const world = new World([service('a', { type: 'process', ...stopCommand, stopTimeout: 500 })], {
      'a stop': ignoresSignals,
    });
    world.start('a');
    const stopped = world.stop('a');
    world.exit('a', 0);
    expect(stopped.result).toBe('waits');
    world.advance(500);
    expect(world.orders.at(-1)).toBe('signal a stop 9');
    expect(stopped.result).toBe('stopped');
  });

  test('a bgprocess that ends while its dependents are stopping waits for them', () => {
    const world = new World(
      [service('d', { type: 'process', dependsOn: ['a'] }), service('a', { type: 'bgprocess' })],
      {
        d: ignoresSignals,
      },
    );
    world.start('d');
    world.stop('a', { force: true });
    world.kill('a');
    expect(world.states('d', 'a')).toEqual(['stopping', 'stopping']);
    world.kill('d');
    expect(world.states('d', 'a')).toEqual(['stopped', 'stopped']);
    expect(world.status('a').pid).toBeUndefined();
  });
});

describe('pins and commands', () => {
  test('a pin holds only what is up: a milestone still waited for can fail, and then the pin is gone', () => {
    const world = new World([service('a', { dependsMs: ['m'] }), service('m', { type: 'scripted' })], { m: slow });
    const started = world.start('a', { pin: true });
    expect(world.stop('m', { force: true }).result).toBe('waits');
    world.exit('m');
    expect(world.states('a', 'm')).toEqual(['stopped', 'stopped']);
    expect(started.result).toBe('cancelled');
    world.shutdown();
    expect(world.state.active).toBe(0);
  });

  test('restart of what is pinned stopped is refused, as a start would be', () => {
    const world = new World([service('a', { dependsOn: ['b'] }), service('b')]);
    world.start('a');
    world.release('b', { pin: true });
    expect(world.restart('b', { force: true }).result).toBe('pinned-stopped');
    expect(world.states('a', 'b')).toEqual(['started', 'started']);
  });

  test('a refused wake --pin does not pin', () => {
    const world = new World([service('a')]);
    expect(world.wake('a', { pin: true }).result).toBe('no-active-dependents');
    expect(world.status('a').isPinnedStarted).toBe(false);
  });

  test('removing the link that a service waits for lets it go on', () => {
    const world = new World([service('a', { dependsOn: ['b'] }), service('b', { type: 'triggered' })]);
    const started = world.start('a');
    world.removeDependency('a', 'depends-on', 'b');
    expect(started.result).toBe('started');
    expect(world.stateOf('b')).toBe('stopped');
  });
});

describe('processes', () => {
  test.each([
    ['lives on', { run: (process) => process.closeReadiness() }, null],
    [
      'ends a little later',
      {
        run: (process, time) => {
          process.closeReadiness();
          time.after(20, () => process.exit(5));
        },
      },
      5,
    ],
    ['ends at once', exitsAtOnce(5), 5],
  ] satisfies [string, Program, number | null][])(
    'a process that closes its readiness pipe and %s has failed, with its exit status if there is one',
    (_how, program, status) => {
      const world = new World([service('a', { type: 'process', ...readiness })], { a: program });
      const started = world.start('a');
      world.advance(50);
      if (status !== null) {
        expect(started.outcome).toMatchObject({ event: { stopReason: 'failed', exit: { kind: 'exited', status } } });
      }
      world.advance(60_000);
      expect(started.result).toBe('failed');
      expect(world.status('a')).toMatchObject({ state: 'stopped', stopReason: 'failed', isFailed: true });
    },
  );

  test('a stop command that cannot be executed leads to the signal, always', () => {
    const world = new World([service('a', { type: 'process', ...stopCommand })], { 'a stop': cannotExecute(13) });
    world.start('a');
    expect(world.stop('a').result).toBe('stopped');
    expect(world.orders.at(-1)).toBe('signal a 15');
  });

  test('a process that dies below a dependent that needs time restarts once, and is counted once', () => {
    const world = new World(
      [
        service('top', { ...scripted, dependsOn: ['a'] }),
        service('a', { type: 'process', preparedBy: ['prepare'], restart: { delay: 0 } }),
        service('prepare', scripted),
      ],
      { 'top stop': exitsAfter(1000) },
    );
    world.start('top');
    world.orders.length = 0;
    world.kill('a');
    expect(world.orders).toEqual(['launch top stop', 'launch prepare stop', 'launch prepare', 'launch a']);
    expect(world.states('top', 'a', 'prepare')).toEqual(['stopping>started', 'started', 'started']);
    world.advance(1000);
    expect(world.orders.slice(4)).toEqual(['launch top']);
    expect(world.states('top', 'a', 'prepare')).toEqual(['started', 'started', 'started']);
    expect(world.status('a').restarts).toBe(1);
    expect([world.launches('a'), world.launches('top', 'stop')]).toEqual([2, 1]);
  });

  test('an activation socket that cannot be made is a failed execution', () => {
    const world = new World([service('a', { type: 'process' })], { a: manual });
    const started = world.start('a');
    world.process('a').failToExecute(98, 0, 0x32);
    world.settle();
    expect(started.outcome).toMatchObject({ event: { stopReason: 'exec-failed', launchFailure: { opType: 0x32 } } });
  });
});
