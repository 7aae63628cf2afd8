import { describe, expect, test } from 'vitest';
import { type Program, exitsAtOnce, manual, runs } from './support/program.ts';
import { service } from './support/service.ts';
import { World } from './support/world.ts';

const slow: Program = { run: () => undefined };
const starts = { type: 'scripted', console: 'starts' } as const;

const logHeld = (world: World): boolean[] =>
  world.actions.flatMap((action) => (action.kind === 'console-log' ? [action.isHeld] : []));

describe('the console', () => {
  test('belongs to one service at a time, in the order in which they asked', () => {
    const world = new World(
      ['a', 'b', 'c'].map((name) => service(name, starts)),
      { a: slow, b: slow, c: slow },
    );
    for (const name of ['a', 'b', 'c']) world.start(name);
    expect(world.orders).toEqual(['launch a']);
    expect(world.state.consoleQueue).toEqual([world.id('b'), world.id('c')]);
    world.exit('a');
    world.exit('b');
    expect(world.orders).toEqual(['launch a', 'launch b', 'launch c']);
    expect(['a', 'b', 'c'].map((name) => world.status(name).console)).toEqual(['none', 'none', 'held']);
  });

  test('is given to the process that starts on it', () => {
    const world = new World([
      service('a', starts),
      service('b', { type: 'scripted', console: 'shares' }),
      service('c', { type: 'scripted' }),
    ]);
    for (const name of ['a', 'b', 'c']) world.start(name);
    const grants = world.actions.flatMap((action) => (action.kind === 'launch' ? [action.console] : []));
    expect(grants).toEqual(['exclusive', 'shared', 'none']);
  });

  test('stays with a service that runs on it until that has stopped', () => {
    const world = new World([service('a', { type: 'process', console: 'runs' }), service('b', starts)]);
    world.start('a');
    const waiting = world.start('b');
    expect(world.status('b').console).toBe('waiting');
    world.stop('a');
    expect(waiting.result).toBe('started');
  });

  test('is left by a bgprocess when it is up, though it runs on it', () => {
    const world = new World([service('a', { type: 'bgprocess', console: 'runs' }), service('b', starts)]);
    world.start('a');
    expect(world.start('b').result).toBe('started');
  });

  test('goes to the next when a start fails', () => {
    const world = new World([service('a', starts), service('b', starts)], { a: { ...slow }, b: exitsAtOnce(0) });
    world.start('a');
    const waiting = world.start('b');
    world.exit('a', 1);
    expect(waiting.result).toBe('started');
    expect(world.state.consoleOwner).toBeNull();
  });

  test('a service that waits for it can be called off at once, and leaves the queue', () => {
    const world = new World([
      service('a', { type: 'process', console: 'runs' }),
      service('b', starts),
      service('c', starts),
    ]);
    for (const name of ['a', 'b', 'c']) world.start(name);
    expect(world.stop('b').result).toBe('stopped');
    expect(world.state.consoleQueue).toEqual([world.id('c')]);
    world.stop('a');
    expect(world.stateOf('c')).toBe('started');
    expect(world.launches('b')).toBe(0);
  });

  test('is queued for again at a restart', () => {
    const world = new World([
      service('a', { type: 'process', console: 'starts' }),
      service('b', { type: 'process', console: 'runs' }),
    ]);
    world.start('a');
    world.start('b');
    const restarted = world.restart('a');
    expect(world.status('a')).toMatchObject({ state: 'starting', console: 'waiting' });
    world.stop('b');
    expect(restarted.result).toBe('started');
  });

  test('is not given to a service that has got something else to wait for', () => {
    const world = new World(
      [
        service('owner', { type: 'process', console: 'runs' }),
        service('a', { ...starts, after: ['b'] }),
        service('b', { type: 'scripted' }),
      ],
      { owner: runs, b: slow },
    );
    world.start('owner');
    world.start('a');
    world.start('b');
    world.stop('owner');
    expect(world.status('a')).toMatchObject({ state: 'starting', console: 'none' });
    expect(world.state.consoleOwner).toBeNull();
    world.exit('b');
    expect(world.stateOf('a')).toBe('started');
  });

  test("silences the daemon's own log while a service has it", () => {
    const world = new World([service('a', starts), service('b', starts)], { a: manual, b: manual });
    world.start('a');
    world.start('b');
    expect(logHeld(world)).toEqual([true]);
    world.process('a').execute();
    world.exit('a');
    expect(logHeld(world)).toEqual([true]);
    world.process('b').execute();
    world.exit('b');
    expect(logHeld(world)).toEqual([true, false]);
  });

  test('that is needed below one that keeps it is what a service says it waits for', () => {
    const world = new World([
      service('a', { type: 'process', console: 'starts', dependsOn: ['b'] }),
      service('b', { type: 'process', console: 'runs' }),
    ]);
    world.start('a');
    expect(world.waitingFor('a')).toEqual(['the console']);
  });
});
