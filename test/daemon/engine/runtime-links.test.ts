import { describe, expect, test } from 'vitest';
import { service } from './support/service.ts';
import { World } from './support/world.ts';

const kinds = ['depends-on', 'depends-ms', 'waits-for'] as const;

describe('add-dependency', () => {
  test('add-dependency between stopped services counts from the next start', () => {
    const world = new World([service('a'), service('b')]);
    expect(world.addDependency('a', 'depends-on', 'b').result).toBe('done');
    expect(world.stateOf('b')).toBe('stopped');
    world.start('a');
    expect(world.events).toEqual(['b started', 'a started']);
  });

  test('add-dependency depends-on is refused while the dependent is up and the dependency is not', () => {
    const world = new World([service('a'), service('b')]);
    world.start('a');
    expect(world.addDependency('a', 'depends-on', 'b').result).toBe('wrong-state');
    expect(world.record('a').dependencies).toEqual([]);
  });

  test.each(kinds)('add-dependency %s acquires what is up', (kind) => {
    const world = new World([service('a'), service('b')]);
    world.start('a');
    world.start('b');
    world.addDependency('a', kind, 'b');
    expect(world.release('b').result).toBe('still-required');
    world.stop('a');
    expect(world.stateOf('b')).toBe('stopped');
  });

  test.each(['depends-ms', 'waits-for'] as const)('add-dependency %s starts nothing', (kind) => {
    const world = new World([service('a'), service('b')]);
    world.start('a');
    expect(world.addDependency('a', kind, 'b').result).toBe('done');
    expect(world.stateOf('b')).toBe('stopped');
  });

  test('add-dependency a second time changes nothing', () => {
    const world = new World([service('a'), service('b')]);
    world.start('a');
    world.start('b');
    world.addDependency('a', 'waits-for', 'b');
    expect(world.addDependency('a', 'waits-for', 'b').result).toBe('done');
    expect(world.record('b').requiredBy).toBe(2);
  });

  test('add-dependency refuses a cycle and names its path', () => {
    const world = new World([service('a', { dependsOn: ['b'] }), service('b', { after: ['c'] }), service('c')]);
    expect(world.addDependency('c', 'waits-for', 'a').reply).toEqual({
      kind: 'refused',
      refusal: { kind: 'cycle', path: ['c', 'a', 'b', 'c'] },
    });
    expect(world.addDependency('a', 'depends-on', 'a').result).toBe('cycle');
  });

  test('add-dependency below a pinned service pins', () => {
    const world = new World([service('a'), service('b')]);
    world.start('a', { pin: true });
    world.start('b');
    world.addDependency('a', 'depends-on', 'b');
    expect(world.stop('b', { force: true }).result).toBe('pinned-started');
    world.removeDependency('a', 'depends-on', 'b');
    expect(world.stop('b').result).toBe('stopped');
  });
});

describe('remove-dependency', () => {
  test('remove-dependency releases', () => {
    const world = new World([service('a', { dependsOn: ['b'] }), service('b')]);
    world.start('a');
    expect(world.removeDependency('a', 'depends-on', 'b').result).toBe('done');
    expect(world.states('a', 'b')).toEqual(['started', 'stopped']);
  });

  test('remove-dependency of what is not there is refused', () => {
    const world = new World([service('a', { dependsOn: ['b'] }), service('b')]);
    expect(world.removeDependency('a', 'waits-for', 'b').result).toBe('no-such-dependency');
  });

  test('remove-dependency lets a dependency go down that waited for the dependent', () => {
    const world = new World([service('a', { type: 'process', dependsOn: ['b'] }), service('b', { type: 'process' })], {
      a: { run: (process) => process.on(15, () => undefined) },
    });
    world.start('a');
    const stopped = world.stop('b', { force: true });
    expect(stopped.result).toBe('waits');
    world.removeDependency('a', 'depends-on', 'b');
    expect(stopped.result).toBe('stopped');
    expect(world.stateOf('a')).toBe('stopping');
  });
});

describe('enable and disable', () => {
  test('enable makes a soft dependency and starts it when the dependent is up', () => {
    const world = new World([service('a'), service('b', { type: 'scripted' })]);
    world.start('a');
    expect(world.enable('a', 'b').result).toBe('started');
    expect(world.record('b')).toMatchObject({ isExplicit: false, requiredBy: 1 });
    expect(world.disable('a', 'b').result).toBe('done');
    expect(world.stateOf('b')).toBe('stopped');
  });

  test('enable starts nothing while the dependent is down', () => {
    const world = new World([service('a'), service('b')]);
    expect(world.enable('a', 'b').result).toBe('done');
    expect(world.stateOf('b')).toBe('stopped');
    world.start('a');
    expect(world.stateOf('b')).toBe('started');
  });

  test('enable of what is up already is done at once', () => {
    const world = new World([service('a'), service('b')]);
    world.start('a');
    world.start('b');
    expect(world.enable('a', 'b').result).toBe('done');
    expect(world.record('b').requiredBy).toBe(2);
  });

  test('enable tells that the start has failed', () => {
    const world = new World([service('a'), service('b', { type: 'scripted' })], {
      b: { run: (process) => process.exit(1) },
    });
    world.start('a');
    expect(world.enable('a', 'b').result).toBe('failed');
    expect(world.stateOf('a')).toBe('started');
  });

  test('disable leaves up what was asked for by name, and is refused without a link', () => {
    const world = new World([service('a'), service('b')]);
    world.start('a');
    world.enable('a', 'b');
    world.start('b');
    world.disable('a', 'b');
    expect(world.stateOf('b')).toBe('started');
    expect(world.disable('a', 'b').result).toBe('no-such-dependency');
  });
});
