import { describe, expect, test } from 'vitest';
import { type Program, exitsOnInterrupt, forks, ignoresSignals, manual, readyAfter, runs } from './support/program.ts';
import { readiness, service, stopCommand } from './support/service.ts';
import { World } from './support/world.ts';

const slow: Program = { run: () => undefined };

describe('the start timeout', () => {
  test('interrupts the start, which has failed at once; it is stopped when the process has ended', () => {
    const world = new World([service('a', { type: 'process', ...readiness, startTimeout: 1000 })], {
      a: ignoresSignals,
    });
    const started = world.start('a');
    world.advance(999);
    expect(started.result).toBe('waits');
    world.advance(1);
    expect(started.outcome).toMatchObject({ kind: 'failed', event: { stopReason: 'timed-out', state: 'stopping' } });
    expect(world.orders).toEqual(['launch a', 'signal a 2']);
    expect(world.eventsOf('a')).toEqual(['start-failed']);
    world.advance(10_000);
    expect(world.orders.at(-1)).toBe('signal a 9');
    expect(world.eventsOf('a')).toEqual(['start-failed', 'stopped']);
    expect(world.status('a')).toMatchObject({ isFailed: true, stopReason: 'timed-out' });
  });

  test('counts from the launch, not from the request', () => {
    const world = new World(
      [service('a', { type: 'scripted', startTimeout: 100, dependsOn: ['b'] }), service('b', { type: 'triggered' })],
      { a: slow },
    );
    world.start('a');
    world.advance(60_000);
    world.trigger('b');
    world.advance(99);
    expect(world.stateOf('a')).toBe('starting');
    world.advance(1);
    expect(world.stateOf('a')).toBe('stopped');
  });

  test('of 0 never ends', () => {
    const world = new World([service('a', { type: 'scripted', startTimeout: 0 })], { a: slow });
    world.start('a');
    world.advance(10_000_000);
    expect(world.stateOf('a')).toBe('starting');
  });

  test('does not touch what is up', () => {
    const world = new World(
      [
        service('a', { type: 'process', startTimeout: 50 }),
        service('b', { type: 'process', startTimeout: 50, ...readiness }),
      ],
      { b: readyAfter(20) },
    );
    world.start('a');
    world.start('b');
    world.advance(1000);
    expect(world.states('a', 'b')).toEqual(['started', 'started']);
  });

  test('of a bgprocess covers the launched process', () => {
    const world = new World([service('a', { type: 'bgprocess', startTimeout: 50 })], { a: slow });
    world.start('a');
    world.advance(50);
    expect(world.status('a')).toMatchObject({ state: 'stopped', stopReason: 'timed-out' });
  });

  test('that ends while the program is not executed yet interrupts it as soon as it is', () => {
    const world = new World([service('a', { type: 'process', startTimeout: 50 })], {
      a: { ...slow, execution: 'manual' },
    });
    world.start('a');
    world.advance(50);
    expect(world.stateOf('a')).toBe('stopping');
    expect(world.orders).toEqual(['launch a']);
    world.process('a').execute();
    world.settle();
    expect(world.orders).toEqual(['launch a', 'signal a 2']);
    expect(world.stateOf('a')).toBe('stopped');
  });

  test('of a scripted service that ends well after all is cleaned up by the stop command', () => {
    for (const [status, orders] of [
      [0, ['launch a', 'signal a 2', 'launch a stop']],
      [1, ['launch a', 'signal a 2']],
    ] as const) {
      const world = new World([service('a', { type: 'scripted', ...stopCommand, startTimeout: 50 })], {
        a: exitsOnInterrupt(status),
      });
      const started = world.start('a');
      world.advance(50);
      expect(started.result).toBe('failed');
      expect(world.orders).toEqual(orders);
      expect(world.stateOf('a')).toBe('stopped');
    }
  });

  test('of a skippable service is a timeout, not a skip', () => {
    const world = new World([service('a', { type: 'scripted', startTimeout: 50, options: { skippable: true } })], {
      a: slow,
    });
    const started = world.start('a');
    world.advance(50);
    expect(started.result).toBe('failed');
    expect(world.status('a')).toMatchObject({ state: 'stopped', isSkipped: false, stopReason: 'timed-out' });
  });

  test('a start given meanwhile begins when the process is gone', () => {
    const world = new World([service('a', { type: 'process', ...readiness, startTimeout: 50 })], {
      a: [ignoresSignals, readyAfter(0)],
    });
    world.start('a');
    world.advance(50);
    const again = world.start('a');
    expect(world.stateOf('a')).toBe('stopping>started');
    world.kill('a');
    expect(again.result).toBe('started');
  });

  test('a pid file that is read when the time is up leads to a process that is ended', () => {
    const world = new World([service('a', { type: 'bgprocess', startTimeout: 50 })], {
      a: { run: (process) => process.on(2, () => process.exit(0)), pidFile: runs },
    });
    const started = world.start('a');
    world.advance(50);
    expect(started.result).toBe('failed');
    expect(world.orders).toEqual(['launch a', 'signal a 2', 'signal a 15']);
    expect(world.stateOf('a')).toBe('stopped');
  });
});

describe('the stop timeout', () => {
  test('kills what does not end', () => {
    const world = new World([service('a', { type: 'process', stopTimeout: 3000 })], { a: ignoresSignals });
    world.start('a');
    const stopped = world.stop('a');
    world.advance(2999);
    expect(stopped.result).toBe('waits');
    world.advance(1);
    expect(world.orders).toEqual(['launch a', 'signal a 15', 'signal a 9']);
    expect(stopped.result).toBe('stopped');
    expect(world.notices('a')).toContain('stop-timeout');
  });

  test('of 0 waits for ever', () => {
    const world = new World([service('a', { type: 'process', stopTimeout: 0 })], { a: ignoresSignals });
    world.start('a');
    const stopped = world.stop('a');
    world.advance(10_000_000);
    expect(stopped.result).toBe('waits');
  });

  test('counts from the stop action, not from the request', () => {
    const world = new World(
      [
        service('d', { type: 'process', dependsOn: ['a'], stopTimeout: 0 }),
        service('a', { type: 'process', stopTimeout: 100 }),
      ],
      { d: ignoresSignals, a: ignoresSignals },
    );
    world.start('d');
    world.stop('a', { force: true });
    world.advance(60_000);
    expect(world.orders).not.toContain('signal a 15');
    world.kill('d');
    world.advance(99);
    expect(world.orders).not.toContain('signal a 9');
    world.advance(1);
    expect(world.stateOf('a')).toBe('stopped');
  });

  test('kills process and stop command', () => {
    const world = new World([service('a', { type: 'process', ...stopCommand, stopTimeout: 100 })], {
      a: ignoresSignals,
      'a stop': ignoresSignals,
    });
    world.start('a');
    const stopped = world.stop('a');
    world.advance(100);
    expect(world.orders.slice(2)).toEqual(['signal a 9', 'signal a stop 9']);
    expect(stopped.result).toBe('stopped');
  });
});

describe('timers', () => {
  test('a timer event that comes early or for nothing changes nothing', () => {
    const world = new World([service('a', { type: 'process', ...readiness, startTimeout: 1000 })], { a: slow });
    expect(world.send({ kind: 'timer' })).toEqual([]);
    world.start('a');
    expect(world.send({ kind: 'timer' })).toEqual([]);
    expect(world.stateOf('a')).toBe('starting');
  });

  test('one late timer event handles everything that is due, in order', () => {
    const world = new World(
      ['a', 'b', 'c'].map((name, place) => service(name, { type: 'scripted', startTimeout: 300 - 100 * place })),
      { a: slow, b: slow, c: slow },
    );
    for (const name of ['a', 'b', 'c']) world.start(name);
    world.time.moveTo(world.time.now + 1000);
    world.send({ kind: 'timer' });
    expect(world.events).toEqual(['c start-failed', 'b start-failed', 'a start-failed']);
  });

  test('reports of an earlier run are ignored', () => {
    const world = new World([service('a', { type: 'process', restart: { delay: 0 } })], { a: [runs, manual, forks()] });
    world.start('a');
    const { id, run, pid } = world.process('a').facts;
    world.kill('a');
    expect(world.stateOf('a')).toBe('starting');
    const late = { id, run, pid, role: 'main' } as const;
    expect(world.send({ kind: 'exited', ...late, exit: { kind: 'exited', status: 0 } })).toEqual([]);
    expect(world.send({ kind: 'executed', ...late })).toEqual([]);
    expect(world.send({ kind: 'ready', id, run })).toEqual([]);
    expect(world.stateOf('a')).toBe('starting');
  });
});
