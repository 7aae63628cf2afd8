import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findService } from '../../../src/daemon/engine/status.ts';
import type { Origin } from '../../../src/daemon/history/step-record.ts';
import { type Rehearsed, rehearse } from '../../../src/daemon/rehearsal/rehearsal.ts';
import { serviceId } from '../../../src/daemon/model/ids.ts';
import type { RehearsedVerb } from '../../../src/daemon/service-manager.ts';
import { forks, ignoresSignals } from '../engine/support/program.ts';
import { readiness, service, stopCommand } from '../engine/support/service.ts';
import { World } from '../engine/support/world.ts';

const origin: Origin = { kind: 'request', verb: 'test', uid: 0, pid: 1 };

function play(
  world: World,
  verb: RehearsedVerb,
  name: string,
  options: { force?: boolean; pin?: boolean } = {},
): Rehearsed {
  return rehearse(
    world.state,
    {
      load: [],
      origin,
      request: (state) => {
        if (verb === 'shutdown') return { kind: 'shutdown' };
        const id = findService(state, name);
        return id === undefined ? undefined : { kind: 'command', verb, id, pin: false, force: false, ...options };
      },
    },
    world.time.now,
  );
}

/** `db starting`… in order, without the steps in between. */
const steps = ({ steps: all, history }: Rehearsed): readonly string[] =>
  all.filter(({ step }) => step !== 'acting').map(({ id, step }) => `${history.nameOf(id)} ${step}`);

describe('rehearse()', () => {
  test('rehearse() starts what a service needs, in order, and touches nothing', () => {
    const world = new World([
      service('db', { type: 'process', ...readiness }),
      service('set-up', { type: 'scripted' }),
      service('beacon', { type: 'bgprocess' }),
      service('web', { type: 'process', dependsOn: ['db', 'set-up', 'beacon'] }),
    ]);
    const before = structuredClone(world.state);
    const rehearsed = play(world, 'start', 'web');
    expect(rehearsed).toMatchObject({ reply: { kind: 'accepted' }, outcome: { kind: 'started' }, unsettled: [] });
    const told = steps(rehearsed);
    expect(told.at(-1)).toBe('web started');
    for (const name of ['db', 'set-up', 'beacon']) expect(told).toContain(`${name} started`);
    expect(world.state).toEqual(before);
  });

  test('rehearse() takes dependents along, and tells a refusal as the command would', () => {
    const world = new World([
      service('db', { type: 'process' }),
      service('web', { type: 'process', dependsOn: ['db'], ...stopCommand }),
    ]);
    world.start('web');
    expect(play(world, 'stop', 'db').reply).toEqual({
      kind: 'refused',
      refusal: { kind: 'dependents', names: ['web'] },
    });
    const rehearsed = play(world, 'stop', 'db', { force: true });
    expect(rehearsed.outcome?.kind).toBe('stopped');
    expect(steps(rehearsed)).toEqual(['db stopping', 'web stopping', 'web stopped', 'db stopped']);
    expect(play(world, 'start', 'web').reply).toEqual({ kind: 'already' });
    expect(play(world, 'release', 'db').outcome).toEqual({ kind: 'still-required', by: ['web'] });
  });

  test('rehearse() lets time pass for a service that has to be killed, and for a restart delay', () => {
    const world = new World([service('stubborn', { type: 'process', termSignal: null, stopTimeout: 5_000 })], {
      stubborn: ignoresSignals,
    });
    world.start('stubborn');
    const { steps: told, outcome } = play(world, 'stop', 'stubborn');
    expect(outcome?.kind).toBe('stopped');
    expect((told.at(-1)?.time ?? 0) - (told[0]?.time ?? 0)).toBe(5_000);
  });

  test('rehearse() says what would still be waited for', () => {
    const world = new World([service('button', { type: 'triggered' }), service('lamp', { dependsOn: ['button'] })]);
    const rehearsed = play(world, 'start', 'lamp');
    expect(rehearsed.outcome).toBeUndefined();
    expect(rehearsed.unsettled).toEqual([
      { name: 'lamp', waitingFor: ['dependency button'] },
      { name: 'button', waitingFor: ['its trigger'] },
    ]);
  });

  test('rehearse() brings to its end what is under way already', () => {
    const world = new World([
      service('db', { type: 'process', ...readiness }),
      service('web', { dependsOn: ['db'] }),
      service('other', { type: 'scripted' }),
    ]);
    world.start('db');
    expect(world.stateOf('db')).toBe('starting');
    expect(steps(play(world, 'start', 'web'))).toEqual(['web starting', 'web started']);
  });

  test('rehearse() loads first what is not loaded', () => {
    const world = new World([service('db', {})]);
    const rehearsed = rehearse(
      world.state,
      {
        load: [{ id: serviceId(9), description: service('web', { dependsOn: ['db'] }) }],
        origin,
        request: (state) => {
          const id = findService(state, 'web');
          return id === undefined ? undefined : { kind: 'command', verb: 'start', id, pin: false, force: false };
        },
      },
      world.time.now,
    );
    expect(rehearsed.outcome?.kind).toBe('started');
    expect(findService(world.state, 'web')).toBeUndefined();
    expect(steps(rehearsed)).toEqual(['web starting', 'db starting', 'db started', 'web started']);
  });

  test('rehearse() of a shutdown stops everything, dependents first', () => {
    const world = new World([
      service('db', { type: 'process' }),
      service('web', { type: 'process', dependsOn: ['db'] }),
      service('idle', {}),
    ]);
    world.start('web');
    const told = steps(play(world, 'shutdown', ''));
    expect(told.indexOf('web stopped')).toBeLessThan(told.indexOf('db stopped'));
    expect(told).not.toContain('idle stopped');
  });

  test('rehearse() says what then really happens when every program does what it should', () => {
    const types = ['internal', 'process', 'scripted', 'bgprocess'] as const;
    const sketch = fc.record({
      type: fc.constantFrom(...types),
      needs: fc.array(fc.nat(7), { maxLength: 3 }),
      kind: fc.constantFrom('dependsOn' as const, 'waitsFor' as const),
    });
    fc.assert(
      fc.property(
        fc.array(sketch, { minLength: 1, maxLength: 8 }),
        fc.array(fc.tuple(fc.constantFrom('start', 'stop', 'restart', 'release'), fc.nat(7), fc.boolean()), {
          minLength: 1,
          maxLength: 6,
        }),
        (sketches, commands) => {
          const names = sketches.map((_, index) => `s${index}`);
          const descriptions = sketches.map(({ type, needs, kind }, index) => {
            const below = [...new Set(needs.filter((need) => need < index))].map((need) => `s${need}`);
            return service(`s${index}`, { type, [kind]: below });
          });
          const programs = Object.fromEntries(
            sketches.flatMap(({ type }, index) => {
              if (type === 'scripted')
                return [[`s${index}`, { run: (process: { exit(status: number): void }) => process.exit(0) }]];
              return type === 'bgprocess' ? [[`s${index}`, forks()]] : [];
            }),
          );
          const world = new World(descriptions, programs);
          for (const [word, place, force] of commands) {
            const name = names[place % names.length] ?? 's0';
            const verb = word as 'start' | 'stop' | 'restart' | 'release';
            const { reply, outcome } = play(world, verb, name, { force });
            const asked = world.command(verb, name, { force });
            expect(reply).toEqual(asked.reply);
            expect(outcome?.kind).toBe(asked.outcome?.kind);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
