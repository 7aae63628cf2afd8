import { describe, expect, test } from 'vitest';
import type { RestartMode } from '../../../src/service/description.ts';
import { cannotExecute, exitsAtOnce, ignoresSignals, manual, runs } from './support/program.ts';
import { service, stopCommand } from './support/service.ts';
import { World } from './support/world.ts';

const slow = { run: (): void => undefined };

/** What a service does when its process ends like this. */
function afterEnd(mode: RestartMode, end: (world: World) => void): string | null {
  const world = new World([service('a', { type: 'process', restart: { mode, delay: 0 } })], { a: [runs, runs] });
  world.start('a');
  end(world);
  return world.stateOf('a');
}

describe('automatic restart', () => {
  const exit =
    (status: number) =>
    (world: World): void =>
      world.exit('a', status);
  const die =
    (signal: number) =>
    (world: World): void => {
      world.process('a').die(signal);
      world.settle();
    };

  test.each([
    ['yes', 'exit 0', exit(0), 'started'],
    ['yes', 'exit 1', exit(1), 'started'],
    ['yes', 'SIGKILL', die(9), 'started'],
    ['no', 'exit 0', exit(0), 'stopped'],
    ['no', 'exit 1', exit(1), 'stopped'],
    ['on-failure', 'exit 0', exit(0), 'stopped'],
    ['on-failure', 'exit 1', exit(1), 'started'],
    ['on-failure', 'SIGKILL', die(9), 'started'],
    ['on-failure', 'SIGQUIT', die(3), 'started'],
    ...[1, 2, 10, 12, 15].map((signal) => ['on-failure', `signal ${signal}`, die(signal), 'stopped'] as const),
  ] as const)('restart = %s after %s', (mode, _how, end, expected) => {
    expect(afterEnd(mode, end)).toBe(expected);
  });

  test('is reported as stopped and started, with the reason terminated', () => {
    const world = new World([service('a', { type: 'process', restart: { delay: 0 } })]);
    world.start('a');
    world.kill('a');
    expect(world.eventsOf('a')).toEqual(['started', 'stopped', 'started']);
    expect(world.status('a')).toMatchObject({ stopReason: 'terminated', isFailed: false, isExplicit: true });
  });

  test('comes no earlier than the restart delay after the last launch, and shows what it waits for', () => {
    const world = new World([service('a', { type: 'process', restart: { delay: 1000 } })]);
    world.start('a');
    world.advance(400);
    world.kill('a');
    expect(world.stateOf('a')).toBe('starting');
    expect(world.hasProcess('a')).toBe(false);
    world.advance(599);
    expect(world.launches('a')).toBe(1);
    world.advance(1);
    expect(world.launches('a')).toBe(2);
    expect(world.stateOf('a')).toBe('started');
  });

  test('comes at once when the last launch is longer ago than the delay', () => {
    const world = new World([service('a', { type: 'process', restart: { delay: 1000 } })]);
    world.start('a');
    world.advance(1000);
    world.kill('a');
    expect(world.launches('a')).toBe(2);
  });

  test('a stop during the restart delay ends it at once', () => {
    const world = new World([service('a', { type: 'process', restart: { delay: 1000 } })]);
    world.start('a');
    world.kill('a');
    expect(world.stop('a').result).toBe('stopped');
    world.advance(5000);
    expect(world.launches('a')).toBe(1);
  });

  test('a start that fails on the way is final', () => {
    const world = new World([service('a', { type: 'process', restart: { delay: 0 } })], { a: [runs, cannotExecute()] });
    world.start('a');
    world.kill('a');
    world.advance(60_000);
    expect(world.status('a')).toMatchObject({ state: 'stopped', stopReason: 'exec-failed' });
    expect(world.launches('a')).toBe(2);
  });
});

describe('the restart limit', () => {
  const limited = (limitCount: number, limitInterval = 10_000): World =>
    new World([service('a', { type: 'process', restart: { delay: 10, limitCount, limitInterval } })], {
      a: exitsAtOnce(0),
    });

  test('a program that always ends at once runs four times by default', () => {
    const world = limited(3);
    world.start('a');
    world.advance(60_000);
    expect(world.launches('a')).toBe(4);
    expect(world.status('a')).toMatchObject({ state: 'stopped', target: 'stopped', stopReason: 'terminated' });
    expect(world.notices('a')).toContain('restarting-too-quickly');
  });

  test.each([
    [0, 10_000],
    [3, 0],
  ])('does not exist with count %d and interval %d', (count, interval) => {
    const world = limited(count, interval);
    world.start('a');
    world.advance(1000);
    expect(world.launches('a')).toBe(101);
  });

  test('counts anew when the interval has passed', () => {
    const world = new World([
      service('a', { type: 'process', restart: { delay: 0, limitCount: 1, limitInterval: 1000 } }),
    ]);
    world.start('a');
    for (let round = 0; round < 5; round += 1) {
      world.advance(1100);
      world.kill('a');
    }
    expect(world.stateOf('a')).toBe('started');
    world.kill('a');
    expect(world.stateOf('a')).toBe('stopped');
  });

  test('a start by a client begins a new window', () => {
    const world = limited(1);
    world.start('a');
    world.advance(100);
    expect(world.launches('a')).toBe(2);
    world.start('a');
    world.advance(100);
    expect(world.launches('a')).toBe(4);
  });

  test('a service that reaches it takes its dependents down for good', () => {
    const world = new World(
      [service('d', { dependsOn: ['a'] }), service('a', { type: 'process', restart: { delay: 0, limitCount: 1 } })],
      { a: [runs, runs] },
    );
    world.start('d');
    world.kill('a');
    expect(world.states('d', 'a')).toEqual(['started', 'started']);
    world.kill('a');
    world.advance(10_000);
    expect(world.states('d', 'a')).toEqual(['stopped', 'stopped']);
    expect(world.status('d').stopReason).toBe('dependency-failed');
  });

  test('restarts with a dependency count against the limit of the dependent', () => {
    const quick = { delay: 0, limitCount: 1 };
    const world = new World([
      service('d', { type: 'process', dependsOn: ['a'], restart: quick }),
      service('a', { type: 'process', restart: { ...quick, limitCount: 5 } }),
    ]);
    world.start('d');
    world.kill('a');
    world.kill('a');
    world.advance(10_000);
    expect(world.stateOf('d')).toBe('stopped');
  });

  test('a scripted service has none', () => {
    const world = new World([
      service('d', { type: 'scripted', dependsOn: ['a'] }),
      service('a', { type: 'process', restart: { delay: 0, limitCount: 0 } }),
    ]);
    world.start('d');
    for (let round = 0; round < 10; round += 1) world.kill('a');
    expect(world.stateOf('d')).toBe('started');
    expect(world.launches('d')).toBe(11);
  });
});

describe('a service whose process ends below others', () => {
  test('dependents with restart come up again with it', () => {
    const world = new World([
      service('top', { type: 'scripted', ...stopCommand, dependsOn: ['a'] }),
      service('a', { type: 'process', restart: { delay: 0 } }),
    ]);
    world.start('top');
    world.kill('a');
    expect(world.orders).toEqual(['launch a', 'launch top', 'launch top stop', 'launch a', 'launch top']);
    expect(world.states('top', 'a')).toEqual(['started', 'started']);
    expect(world.status('top').isExplicit).toBe(true);
  });

  test('a dependent without restart stays down and lets it go', () => {
    const world = new World([
      service('top', { dependsOn: ['a'], restart: { mode: 'no' } }),
      service('a', { type: 'process', restart: { delay: 0, mode: 'no' } }),
    ]);
    world.start('top');
    world.kill('a');
    world.advance(10_000);
    expect(world.states('top', 'a')).toEqual(['stopped', 'stopped']);
    expect(world.state.active).toBe(0);
  });

  test('one without restart comes up again for a dependent that restarts', () => {
    const world = new World([
      service('top', { dependsOn: ['a'] }),
      service('a', { type: 'process', restart: { mode: 'no', delay: 0 } }),
    ]);
    world.start('top');
    world.kill('a');
    world.advance(1000);
    expect(world.states('top', 'a')).toEqual(['started', 'started']);
  });

  test('a soft dependent is not touched, and counts on it again when it is back', () => {
    const world = new World([
      service('soft', { type: 'process', waitsFor: ['a'] }),
      service('a', { type: 'process', restart: { mode: 'no' } }),
    ]);
    world.start('soft');
    world.kill('a');
    expect(world.states('soft', 'a')).toEqual(['started', 'stopped']);
    expect(world.record('a').requiredBy).toBe(0);
    world.start('a');
    world.release('a');
    expect(world.states('soft', 'a')).toEqual(['started', 'started']);
    world.stop('soft');
    expect(world.stateOf('a')).toBe('stopped');
  });

  test('a soft dependency that restarts keeps its dependent all the time', () => {
    const world = new World([
      service('soft', { type: 'process', waitsFor: ['a'] }),
      service('a', { type: 'process', restart: { delay: 500 } }),
    ]);
    world.start('soft');
    world.kill('a');
    expect(world.record('a')).toMatchObject({ state: 'starting', requiredBy: 1 });
    world.advance(500);
    expect(world.stateOf('a')).toBe('started');
  });
});

describe('restart', () => {
  test('restart stops a chain from the top and starts it from the bottom', () => {
    const scripted = { type: 'scripted', ...stopCommand } as const;
    const world = new World([
      service('a', { ...scripted, dependsOn: ['b'] }),
      service('b', { ...scripted, dependsOn: ['c'] }),
      service('c', scripted),
    ]);
    world.start('a');
    const asked = world.restart('b', { force: true });
    expect(asked.result).toBe('started');
    expect(world.orders.slice(3)).toEqual(['launch a stop', 'launch b stop', 'launch b', 'launch a']);
    expect(world.status('a')).toMatchObject({ stopReason: 'dependency-restart', isExplicit: true });
    expect(world.status('b').isExplicit).toBe(false);
  });

  test('restart takes dependents along whatever their restart setting', () => {
    const world = new World([service('a', { dependsOn: ['b'], restart: { mode: 'no' } }), service('b')]);
    world.start('a');
    world.restart('b', { force: true });
    expect(world.states('a', 'b')).toEqual(['started', 'started']);
    expect(world.eventsOf('a')).toEqual(['started', 'stopped', 'started']);
  });

  test('restart leaves soft dependents and satisfied milestones alone', () => {
    const world = new World([
      service('soft', { type: 'process', waitsFor: ['a'] }),
      service('ms', { type: 'process', dependsMs: ['a'] }),
      service('a'),
    ]);
    world.start('soft');
    world.start('ms');
    expect(world.restart('a').result).toBe('started');
    expect([world.launches('soft'), world.launches('ms')]).toEqual([1, 1]);
    expect(world.record('a').requiredBy).toBe(2);
  });

  test('restart is refused unless the service is up', () => {
    const world = new World([service('a', { type: 'process' })], { a: manual });
    expect(world.restart('a').result).toBe('not-started');
    world.start('a');
    expect(world.restart('a').result).toBe('not-started');
  });

  test('restart without force is refused while a hard dependent holds the service', () => {
    const world = new World([service('a', { dependsOn: ['b'] }), service('b')]);
    world.start('a');
    expect(world.restart('b').reply).toEqual({ kind: 'refused', refusal: { kind: 'dependents', names: ['a'] } });
  });

  test('restart is neither delayed nor limited, and begins a new window', () => {
    const world = new World([service('a', { type: 'process', restart: { delay: 5000, limitCount: 1 } })]);
    world.start('a');
    for (let round = 0; round < 5; round += 1) expect(world.restart('a').result).toBe('started');
    expect(world.status('a').restarts).toBe(0);
    expect(world.launches('a')).toBe(6);
  });

  test('restart fails when the service does not come up again, and its dependents fail with it', () => {
    const world = new World([service('a', { dependsOn: ['b'] }), service('b', { type: 'scripted' })], {
      b: [exitsAtOnce(0), exitsAtOnce(1)],
    });
    world.start('a');
    expect(world.restart('b', { force: true }).result).toBe('failed');
    expect(world.states('a', 'b')).toEqual(['stopped', 'stopped']);
    expect(world.status('a').stopReason).toBe('dependency-failed');
  });

  test('restart reaches a dependent whose start cannot be interrupted when that is up', () => {
    const world = new World(
      [service('a', { type: 'scripted', dependsOn: ['b'], restart: { mode: 'no' } }), service('b')],
      {
        a: [slow, exitsAtOnce(0)],
      },
    );
    const started = world.start('a');
    const restarted = world.restart('b', { force: true });
    expect(world.states('a', 'b')).toEqual(['starting', 'stopping>started']);
    world.exit('a');
    expect([started.result, restarted.result]).toEqual(['started', 'started']);
    expect(world.eventsOf('a')).toEqual(['started', 'stopped', 'started']);
    expect(world.states('a', 'b')).toEqual(['started', 'started']);
  });

  test.each([
    ['while it stops', ignoresSignals, 'stopping'],
    ['while it starts again', manual, 'starting'],
  ])('stop %s during a restart ends it', (_when, second, state) => {
    const first = state === 'stopping' ? ignoresSignals : runs;
    const world = new World([service('a', { type: 'process', options: { startInterruptible: true } })], {
      a: [first, second],
    });
    world.start('a');
    const restarted = world.restart('a');
    const stopped = world.stop('a');
    if (state === 'stopping') world.kill('a');
    else world.process('a').execute();
    world.settle();
    world.advance(20_000);
    expect([restarted.result, stopped.result]).toEqual(['cancelled', 'stopped']);
    expect(world.stateOf('a')).toBe('stopped');
  });

  test('prepared-by restarts the dependency whenever the dependent restarts, before it', () => {
    const world = new World([
      service('a', { type: 'process', preparedBy: ['b'], restart: { delay: 0 } }),
      service('b', { type: 'scripted', ...stopCommand }),
    ]);
    world.start('a');
    world.kill('a');
    expect(world.orders).toEqual(['launch b', 'launch a', 'launch b stop', 'launch b', 'launch a']);
    world.restart('a');
    expect(world.orders.slice(5)).toEqual(['signal a 15', 'launch b stop', 'launch b', 'launch a']);
  });

  test('prepared-by leaves a dependency alone that may not start again', () => {
    const world = new World([
      service('a', { type: 'process', preparedBy: ['b'], restart: { delay: 0 } }),
      service('b'),
    ]);
    world.start('a');
    world.release('b', { pin: true });
    world.kill('a');
    expect(world.states('a', 'b')).toEqual(['started', 'started']);
  });
});

describe('wake', () => {
  test('wake starts a service for those that would have it, without marking it', () => {
    const world = new World([service('a', { waitsFor: ['b'] }), service('b')]);
    world.start('a');
    world.stop('b');
    expect(world.wake('b').result).toBe('started');
    expect(world.record('b')).toMatchObject({ isExplicit: false, requiredBy: 1 });
    expect(world.wake('b').result).toBe('already');
  });

  test('wake is refused when no dependent is up', () => {
    const world = new World([service('a', { waitsFor: ['b'], after: ['c'] }), service('b'), service('c')]);
    expect(world.wake('b').result).toBe('no-active-dependents');
    world.start('a');
    expect(world.wake('c').result).toBe('no-active-dependents');
  });

  test('wake is refused for what is pinned stopped', () => {
    const world = new World([service('a', { waitsFor: ['b'] }), service('b')]);
    world.start('a');
    world.stop('b', { pin: true });
    expect(world.wake('b').result).toBe('pinned-stopped');
  });
});
