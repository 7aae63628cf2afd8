import { describe, expect, test } from 'vitest';
import { manual } from './support/program.ts';
import { service } from './support/service.ts';
import { World } from './support/world.ts';
import type { Asked } from './support/world.ts';

const messages = ({ reply }: Asked): string[] =>
  reply.kind === 'not-loaded' ? reply.failures.flatMap(({ problems }) => problems.map(({ message }) => message)) : [];

const links = (world: World): string[] =>
  world.state.links.flatMap((link) =>
    link
      ? [`${world.serviceAt(link.from).description.name} ${link.kind} ${world.serviceAt(link.to).description.name}`]
      : [],
  );

describe('load', () => {
  test('load takes services in any order, at rest', () => {
    const world = new World();
    const asked = world.load([service('a', { dependsOn: ['b'] }), service('b')]);
    expect(asked.reply).toEqual({ kind: 'done' });
    expect(world.states('a', 'b')).toEqual(['stopped', 'stopped']);
    expect(links(world)).toEqual(['a depends-on b']);
  });

  test.each(['dependsOn', 'preparedBy', 'dependsMs', 'waitsFor'] as const)(
    'load refuses a missing dependency (%s), names it, and loads nothing',
    (kind) => {
      const world = new World();
      const asked = world.load([service('a', { [kind]: ['ghost'] }), service('b')]);
      expect(messages(asked)).toEqual([expect.stringContaining("'ghost'")]);
      expect(world.states('a', 'b')).toEqual([null, null]);
      expect(world.state.links).toEqual([]);
    },
  );

  test('load refuses a cycle and names its path', () => {
    const world = new World();
    const asked = world.load([
      service('a', { dependsOn: ['b'] }),
      service('b', { after: ['c'] }),
      service('c', { waitsFor: ['a'] }),
    ]);
    expect(messages(asked)).toEqual([expect.stringMatching(/a -> b -> c -> a|b -> c -> a -> b|c -> a -> b -> c/)]);
    expect(world.states('a', 'b', 'c')).toEqual([null, null, null]);
    expect(world.state.links.filter((link) => link !== null)).toEqual([]);
  });

  test('load refuses a service that orders itself', () => {
    expect(messages(new World().load([service('a', { before: ['a'] })]))).toEqual([expect.stringContaining('a -> a')]);
  });

  test('load closes a cycle through an ordering of a service that was loaded before', () => {
    const world = new World([service('a', { after: ['b'] })]);
    expect(messages(world.load([service('b', { waitsFor: ['a'] })]))).toHaveLength(1);
    expect(world.stateOf('b')).toBeNull();
    expect(world.load([service('b')]).reply.kind).toBe('done');
    expect(links(world)).toEqual(['a after b']);
  });

  test('load refuses a name that is loaded', () => {
    expect(messages(new World([service('a')]).load([service('a')]))).toEqual(['is loaded already']);
  });

  test('before and after take effect in whichever order the two are loaded', () => {
    const world = new World([service('a', { before: ['b'], after: ['c'] })]);
    world.load([service('b'), service('c')]);
    expect(links(world).toSorted()).toEqual(['a after c', 'b before a']);
  });

  test('naming a service several times makes a link each', () => {
    const world = new World([service('a', { dependsOn: ['b', 'b'], waitsFor: ['b'] }), service('b')]);
    world.start('a');
    expect(world.record('b').requiredBy).toBe(3);
    world.stop('a');
    expect(world.states('a', 'b')).toEqual(['stopped', 'stopped']);
  });

  test.each([
    ['the producer first', ['p', 'c']],
    ['the consumer first', ['c', 'p']],
  ] as const)('consumer-of needs log-type = pipe, with %s', (_order, order) => {
    const of = { c: service('c', { type: 'process', consumerOf: 'p' }), p: service('p', { type: 'process' }) };
    const world = new World();
    expect(world.load([of[order[0]]]).reply.kind).toBe('done');
    expect(world.load([of[order[1]]]).reply.kind).toBe('not-loaded');
  });

  test('consumer-of is for one service only', () => {
    const log = { ...service('x').log, type: 'pipe' } as const;
    const world = new World([
      service('p', { type: 'process', log }),
      service('c', { type: 'process', consumerOf: 'p' }),
    ]);
    expect(messages(world.load([service('d', { type: 'process', consumerOf: 'p' })]))).toEqual([
      expect.stringContaining("'c'"),
    ]);
  });
});

describe('unload', () => {
  test('unload is refused while the service is up or something depends on it', () => {
    const world = new World([service('a', { dependsOn: ['b'] }), service('b'), service('x', { after: ['b'] })]);
    world.start('a');
    expect(world.unload('b').result).toBe('in-use');
    world.stop('a');
    expect(world.unload('b').result).toBe('in-use');
    world.start('x');
    world.unload('a');
    expect(world.unload('b').result).toBe('done');
    expect(world.states('a', 'b', 'x')).toEqual([null, null, 'started']);
  });

  test('an ordering of others survives that the service is unloaded and loaded again', () => {
    const world = new World([service('x', { after: ['y'] }), service('y', { before: ['x'] })]);
    world.unload('y');
    expect(links(world)).toEqual([]);
    world.load([service('y')]);
    expect(links(world)).toEqual(['x after y']);
  });

  test('reports that come after a service was unloaded are ignored', () => {
    const world = new World([service('a')]);
    const id = world.id('a');
    world.unload('a');
    expect(world.send({ kind: 'killed-all', id })).toEqual([]);
  });
});

describe('reload', () => {
  test('reload of a stopped service may change everything', () => {
    const world = new World([service('a', { dependsOn: ['b'] }), service('b'), service('d', { dependsOn: ['a'] })]);
    expect(world.reload(service('a', { type: 'scripted' })).reply.kind).toBe('done');
    expect(links(world)).toEqual(['d depends-on a']);
    world.start('d');
    expect(world.launches('a')).toBe(1);
    expect(world.stateOf('b')).toBe('stopped');
  });

  test('reload is refused while the service is on its way up or down', () => {
    const world = new World([service('a', { type: 'process' })], { a: manual });
    world.start('a');
    expect(world.reload(service('a', { type: 'process' })).result).toBe('wrong-state');
  });

  test.each([
    ['type', { type: 'scripted' }],
    ['console', { console: 'starts' }],
    ['inittab', { inittabId: 'x' }],
    ['log type', { log: { ...service('x').log, type: 'buffer' } }],
    ['consumed service', { consumerOf: 'b' }],
    ['a dependency that is not up', { dependsOn: ['b'] }],
    ['a preparation that is not up', { preparedBy: ['b'] }],
  ] as const)('reload of a running service cannot change its %s', (_what, change) => {
    const world = new World([service('a', { type: 'process' }), service('b')]);
    world.start('a');
    const asked = world.reload(service('a', { type: 'process', ...change }));
    expect(asked.result).toBe('incompatible');
    expect(links(world)).toEqual([]);
    expect(world.record('a').description.console).toBe('none');
  });

  test('reload of a running bgprocess cannot change its pid file', () => {
    const world = new World([service('a', { type: 'bgprocess' })]);
    world.start('a');
    expect(world.reload(service('a', { type: 'bgprocess', pidFile: '/elsewhere' })).result).toBe('incompatible');
  });

  test('reload of a running service changes what is read later', () => {
    const world = new World([service('a', { type: 'process' })]);
    world.start('a');
    world.reload(service('a', { type: 'process', termSignal: 1, restart: { mode: 'no' } }));
    world.stop('a');
    expect(world.orders).toEqual(['launch a', 'signal a 1']);
  });

  test('reload acquires new dependencies that are up, starts none, and releases removed ones', () => {
    const world = new World([
      service('a', { dependsOn: ['old', 'stays'] }),
      ...['old', 'stays', 'up', 'down'].map((name) => service(name)),
    ]);
    world.start('a');
    world.start('up');
    world.reload(service('a', { dependsOn: ['stays', 'up'], waitsFor: ['down'] }));
    world.release('up');
    expect(world.states('old', 'stays', 'up', 'down')).toEqual(['stopped', 'started', 'started', 'stopped']);
    expect(world.eventsOf('stays')).toEqual(['started']);
  });

  test('reload replaces links made at run time', () => {
    const world = new World([service('a'), service('b')]);
    world.start('a');
    world.start('b');
    world.addDependency('a', 'depends-on', 'b');
    world.reload(service('a'));
    expect(links(world)).toEqual([]);
    expect(world.record('b').requiredBy).toBe(1);
  });

  test('reload keeps what others declare before the service', () => {
    const world = new World([service('a'), service('b', { before: ['a'] })]);
    world.reload(service('a', { after: ['b'] }));
    expect(links(world).toSorted()).toEqual(['a after b', 'a before b']);
    world.reload(service('a'));
    expect(links(world)).toEqual(['a before b']);
  });

  test('reload that would close a cycle is refused and changes nothing', () => {
    const world = new World([service('a'), service('b', { dependsOn: ['a'] })]);
    expect(world.reload(service('a', { waitsFor: ['b'] })).reply).toMatchObject({
      refusal: { kind: 'cycle', path: expect.arrayContaining(['a', 'b']) },
    });
    expect(links(world)).toEqual(['b depends-on a']);
    expect(world.start('b').result).toBe('started');
  });

  test('reload moves the pins with the dependencies', () => {
    const world = new World([service('a', { dependsOn: ['b'] }), service('b'), service('c')]);
    world.start('a', { pin: true });
    world.start('b');
    world.start('c');
    world.reload(service('a', { dependsOn: ['c'] }));
    expect(world.stop('b').result).toBe('stopped');
    expect(world.stop('c', { force: true }).result).toBe('pinned-started');
  });

  test('reload of a consumed service must keep its output', () => {
    const log = { ...service('x').log, type: 'pipe' } as const;
    const world = new World([
      service('p', { type: 'process', log }),
      service('c', { type: 'process', consumerOf: 'p' }),
    ]);
    expect(world.reload(service('p', { type: 'process' })).result).toBe('incompatible');
    expect(world.reload(service('p')).result).toBe('incompatible');
    expect(world.reload(service('p', { type: 'scripted', log })).reply.kind).toBe('done');
  });
});
