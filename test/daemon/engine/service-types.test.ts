import { describe, expect, test } from 'vitest';
import {
  type Program,
  cannotExecute,
  exitsAfter,
  exitsAtOnce,
  exitsOnInterrupt,
  forks,
  ignoresSignals,
  manual,
  readyAfter,
  runs,
} from './support/program.ts';
import { type Sketch, readiness, service, stopCommand } from './support/service.ts';
import { World } from './support/world.ts';

const slow: Program = { run: () => undefined };

function one(sketch: Sketch, programs: Record<string, Program | readonly Program[]> = {}): World {
  return new World([service('a', sketch)], programs);
}

describe('internal and triggered', () => {
  test('internal is up and down at once', () => {
    const world = one({});
    expect(world.start('a').result).toBe('started');
    expect(world.stop('a').result).toBe('stopped');
    expect(world.orders).toEqual([]);
  });

  test('triggered comes up when its trigger is set', () => {
    const world = one({ type: 'triggered' });
    const started = world.start('a');
    expect(started.result).toBe('waits');
    expect(world.trigger('a').result).toBe('done');
    expect(started.result).toBe('started');
  });

  test('triggered comes up at once when its trigger was set before, and stays up when it is cleared', () => {
    const world = one({ type: 'triggered' });
    world.trigger('a');
    expect(world.start('a').result).toBe('started');
    world.trigger('a', false);
    expect(world.stateOf('a')).toBe('started');
    world.stop('a');
    expect(world.start('a').result).toBe('waits');
  });

  test('triggered can be called off at any time', () => {
    const world = one({ type: 'triggered' });
    const started = world.start('a');
    expect(world.stop('a').result).toBe('stopped');
    expect(started.result).toBe('cancelled');
  });

  test('trigger is refused for other types', () => {
    expect(one({}).trigger('a').result).toBe('not-triggered');
  });
});

describe('process', () => {
  test('is up when its program is executed', () => {
    const world = one({ type: 'process' }, { a: manual });
    const started = world.start('a');
    expect(world.states('a')).toEqual(['starting']);
    world.process('a').execute();
    world.settle();
    expect(started.result).toBe('started');
    expect(world.status('a').pid).toBe(world.process('a').facts.pid);
  });

  test('that ends at once was up first: that is no failed start', () => {
    const world = one({ type: 'process', restart: { mode: 'no' } }, { a: exitsAtOnce(1) });
    expect(world.start('a').result).toBe('started');
    expect(world.status('a')).toMatchObject({ state: 'stopped', stopReason: 'terminated', isFailed: false });
  });

  test('with readiness notification is up when it reports ready', () => {
    const world = one({ type: 'process', ...readiness }, { a: readyAfter(300) });
    const started = world.start('a');
    world.advance(299);
    expect(started.result).toBe('waits');
    world.advance(1);
    expect(started.result).toBe('started');
  });

  test('with readiness notification that ends first has failed to start, with its exit status', () => {
    const world = one({ type: 'process', ...readiness }, { a: exitsAfter(100, 4) });
    const started = world.start('a');
    world.advance(10_000);
    expect(started.result).toBe('failed');
    expect(world.status('a')).toMatchObject({
      stopReason: 'failed',
      exit: { kind: 'exited', status: 4 },
      isFailed: true,
    });
    expect(world.launches('a')).toBe(1);
  });

  test('is told to end by its termination signal, to the process group', () => {
    const world = one({ type: 'process', termSignal: 1 });
    world.start('a');
    world.stop('a');
    expect(world.actions).toContainEqual(
      expect.objectContaining({ kind: 'signal', role: 'main', signal: 1, scope: 'process-group' }),
    );
  });

  test('with signal-process-only is signalled alone', () => {
    const world = one({ type: 'process', options: { signalProcessOnly: true } });
    world.start('a');
    world.stop('a');
    expect(world.actions).toContainEqual(expect.objectContaining({ kind: 'signal', signal: 15, scope: 'process' }));
  });

  test('without termination signal is left to the stop timer', () => {
    const world = one({ type: 'process', termSignal: null, stopTimeout: 500 });
    world.start('a');
    world.stop('a');
    expect(world.orders).toEqual(['launch a']);
    world.advance(500);
    expect(world.orders).toEqual(['launch a', 'signal a 9']);
    expect(world.stateOf('a')).toBe('stopped');
  });

  test('with a stop command is not signalled; it is stopped when both have ended', () => {
    const world = one({ type: 'process', ...stopCommand }, { 'a stop': slow });
    world.start('a');
    const stopped = world.stop('a');
    expect(world.orders).toEqual(['launch a', 'launch a stop']);
    world.exit('a');
    expect(stopped.result).toBe('waits');
    world.exit('a', 0, 'stop');
    expect(stopped.result).toBe('stopped');
  });

  test('whose stop command ends first is stopped when the process ends', () => {
    const world = one({ type: 'process', ...stopCommand });
    world.start('a');
    const stopped = world.stop('a');
    expect(stopped.result).toBe('waits');
    world.exit('a');
    expect(stopped.result).toBe('stopped');
  });

  test('whose stop command fails only says so', () => {
    const world = one({ type: 'process', ...stopCommand }, { 'a stop': exitsAtOnce(3) });
    world.start('a');
    world.stop('a');
    world.exit('a', 0);
    expect(world.notices('a')).toContain('stop-command-failed');
    expect(world.status('a')).toMatchObject({ state: 'stopped', exit: { kind: 'exited', status: 0 } });
  });

  test('whose stop command cannot be executed gets the signal, or KILL when it has none', () => {
    for (const [termSignal, expected] of [
      [15, 'signal a 15'],
      [null, 'signal a 9'],
    ] as const) {
      const world = one({ type: 'process', ...stopCommand, termSignal }, { 'a stop': cannotExecute() });
      world.start('a');
      expect(world.stop('a').result).toBe('stopped');
      expect(world.orders).toEqual(['launch a', 'launch a stop', expected]);
      expect(world.notices('a')).toContain('stop-command-not-executed');
    }
  });

  test('that has ended by itself runs no stop command', () => {
    const world = one({ type: 'process', ...stopCommand, restart: { mode: 'no' } });
    world.start('a');
    world.exit('a', 0);
    expect(world.orders).toEqual(['launch a']);
  });

  test('is not interruptible while it is executed, unless it says so', () => {
    const world = one({ type: 'process' }, { a: manual });
    world.start('a');
    world.stop('a');
    expect(world.stateOf('a')).toBe('starting>stopped');
    world.process('a').execute();
    world.settle();
    expect(world.eventsOf('a')).toEqual(['started', 'stopped']);
  });

  test('whose start was interrupted is killed when the stop timeout ends', () => {
    const world = one(
      { type: 'process', ...readiness, stopTimeout: 700, options: { startInterruptible: true } },
      { a: ignoresSignals },
    );
    world.start('a');
    const stopped = world.stop('a');
    world.advance(700);
    expect(world.orders).toEqual(['launch a', 'signal a 2', 'signal a 9']);
    expect(stopped.result).toBe('stopped');
  });

  test('started while its interrupted start is ending starts again afterwards', () => {
    const world = one(
      { type: 'process', ...readiness, options: { startInterruptible: true } },
      { a: [ignoresSignals, readyAfter(0)] },
    );
    world.start('a');
    world.stop('a');
    const again = world.start('a');
    world.kill('a');
    expect(again.result).toBe('started');
    expect(world.launches('a')).toBe(2);
  });

  test('with an activation socket closes it when it becomes inactive, not when it restarts', () => {
    const socket = { address: { kind: 'unix', path: '/run/a' }, mode: 0o666 } as const;
    const world = one({ type: 'process', socket });
    world.start('a');
    world.restart('a');
    expect(world.launcher.closedSockets).toEqual([]);
    world.stop('a');
    expect(world.launcher.closedSockets).toEqual(['a']);
  });
});

describe('bgprocess', () => {
  test('is up when its launched process has ended well and the pid file names a process', () => {
    const world = one({ type: 'bgprocess' }, { a: { ...exitsAfter(100), pidFile: runs } });
    const started = world.start('a');
    expect(started.result).toBe('waits');
    world.advance(100);
    expect(started.result).toBe('started');
    expect(world.status('a').pid).toBe(world.process('a').facts.pid);
    world.stop('a');
    expect(world.orders).toEqual(['launch a', 'signal a 15']);
    expect(world.stateOf('a')).toBe('stopped');
  });

  test('whose launched process fails has failed to start', () => {
    const world = one({ type: 'bgprocess' }, { a: exitsAtOnce(1) });
    expect(world.start('a').result).toBe('failed');
    expect(world.status('a')).toMatchObject({ stopReason: 'failed', exit: { kind: 'exited', status: 1 } });
  });

  test.each(['cannot-open', 'not-trusted', 'no-number', 'no-such-process', 'not-ours', 'of-another-service'] as const)(
    'whose pid file is no good (%s) has failed to start',
    (trouble) => {
      const world = one({ type: 'bgprocess' }, { a: forks(trouble) });
      expect(world.start('a').result).toBe('failed');
      expect(world.status('a').stopReason).toBe('failed');
      expect(world.status('a').pid).toBeUndefined();
      expect(world.notices('a')).toContain('bad-pid-file');
    },
  );

  test('restarts by running its command again', () => {
    const world = one({ type: 'bgprocess', restart: { delay: 0 } });
    world.start('a');
    world.kill('a');
    expect(world.launches('a')).toBe(2);
    expect(world.stateOf('a')).toBe('started');
  });

  test('that is told to stop while its launcher runs comes up first', () => {
    const world = one({ type: 'bgprocess' }, { a: { ...exitsAfter(100), pidFile: runs } });
    world.start('a');
    const stopped = world.stop('a');
    expect(world.stateOf('a')).toBe('starting>stopped');
    world.advance(100);
    expect(world.eventsOf('a')).toEqual(['started', 'stopped']);
    expect(stopped.result).toBe('stopped');
  });

  test('shows the exit of its launched process as well as that of its process', () => {
    const world = one({ type: 'bgprocess', restart: { mode: 'no' } });
    world.start('a');
    expect(world.record('a').exit).toEqual({ kind: 'exited', status: 0 });
    world.kill('a', 9);
    expect(world.status('a').exit).toEqual({ kind: 'killed', status: 9 });
  });
});

describe('scripted', () => {
  test('is up when its start command has ended well, down when its stop command has ended', () => {
    const world = one({ type: 'scripted', ...stopCommand }, { a: exitsAfter(10), 'a stop': exitsAfter(20, 1) });
    const started = world.start('a');
    world.advance(10);
    expect(started.result).toBe('started');
    expect(world.status('a').pid).toBeUndefined();
    const stopped = world.stop('a');
    expect(world.stateOf('a')).toBe('stopping');
    world.advance(20);
    expect(stopped.result).toBe('stopped');
    expect(world.status('a').exit).toEqual({ kind: 'exited', status: 1 });
    expect(world.notices('a')).toContain('stop-command-failed');
  });

  test('that has failed to start runs no stop command', () => {
    const world = one({ type: 'scripted', ...stopCommand }, { a: exitsAtOnce(1) });
    expect(world.start('a').result).toBe('failed');
    expect(world.orders).toEqual(['launch a']);
  });

  test('whose stop command cannot be executed is stopped all the same', () => {
    const world = one({ type: 'scripted', ...stopCommand }, { 'a stop': cannotExecute() });
    world.start('a');
    expect(world.stop('a').result).toBe('stopped');
    expect(world.notices('a')).toContain('stop-command-not-executed');
  });

  test('whose stop command takes too long is stopped when that is killed', () => {
    const world = one({ type: 'scripted', ...stopCommand, stopTimeout: 200 }, { 'a stop': ignoresSignals });
    world.start('a');
    world.stop('a');
    world.advance(200);
    expect(world.orders.at(-1)).toBe('signal a stop 9');
    expect(world.stateOf('a')).toBe('stopped');
  });

  const interruptible = { type: 'scripted', ...stopCommand, options: { startInterruptible: true } } as const;

  test.each([
    ['exits with another status', exitsOnInterrupt(1), ['launch a', 'signal a 2']],
    ['exits with 0', exitsOnInterrupt(0), ['launch a', 'signal a 2', 'launch a stop']],
    ['dies of it', slow, ['launch a', 'signal a 2', 'launch a stop']],
  ] as const)('whose interrupted start %s', (_how, program, orders) => {
    const world = one(interruptible, { a: program });
    const started = world.start('a');
    expect(world.stop('a').result).toBe('stopped');
    expect(started.result).toBe('cancelled');
    expect(world.orders).toEqual(orders);
  });

  test('skippable counts as up when it is killed by INT, and says so', () => {
    const world = one({ type: 'scripted', options: { skippable: true } }, { a: slow });
    const started = world.start('a');
    world.process('a').die(2);
    world.settle();
    expect(started.outcome).toMatchObject({ kind: 'started', event: { isSkipped: true } });
  });

  test('not skippable has failed when it is killed by INT', () => {
    const world = one({ type: 'scripted' }, { a: slow });
    const started = world.start('a');
    world.process('a').die(2);
    world.settle();
    expect(started.result).toBe('failed');
  });

  test('skippable that is interrupted by a stop is called off, not skipped', () => {
    const world = one({ type: 'scripted', options: { skippable: true, startInterruptible: true } }, { a: slow });
    world.start('a');
    world.stop('a');
    expect(world.status('a')).toMatchObject({ state: 'stopped', isSkipped: false });
  });
});

describe('kill-all-on-stop', () => {
  test('kills all other processes before its own stop action', () => {
    const world = one({ type: 'scripted', ...stopCommand, options: { killAllOnStop: true } });
    world.start('a');
    const stopped = world.stop('a');
    expect(world.orders).toEqual(['launch a', 'kill-all a']);
    world.advance(1000);
    expect(world.orders).toEqual(['launch a', 'kill-all a', 'launch a stop']);
    expect(stopped.result).toBe('stopped');
  });

  test('kills nothing when its start was called off before it began', () => {
    const world = new World([
      service('a', { options: { killAllOnStop: true }, dependsOn: ['b'] }),
      service('b', { type: 'triggered' }),
    ]);
    world.start('a');
    expect(world.stop('a').result).toBe('stopped');
    expect(world.orders).toEqual([]);
  });
});
