import { describe, expect, test } from 'vitest';
import { cannotExecute, exitsAtOnce, manual } from './support/program.ts';
import { service } from './support/service.ts';
import { World } from './support/world.ts';

/** A scripted service whose command ends when the test says so. */
const slow = { run: (): void => undefined };

describe('start', () => {
  test('start brings up a chain of dependencies, the last one first', () => {
    const world = new World([service('a', { dependsOn: ['b'] }), service('b', { dependsOn: ['c'] }), service('c')]);
    expect(world.start('a').result).toBe('started');
    expect(world.events).toEqual(['c started', 'b started', 'a started']);
    expect(['a', 'b', 'c'].map((name) => world.status(name).isExplicit)).toEqual([true, false, false]);
  });

  test('start brings up a shared dependency once, before both dependents', () => {
    const types = { type: 'scripted' } as const;
    const world = new World([
      service('top', { dependsOn: ['left', 'right'] }),
      service('left', { ...types, dependsOn: ['base'] }),
      service('right', { ...types, dependsOn: ['base'] }),
      service('base', types),
    ]);
    world.start('top');
    expect(world.orders).toHaveLength(3);
    expect(world.orders[0]).toBe('launch base');
    expect(world.stateOf('top')).toBe('started');
    expect(world.record('base').requiredBy).toBe(2);
  });

  test('start of a service that is up marks it explicit and answers already', () => {
    const world = new World([service('a', { dependsOn: ['b'] }), service('b')]);
    world.start('a');
    expect(world.start('b').result).toBe('already');
    expect(world.record('b')).toMatchObject({ isExplicit: true, requiredBy: 2 });
  });

  test('start a second time counts once', () => {
    const world = new World([service('a')]);
    world.start('a');
    world.start('a');
    expect(world.record('a').requiredBy).toBe(1);
  });

  test('start of a service that is already starting waits for the same start', () => {
    const world = new World([service('a', { type: 'process' })], { a: manual });
    const [first, second] = [world.start('a'), world.start('a')];
    expect([first.result, second.result]).toEqual(['waits', 'waits']);
    world.process('a').execute();
    world.settle();
    expect([first.result, second.result]).toEqual(['started', 'started']);
    expect(world.launches('a')).toBe(1);
  });

  test('start clears the marks of the last start', () => {
    const world = new World([service('a', { type: 'scripted', options: { skippable: true } })], {
      a: [{ run: (process) => process.die(2) }, slow],
    });
    world.start('a');
    expect(world.status('a')).toMatchObject({ state: 'started', isSkipped: true });
    world.stop('a');
    world.start('a');
    expect(world.status('a')).toMatchObject({ state: 'starting', isSkipped: false });
  });
});

describe('what a start waits for', () => {
  test('depends-on waits until the dependency is up', () => {
    const world = new World(
      [service('a', { type: 'scripted', dependsOn: ['b'] }), service('b', { type: 'scripted' })],
      {
        b: slow,
      },
    );
    world.start('a');
    expect(world.states('a', 'b')).toEqual(['starting', 'starting']);
    expect(world.hasProcess('a')).toBe(false);
    world.exit('b');
    expect(world.states('a', 'b')).toEqual(['started', 'started']);
  });

  test('waits-for goes on when the dependency has failed, and lets go of it', () => {
    const world = new World([service('a', { waitsFor: ['b'] }), service('b', { type: 'scripted' })], {
      b: exitsAtOnce(1),
    });
    expect(world.start('a').result).toBe('started');
    expect(world.stateOf('b')).toBe('stopped');
    expect(world.record('b').requiredBy).toBe(0);
  });

  test('depends-ms fails the dependent when the dependency fails', () => {
    const world = new World([service('a', { dependsMs: ['b'] }), service('b', { type: 'scripted' })], {
      b: exitsAtOnce(1),
    });
    expect(world.start('a').result).toBe('failed');
    expect(world.status('a')).toMatchObject({ state: 'stopped', stopReason: 'dependency-failed' });
  });

  test('depends-ms does not matter any more once it was satisfied', () => {
    const world = new World([service('a', { dependsMs: ['b'] }), service('b')]);
    world.start('a');
    expect(world.stop('b').result).toBe('stopped');
    expect(world.states('a', 'b')).toEqual(['started', 'stopped']);
  });

  test('depends-ms is hard again at every new start', () => {
    const world = new World([service('a', { dependsMs: ['b'] }), service('b', { type: 'scripted' })], {
      b: [exitsAtOnce(0), exitsAtOnce(1)],
    });
    world.start('a');
    world.stop('b');
    world.stop('a');
    expect(world.start('a').result).toBe('failed');
  });

  test('after waits for what is starting, and starts nothing', () => {
    const world = new World([service('a', { after: ['b'] }), service('b', { type: 'scripted' })], { b: slow });
    world.start('b');
    world.start('a');
    expect(world.states('a', 'b')).toEqual(['starting', 'starting']);
    world.exit('b', 1);
    expect(world.states('a', 'b')).toEqual(['started', 'stopped']);
  });

  test('after does not wait for what is at rest', () => {
    const world = new World([service('a', { after: ['b'] }), service('b')]);
    expect(world.start('a').result).toBe('started');
    expect(world.stateOf('b')).toBe('stopped');
  });

  test('before makes the other one wait, also when that one was asked first', () => {
    const world = new World(
      [
        service('gate', { type: 'scripted' }),
        service('late', { waitsFor: ['gate'] }),
        service('early', { type: 'scripted', before: ['late'] }),
      ],
      { gate: slow, early: slow },
    );
    world.start('late');
    world.start('early');
    world.exit('gate');
    expect(world.states('late', 'early')).toEqual(['starting', 'starting']);
    world.exit('early');
    expect(world.stateOf('late')).toBe('started');
  });

  test('before and after order starts only, never stops', () => {
    const world = new World([service('a', { type: 'process', after: ['b'] }), service('b')]);
    world.start('b');
    world.start('a');
    expect(world.stop('b').result).toBe('stopped');
    expect(world.stateOf('a')).toBe('started');
  });
});

describe('a start that fails', () => {
  test('drops the explicit mark, tells what depends on it and ends at rest', () => {
    const world = new World([service('a', { dependsOn: ['b'] }), service('b', { type: 'scripted' })], {
      b: exitsAtOnce(3),
    });
    const asked = world.start('a');
    expect(asked.result).toBe('failed');
    expect(world.events).toEqual(['b start-failed', 'b stopped', 'a start-failed', 'a stopped']);
    expect(world.status('b')).toMatchObject({
      stopReason: 'failed',
      exit: { kind: 'exited', status: 3 },
      isFailed: true,
      isExplicit: false,
    });
    expect(asked.outcome).toMatchObject({ event: { because: 'b', stopReason: 'dependency-failed' } });
  });

  test('is not tried again, whatever restart says', () => {
    const world = new World([service('a', { type: 'process' })], { a: cannotExecute() });
    world.start('a');
    world.advance(60_000);
    expect(world.launches('a')).toBe(1);
    expect(world.stateOf('a')).toBe('stopped');
  });

  test('lets the other dependencies of the failed dependent go', () => {
    const world = new World(
      [service('a', { dependsOn: ['good', 'bad'] }), service('good'), service('bad', { type: 'scripted' })],
      {
        bad: exitsAtOnce(1),
      },
    );
    world.start('a');
    expect(world.states('a', 'good', 'bad')).toEqual(['stopped', 'stopped', 'stopped']);
    expect(world.state.active).toBe(0);
  });

  test('leaves an explicit dependency up', () => {
    const world = new World([service('a', { type: 'scripted', dependsOn: ['b'] }), service('b')], {
      a: exitsAtOnce(1),
    });
    world.start('b');
    world.start('a');
    expect(world.states('a', 'b')).toEqual(['stopped', 'started']);
  });

  test('logs no line that the service has stopped', () => {
    const world = new World([service('a', { type: 'scripted' })], { a: exitsAtOnce(1) });
    world.start('a');
    expect(world.notices('a')).toEqual(['start-command-failed', 'start-failed']);
  });

  test('says which step could not be done', () => {
    const world = new World([service('a', { type: 'process' })], { a: cannotExecute(13) });
    const asked = world.start('a');
    const launchFailure = { role: 'main', opIndex: 3, opType: 0x30, errno: 13 };
    expect(asked.outcome).toMatchObject({ event: { stopReason: 'exec-failed', launchFailure } });
    expect(world.status('a')).toMatchObject({ isFailed: true, launchFailure });
  });
});
