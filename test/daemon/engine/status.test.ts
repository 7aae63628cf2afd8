import { describe, expect, test } from 'vitest';
import {
  dependenciesOf,
  dependentsOf,
  findService,
  loadedServices,
  nextDeadline,
} from '../../../src/daemon/engine/status.ts';
import { type Program, ignoresSignals, manual } from './support/program.ts';
import { readiness, service, stopCommand } from './support/service.ts';
import { World } from './support/world.ts';

const slow: Program = { run: () => undefined };

describe('status', () => {
  test('statusOf() shows a service at rest', () => {
    const world = new World([service('a', { type: 'process' })]);
    expect(world.status('a')).toEqual({
      name: 'a',
      type: 'process',
      state: 'stopped',
      target: 'stopped',
      isExplicit: false,
      isFailed: false,
      isSkipped: false,
      isPinnedStarted: false,
      isPinnedStopped: false,
      isForcedToStop: false,
      console: 'none',
      stopReason: 'normal',
      since: world.time.now,
      restarts: 0,
      restartLimit: 3,
    });
  });

  test('statusOf() shows pids, the last exit and since when', () => {
    const world = new World([service('a', { type: 'process', ...stopCommand, restart: { delay: 0 } })], {
      'a stop': slow,
    });
    world.start('a');
    world.exit('a', 3);
    world.advance(500);
    const since = world.time.now;
    world.stop('a');
    expect(world.status('a')).toMatchObject({
      state: 'stopping',
      pid: world.process('a').facts.pid,
      stopPid: world.process('a', 'stop').facts.pid,
      exit: { kind: 'exited', status: 3 },
      restarts: 1,
      since,
    });
  });

  test('statusOf() counts a service as failed only after a start that did not succeed', () => {
    const world = new World([
      service('a', { type: 'process', restart: { mode: 'no' } }),
      service('b', { dependsOn: ['a'] }),
    ]);
    world.start('b');
    world.exit('a', 1);
    expect([world.status('a').isFailed, world.status('b').isFailed]).toEqual([false, false]);
    world.start('b');
    world.stop('a', { force: true });
    expect([world.status('a').isFailed, world.status('b').isFailed]).toEqual([false, true]);
  });

  test('dependenciesOf() and dependentsOf() show links with what they do now', () => {
    const world = new World([
      service('a', { dependsOn: ['b'], waitsFor: ['c'] }),
      service('b', { type: 'triggered' }),
      service('c'),
    ]);
    world.start('a');
    expect(dependenciesOf(world.state, world.id('a'))).toEqual([
      { kind: 'depends-on', name: 'b', state: 'starting', isHolding: true, isWaiting: true },
      { kind: 'waits-for', name: 'c', state: 'started', isHolding: true, isWaiting: false },
    ]);
    expect(dependentsOf(world.state, world.id('c'))).toEqual([
      { kind: 'waits-for', name: 'a', state: 'starting', isHolding: true, isWaiting: false },
    ]);
  });

  test('loadedServices() lists in load order, findService() by name', () => {
    const world = new World([service('z'), service('a')]);
    world.load([service('constructor'), service('__proto__')]);
    world.unload('z');
    world.load([service('z')]);
    expect(loadedServices(world.state).map((id) => world.serviceAt(id).description.name)).toEqual([
      'a',
      'constructor',
      '__proto__',
      'z',
    ]);
    expect(findService(world.state, 'toString')).toBeUndefined();
    expect(findService(world.state, '__proto__')).toBe(world.id('__proto__'));
  });

  test('nextDeadline() is the earliest of all timers', () => {
    const world = new World(
      [30, 10, 20].map((startTimeout, place) => service(`s${place}`, { type: 'scripted', startTimeout })),
      { s0: slow, s1: slow, s2: slow },
    );
    expect(nextDeadline(world.state)).toBeUndefined();
    for (const name of ['s0', 's1', 's2']) world.start(name);
    expect(nextDeadline(world.state)).toBe(world.time.now + 10);
    world.exit('s1');
    expect(nextDeadline(world.state)).toBe(world.time.now + 20);
  });
});

describe('waitingFor() says what a service waits for:', () => {
  test('nothing at rest and when it is up', () => {
    const world = new World([service('a')]);
    expect(world.waitingFor('a')).toEqual([]);
    world.start('a');
    expect(world.waitingFor('a')).toEqual([]);
  });

  test('its dependencies, and what it is ordered after', () => {
    const world = new World([
      service('a', { dependsOn: ['b'], after: ['c'] }),
      service('b', { type: 'triggered' }),
      service('c', { type: 'triggered' }),
    ]);
    world.start('c');
    world.start('a');
    expect(world.waitingFor('a')).toEqual(['dependency b', expect.stringContaining('c')]);
    expect(world.waitingFor('b')).toEqual(['its trigger']);
  });

  test('the dependents that are in its way', () => {
    const world = new World([service('a', { type: 'process', dependsOn: ['b'] }), service('b')], { a: ignoresSignals });
    world.start('a');
    world.stop('b', { force: true });
    expect(world.waitingFor('b')).toEqual(['dependent a']);
    expect(world.waitingFor('a')).toEqual(['its process to end']);
  });

  test('each phase of its own actions', () => {
    const world = new World(
      [
        service('exec', { type: 'process' }),
        service('ready', { type: 'process', ...readiness }),
        service('script', { type: 'scripted' }),
        service('delay', { type: 'process', restart: { delay: 1000 } }),
        service('down', { type: 'process', ...stopCommand }),
        service('late', { type: 'scripted', startTimeout: 1 }),
      ],
      { exec: manual, script: slow, 'down stop': slow, late: ignoresSignals },
    );
    for (const name of ['exec', 'ready', 'script', 'delay', 'down', 'late']) world.start(name);
    world.advance(1);
    world.kill('delay');
    world.stop('down');
    expect(
      Object.fromEntries(
        ['exec', 'ready', 'script', 'delay', 'down', 'late'].map((name) => [name, world.waitingFor(name)]),
      ),
    ).toEqual({
      exec: ['its program to be executed'],
      ready: ['its process to report ready'],
      script: ['its command to end'],
      delay: ['the restart delay'],
      down: ['its process to end', 'its stop command to end'],
      late: ['its interrupted process to end'],
    });
  });
});
