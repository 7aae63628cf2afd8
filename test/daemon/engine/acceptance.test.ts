/** What any service manager of this kind must get right, in small graphs: written as what happens to whom. */
import { describe, expect, test } from 'vitest';
import { type Program, exitsAtOnce, ignoresSignals, runs } from './support/program.ts';
import { service } from './support/service.ts';
import { World } from './support/world.ts';

const slow: Program = { run: () => undefined };
const chain = (): World =>
  new World([service('s1'), service('s2', { dependsOn: ['s1'] }), service('s3', { dependsOn: ['s2'] })]);

describe('chains of three', () => {
  test('start of the last starts all, stop of it stops all', () => {
    const world = chain();
    world.start('s3');
    expect(world.states('s1', 's2', 's3')).toEqual(['started', 'started', 'started']);
    world.stop('s3');
    expect(world.states('s1', 's2', 's3')).toEqual(['stopped', 'stopped', 'stopped']);
  });

  test('a forced stop of the first stops all, in reverse order', () => {
    const world = chain();
    world.start('s3');
    world.stop('s1', { force: true });
    expect(world.events.slice(3)).toEqual(['s3 stopped', 's2 stopped', 's1 stopped']);
  });

  test('a release of the first while it is required changes nothing', () => {
    const world = chain();
    world.start('s1');
    world.start('s3');
    world.release('s1');
    expect(world.states('s1', 's2', 's3')).toEqual(['started', 'started', 'started']);
  });

  test('a process that dies in the middle restarts with what is above it, and only that', () => {
    const world = new World([
      service('s1', { type: 'process' }),
      service('s2', { type: 'process', dependsOn: ['s1'], restart: { delay: 0 } }),
      service('s3', { type: 'process', dependsOn: ['s2'], restart: { delay: 0 } }),
    ]);
    world.start('s3');
    world.kill('s2');
    world.advance(1000);
    expect(world.states('s1', 's2', 's3')).toEqual(['started', 'started', 'started']);
    expect(['s1', 's2', 's3'].map((name) => world.launches(name))).toEqual([1, 2, 2]);
  });

  test('a stop by hand is no reason for dependents to restart', () => {
    const world = new World([
      service('s1', { type: 'process' }),
      service('s2', { type: 'process', dependsOn: ['s1'] }),
    ]);
    world.start('s2');
    world.stop('s1', { force: true });
    world.advance(10_000);
    expect(world.states('s1', 's2')).toEqual(['stopped', 'stopped']);
    expect(world.launches('s2')).toBe(1);
  });

  test('a restart touches hard dependents and not a satisfied milestone', () => {
    const world = new World([
      service('s1'),
      service('hard', { type: 'process', dependsOn: ['s1'] }),
      service('ms', { type: 'process', dependsMs: ['s1'] }),
    ]);
    world.start('hard');
    world.start('ms');
    world.restart('s1', { force: true });
    expect([world.launches('hard'), world.launches('ms')]).toEqual([2, 1]);
    expect(world.states('s1', 'hard', 'ms')).toEqual(['started', 'started', 'started']);
  });
});

describe('two dependents of one', () => {
  test('the shared dependency stays up until the second one has stopped', () => {
    const world = new World([
      service('base'),
      service('x', { dependsOn: ['base'] }),
      service('y', { dependsOn: ['base'] }),
    ]);
    world.start('x');
    world.start('y');
    world.stop('x');
    expect(world.stateOf('base')).toBe('started');
    world.stop('y');
    expect(world.stateOf('base')).toBe('stopped');
  });
});

describe('soft dependencies', () => {
  test('are let go when they stop, taken again when they start, and kept when they restart', () => {
    const world = new World([service('top', { waitsFor: ['soft'] }), service('soft')]);
    world.start('top');
    world.stop('soft');
    expect(world.states('top', 'soft')).toEqual(['started', 'stopped']);
    world.start('soft');
    expect(world.record('soft').requiredBy).toBe(2);
    world.restart('soft');
    expect(world.record('soft').requiredBy).toBe(2);
    world.stop('top');
    expect(world.stateOf('soft')).toBe('started');
    world.release('soft');
    expect(world.stateOf('soft')).toBe('stopped');
  });
});

describe('milestones', () => {
  test('a milestone that is stopped while it is waited for calls the dependent off', () => {
    const world = new World([service('top', { dependsMs: ['ms'] }), service('ms', { type: 'triggered' })]);
    const started = world.start('top');
    world.stop('ms', { force: true });
    expect(world.states('top', 'ms')).toEqual(['stopped', 'stopped']);
    expect(started.result).toBe('cancelled');
  });

  test('a dependent that is called off lets its milestone go', () => {
    const world = new World([service('top', { dependsMs: ['ms'] }), service('ms', { type: 'triggered' })]);
    world.start('top');
    world.stop('top');
    expect(world.states('top', 'ms')).toEqual(['stopped', 'stopped']);
  });
});

describe('counting', () => {
  test('nothing is active any more after a failed start, a called off start and a stop', () => {
    const world = new World(
      [
        service('fails', { type: 'scripted' }),
        service('waits', { dependsOn: ['never'] }),
        service('never', { type: 'triggered' }),
        service('runs', { type: 'process' }),
      ],
      { fails: exitsAtOnce(1) },
    );
    for (const name of ['fails', 'waits', 'runs']) world.start(name);
    expect(world.state.active).toBe(3);
    world.stop('waits');
    world.stop('runs');
    expect(world.state.active).toBe(0);
  });

  test('a start called off in the console queue leaves nothing behind', () => {
    const console = { type: 'scripted', console: 'starts' } as const;
    const world = new World([service('owner', console), service('waits', console)], { owner: slow });
    world.start('owner');
    world.start('waits');
    world.stop('waits');
    world.exit('owner');
    expect(world.state).toMatchObject({ active: 1, consoleOwner: null, consoleQueue: [] });
  });

  test('a release caused by a failed start stops what nobody else wants', () => {
    const world = new World(
      [
        service('top', { type: 'scripted', dependsOn: ['middle'], waitsFor: ['soft'] }),
        service('middle', { dependsOn: ['base'] }),
        service('base'),
        service('soft'),
      ],
      { top: exitsAtOnce(1) },
    );
    world.start('top');
    expect(world.states('top', 'middle', 'base', 'soft')).toEqual(['stopped', 'stopped', 'stopped', 'stopped']);
  });
});

describe('a stop in each phase of a restart', () => {
  test.each([
    ['dependents are stopping', 'dependents'],
    ['its process is ending', 'ending'],
    ['it waits for its restart delay', 'delay'],
    ['its new process comes up', 'start'],
  ] as const)('when %s', (_when, phase) => {
    const world = new World(
      [
        service('top', { type: 'process', dependsOn: ['a'] }),
        service('a', {
          type: 'process',
          restart: { delay: 1000 },
          ...(phase === 'start' && { readiness: { kind: 'descriptor', descriptor: 3 } }),
        }),
      ],
      {
        top: phase === 'dependents' ? ignoresSignals : runs,
        a: phase === 'ending' ? ignoresSignals : { run: (process) => process.ready() },
      },
    );
    world.start('top');
    if (phase === 'delay') world.kill('a');
    else {
      if (phase === 'start') world.programs = { top: runs, a: slow };
      world.restart('a', { force: true });
    }
    const stopped = world.stop('a', { force: true });
    for (let round = 0; round < 3; round += 1) {
      for (const name of ['top', 'a']) if (world.hasProcess(name)) world.kill(name);
      world.advance(2000);
    }
    expect(stopped.result).toBe('stopped');
    expect(world.states('top', 'a')).toEqual(['stopped', 'stopped']);
    expect(world.state.active).toBe(0);
  });
});
