import { describe, expect, test } from 'vitest';
import { causeText, stepWord } from '../../../src/api/step-text.ts';
import { mergeSteps } from '../../../src/control/history/merge-steps.ts';
import { Chronicle } from '../../../src/daemon/history/chronicle.ts';
import { explain } from '../../../src/daemon/history/explanation.ts';
import { historyStep } from '../../../src/daemon/history/history-view.ts';
import type { Origin } from '../../../src/daemon/history/step-record.ts';
import type { SupervisedDescription } from '../../../src/daemon/model/supervised-description.ts';
import { cannotExecute, ignoresSignals, type Program } from '../engine/support/program.ts';
import { readiness, service, stopCommand } from '../engine/support/service.ts';
import { World } from '../engine/support/world.ts';

const asked = (verb: string): Origin => ({ kind: 'request', verb, uid: 1000, pid: 42, program: 'reevectl' });

/** A world that keeps a chronicle. */
function chronicled(descriptions: readonly SupervisedDescription[], programs: Readonly<Record<string, Program>> = {}) {
  const chronicle = new Chronicle(() => ({ step: 'execute /bin/absent', errno: 2, errnoName: 'ENOENT' }));
  const world = new World([], programs);
  world.onTurn = (turn) => chronicle.record(turn);
  world.load(descriptions);
  /** From the present state back to the first cause: `web started: its program was executed`. */
  const why = (name: string): readonly string[] =>
    mergeSteps(
      explain(chronicle.history, world.id(name)).map((step) => historyStep(chronicle.history, step, (t) => t)),
    ).map((step) => `${step.name} ${stepWord(step.step)}: ${causeText(step)}`);
  const as = (origin: Origin, act: () => unknown): void => {
    world.origin = origin;
    act();
    world.origin = undefined;
  };
  return { world, chronicle, why, as };
}

const requested = (verb: string): string => `${verb} requested by uid 1000 (reevectl, process 42)`;

describe('History', () => {
  test('History leads from a started service by what it waited for back to the request', () => {
    const { world, why, as } = chronicled([
      service('db', { type: 'process', ...readiness }),
      service('web', { type: 'process', dependsOn: ['db'] }),
      service('boot', { dependsOn: ['web'] }),
    ]);
    as({ kind: 'boot' }, () => world.start('boot'));
    world.process('db').ready();
    world.settle();
    expect(why('boot')).toEqual([
      'boot started: web is through',
      'web started: its program was executed',
      'web begins: db is through',
      'db started: it reported ready',
      'db starting: required by web',
      'web starting: required by boot',
      'boot starting: reeve started',
    ]);
  });

  test('History tells a failed start by the process that failed, through all that depend on it', () => {
    const { world, why, as } = chronicled([
      service('db', { type: 'process', ...readiness }),
      service('web', { type: 'process', dependsOn: ['db'] }),
      service('site', { dependsOn: ['web'] }),
    ]);
    as(asked('start'), () => world.start('site'));
    world.exit('db', 3);
    expect(why('site')).toEqual([
      'site stopped: dependency web failed',
      'web stopped: dependency db failed',
      'db stopped: its process ended: exit status 3',
    ]);
  });

  test('History tells the step of a start that could not be carried out', () => {
    const { world, why } = chronicled([service('web', { type: 'process' })], { web: cannotExecute(2) });
    world.start('web');
    expect(why('web')).toEqual(['web stopped: cannot execute /bin/absent: no such file or directory']);
  });

  test('History tells who stopped what, and what followed', () => {
    const { world, why, as } = chronicled([
      service('db', { type: 'process' }),
      service('web', { type: 'process', dependsOn: ['db'] }),
    ]);
    world.start('web');
    as(asked('stop'), () => world.stop('db', { force: true }));
    expect(why('web')).toEqual([
      'web stopped: its process ended: exit status 0',
      'web stopping: dependency db failed',
      `db stopping: ${requested('stop')}`,
    ]);
    expect(why('db')).toEqual(['db stopped: its process ended: exit status 0', `db stopping: ${requested('stop')}`]);
  });

  test('History tells that nothing needs a dependency any more', () => {
    const { world, why, as } = chronicled([service('db', { type: 'process' }), service('web', { dependsOn: ['db'] })]);
    world.start('web');
    as(asked('stop'), () => world.stop('web'));
    expect(why('db')).toEqual([
      'db stopped: its process ended: exit status 0',
      'db stopping: not required by web any more',
      `web stopping: ${requested('stop')}`,
    ]);
  });

  test('History counts restarts, and says when they are used up', () => {
    const { world, why } = chronicled([service('web', { type: 'process', restart: { delay: 0 } })]);
    world.start('web');
    world.exit('web', 1);
    expect(why('web')).toEqual([
      'web started: its program was executed',
      'web starting: restart 1 of at most 3',
      'web stopped: its process ended: exit status 1',
    ]);
    for (let ends = 0; ends < 3; ends++) world.exit('web', 1);
    expect(why('web')).toEqual(['web stopped: its process ended: exit status 1, restarted too often already']);
  });

  test('History tells a smooth recovery, which changes no state', () => {
    const { world, why, as } = chronicled([
      service('web', { type: 'process', restart: { delay: 0, smoothRecovery: true } }),
    ]);
    as(asked('start'), () => world.start('web'));
    world.exit('web', 1);
    expect(world.status('web').state).toBe('started');
    expect(why('web')).toEqual(['web recovers: its process ended: exit status 1']);
  });

  test('History tells a restart by request, and that dependents were taken along', () => {
    const { world, why, as } = chronicled([
      service('db', { type: 'process' }),
      service('web', { type: 'process', dependsOn: ['db'] }),
    ]);
    world.start('web');
    as(asked('restart'), () => world.restart('db', { force: true }));
    expect(why('web')).toEqual([
      'web started: its program was executed',
      'web begins: db is through',
      'db started: its program was executed',
      'db starting: restart',
      'db stopped: its process ended: exit status 0',
      `db stopping: ${requested('restart')}`,
    ]);
  });

  test('History tells time limits', () => {
    const { world, why, as } = chronicled(
      [
        service('web', { type: 'process', ...readiness, startTimeout: 1_000, stopTimeout: 1_000 }),
        service('job', { type: 'process', stopTimeout: 1_000 }),
      ],
      { job: ignoresSignals },
    );
    world.start('web');
    world.advance(1_000);
    expect(why('web')[0]).toMatch(/^web stop/);
    expect(why('web').at(-1)).toBe('web stopping: it took too long to start');
    world.start('job');
    as(asked('stop'), () => world.stop('job'));
    world.advance(1_000);
    expect(why('job')).toEqual([
      'job stopped: it took too long to stop and was killed',
      `job stopping: ${requested('stop')}`,
    ]);
  });

  test('History tells a trigger, a signal to reeve, and a chained service', () => {
    const { world, why, as } = chronicled([
      service('button', { type: 'triggered' }),
      service('first', { type: 'process', chainTo: 'button' }),
    ]);
    as(asked('start'), () => world.start('button'));
    as(asked('trigger'), () => world.trigger('button', true));
    expect(why('button')[0]).toBe(`button started: ${requested('trigger')}`);
    as({ kind: 'signal', signal: 15 }, () => world.shutdown());
    expect(why('button')[0]).toBe('button stopped: reeve got SIGTERM');
  });

  test('History tells the end of a stop command as that', () => {
    const { world, why, as } = chronicled([service('net', { type: 'scripted', ...stopCommand })]);
    world.start('net');
    as(asked('stop'), () => world.stop('net'));
    expect(why('net')).toEqual([
      'net stopped: its stop command ended: exit status 0',
      `net stopping: ${requested('stop')}`,
    ]);
  });

  test('History tells who sent the signal that a process died of', () => {
    const { world, chronicle, why } = chronicled([service('web', { type: 'process', restart: { mode: 'no' } })]);
    world.start('web');
    chronicle.history.noteSignal(world.id('web'), { verb: 'signal', uid: 7, pid: 8 });
    world.process('web').die(9);
    world.settle();
    expect(why('web')).toEqual(['web stopped: its process ended: killed by SIGKILL, by a signal of uid 7 (process 8)']);
  });

  test('History stays bounded, and still explains what happened long ago', () => {
    const { world, chronicle, why } = chronicled([
      service('old', { type: 'process', dependsOn: ['base'] }),
      service('base', { type: 'process' }),
      service('busy', { type: 'process' }),
    ]);
    world.start('old');
    const before = why('old');
    expect(before).toHaveLength(5);
    for (let round = 0; round < 3_000; round++) {
      world.start('busy');
      world.stop('busy');
    }
    expect(chronicle.history.sequence).toBeGreaterThan(12_000);
    expect([...chronicle.history.steps].length).toBeLessThan(5_000);
    expect(why('old')).toEqual(before);
    expect(why('busy')[0]).toMatch(/^busy stopped/);
  });
});

describe('Chronicle', () => {
  test('Chronicle.restore() knows what was written, also of services that are gone', () => {
    const { world, chronicle, why } = chronicled([
      service('a', { type: 'process', ...readiness }),
      service('gone', {}),
      service('b', { dependsOn: ['a'] }),
    ]);
    world.start('b');
    world.exit('a', 3);
    world.start('gone');
    world.stop('gone');
    world.unload('gone');
    const written: unknown = JSON.parse(JSON.stringify(chronicle.write(world.state)));
    const next = new Chronicle(() => undefined);
    next.restore(written, world.state);
    expect([...next.history.steps]).toEqual(
      [...chronicle.history.steps].map((step) => ({ ...step, time: expect.closeTo(step.time, 1) })),
    );
    expect(next.history.names).toEqual(chronicle.history.names);
    expect(next.history.sequence).toBe(chronicle.history.sequence);
    expect(next.events.events).toEqual(chronicle.events.events);
    expect(next.totals.write()).toEqual(chronicle.totals.write());
    expect(why('b')).toHaveLength(2);
  });

  test('Chronicle.restore() forgets what another version has written', () => {
    const { world } = chronicled([service('a', {})]);
    for (const written of [undefined, null, 7, {}, { version: 2, history: {} }]) {
      const next = new Chronicle(() => undefined);
      next.restore(written, world.state);
      expect([...next.history.steps]).toEqual([]);
    }
  });

  test('Chronicle keeps the newest events', () => {
    const { world, chronicle } = chronicled([service('a', {})]);
    for (let round = 0; round < 2_000; round++) {
      world.start('a');
      world.stop('a');
    }
    const { events } = chronicle.events;
    expect(events.length).toBeLessThan(1_024);
    expect(events.at(-1)).toMatchObject({ name: 'a', event: 'stopped', sequence: 4_000 });
  });
});
