import { describe, expect, test } from 'vitest';
import { cannotExecute, exitsAtOnce, forks, ignoresSignals, manual, readyAfter, runs } from './support/program.ts';
import { type Sketch, readiness, service } from './support/service.ts';
import { World } from './support/world.ts';
import type { Program } from './support/program.ts';

const smooth: Sketch = { type: 'process', restart: { smoothRecovery: true, delay: 0, mode: 'no' } };

function recovering(programs: readonly Program[], sketch: Sketch = {}): World {
  const world = new World([service('d', { dependsOn: ['a'] }), service('a', { ...smooth, ...sketch })], {
    a: programs,
  });
  world.start('d');
  return world;
}

describe('smooth recovery', () => {
  test('replaces the process; nobody else learns of it', () => {
    const world = recovering([runs]);
    const { pid } = world.status('a');
    world.kill('a');
    expect(world.states('d', 'a')).toEqual(['started', 'started']);
    expect(world.status('a').pid).not.toBe(pid);
    expect(world.eventsOf('a')).toEqual(['started']);
    expect(world.eventsOf('d')).toEqual(['started']);
  });

  test('follows a clean end too', () => {
    const world = recovering([runs]);
    world.exit('a', 0);
    expect(world.launches('a')).toBe(2);
  });

  test('counts against the restart limit; beyond it the service and its dependents stop for good', () => {
    const world = recovering([runs], { restart: { smoothRecovery: true, delay: 0, limitCount: 2 } });
    for (let round = 0; round < 3; round += 1) world.kill('a');
    world.advance(60_000);
    expect(world.launches('a')).toBe(3);
    expect(world.status('a')).toMatchObject({ state: 'stopped', stopReason: 'terminated' });
    expect(world.status('d')).toMatchObject({ state: 'stopped', stopReason: 'dependency-failed' });
  });

  test('keeps the restart delay, up without a process', () => {
    const world = recovering([runs], { restart: { smoothRecovery: true, delay: 700 } });
    world.kill('a');
    expect(world.stateOf('a')).toBe('started');
    expect(world.status('a').pid).toBeUndefined();
    world.advance(700);
    expect(world.hasProcess('a')).toBe(true);
  });

  test('a stop during its delay is immediate', () => {
    const world = recovering([runs], { restart: { smoothRecovery: true, delay: 700 } });
    world.kill('a');
    expect(world.stop('a', { force: true }).result).toBe('stopped');
    world.advance(5000);
    expect(world.launches('a')).toBe(1);
  });

  test('a stop while it waits for exec goes on after exec', () => {
    const world = recovering([runs, manual]);
    world.kill('a');
    const stopped = world.stop('a', { force: true });
    expect(world.stateOf('a')).toBe('stopping');
    world.process('a').execute();
    world.settle();
    expect(stopped.result).toBe('stopped');
    expect(world.orders.slice(-2)).toEqual(['launch a', 'signal a 15']);
  });

  test('a program that cannot be executed any more is the end, for dependents too', () => {
    const world = recovering([runs, cannotExecute()]);
    world.kill('a');
    expect(world.status('a')).toMatchObject({ state: 'stopped', stopReason: 'terminated' });
    expect(world.status('d')).toMatchObject({ state: 'stopped', stopReason: 'dependency-failed' });
  });

  test('goes on under a start pin', () => {
    const world = recovering([runs]);
    world.start('d', { pin: true });
    world.kill('a');
    expect(world.hasProcess('a')).toBe(true);
  });

  test('goes on for a process that is only kept up by a pin, not for a bgprocess', () => {
    for (const [type, launches] of [
      ['process', 2],
      ['bgprocess', 1],
    ] as const) {
      const world = new World([service('a', { ...smooth, type })]);
      world.start('a', { pin: true });
      world.release('a');
      world.kill('a');
      expect(world.launches('a')).toBe(launches);
      expect(world.stateOf('a')).toBe('started>stopped');
    }
  });

  test('of a bgprocess runs the command again and reads the pid file again', () => {
    const world = recovering([forks()], { type: 'bgprocess' });
    world.kill('a');
    expect(world.states('d', 'a')).toEqual(['started', 'started']);
    expect(world.actions.filter(({ kind }) => kind === 'read-pid-file')).toHaveLength(2);
    expect(world.hasProcess('a')).toBe(true);
  });

  test.each([
    ['a bad pid file', forks('no-such-process')],
    ['a launched process that fails', exitsAtOnce(1)],
  ])('of a bgprocess ends with %s', (_what, second) => {
    const world = recovering([forks(), second], { type: 'bgprocess' });
    world.kill('a');
    expect(world.status('a')).toMatchObject({ state: 'stopped', stopReason: 'terminated' });
    expect(world.stateOf('d')).toBe('stopped');
  });

  test('is accepted and ignored for other types', () => {
    const world = new World([service('a', { type: 'scripted', restart: { smoothRecovery: true } })]);
    world.start('a');
    expect(world.stop('a').result).toBe('stopped');
  });
});

describe('smooth recovery with readiness', () => {
  const ready: Sketch = { ...readiness, startTimeout: 1000 };

  test('a process that reports ready is not touched by the start timeout any more', () => {
    const world = recovering([readyAfter(0), readyAfter(100)], ready);
    world.kill('a');
    world.advance(60_000);
    expect(world.launches('a')).toBe(2);
    expect(world.states('d', 'a')).toEqual(['started', 'started']);
  });

  test('a process that does not report in time is interrupted, and dependents go down with it', () => {
    const world = recovering([readyAfter(0), runs], ready);
    world.kill('a');
    world.advance(1000);
    expect(world.orders.at(-1)).toBe('signal a 2');
    expect(world.status('a')).toMatchObject({ state: 'stopped', stopReason: 'timed-out' });
    expect(world.status('d')).toMatchObject({ state: 'stopped', stopReason: 'dependency-failed' });
  });

  test('one that does not end when interrupted is killed, and dependents are down before', () => {
    const world = recovering([readyAfter(0), ignoresSignals], { ...ready, stopTimeout: 300 });
    world.kill('a');
    world.advance(1000);
    expect(world.states('d', 'a')).toEqual(['stopped', 'stopping']);
    world.advance(300);
    expect(world.stateOf('a')).toBe('stopped');
    expect(world.orders.slice(-2)).toEqual(['signal a 2', 'signal a 9']);
  });

  test('an interrupted one waits for dependents that need time', () => {
    const world = new World(
      [service('d', { type: 'process', dependsOn: ['a'] }), service('a', { ...smooth, ...ready })],
      { a: [readyAfter(0), runs], d: ignoresSignals },
    );
    world.start('d');
    world.kill('a');
    world.advance(1000);
    expect(world.states('d', 'a')).toEqual(['stopping', 'stopping']);
    expect(world.hasProcess('a')).toBe(false);
    world.kill('d');
    expect(world.states('d', 'a')).toEqual(['stopped', 'stopped']);
  });

  test('an end before it is ready ends the service', () => {
    const world = recovering([readyAfter(0), exitsAtOnce(1)], ready);
    world.kill('a');
    world.advance(10_000);
    expect(world.launches('a')).toBe(2);
    expect(world.stateOf('a')).toBe('stopped');
    expect(world.status('d').stopReason).toBe('dependency-failed');
  });

  test('a stop while it is waited for is an ordinary stop', () => {
    const world = recovering([readyAfter(0), runs], ready);
    world.kill('a');
    expect(world.stop('a', { force: true }).result).toBe('stopped');
    expect(world.orders.at(-1)).toBe('signal a 15');
    expect(world.status('a').stopReason).toBe('normal');
  });
});
