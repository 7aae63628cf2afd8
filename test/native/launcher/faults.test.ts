/**
 * Every system call of the launcher, made to fail in turn, while it goes through a life: boot, services with all there is, a compilation, a dead
 * daemon, the end. Whatever fails, the launcher lives and works, or has said why it could not start; a request has one answer.
 */
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { expect, test } from 'vitest';
import { toLauncher } from '../../../src/daemon/launcher/messages.ts';
import type { LauncherEvent } from '../../../src/daemon/launcher/launcher-event.ts';
import type { Op, PlanLog } from '../../../src/plan/plan.ts';
import type { FakeDaemon } from './fake-daemon.ts';
import { LauncherRig, planOf, script, signalProcess } from './launcher-rig.ts';

const { errno, signals } = constants;
const own = process.geteuid?.() ?? 0;
const streams: Op = { kind: 'streams', which: 'service' };
const log = (type: PlanLog['type'], path = ''): PlanLog => ({
  type,
  path,
  bufferSize: 4096,
  timestamps: false,
  owner: { mode: 0o600, uid: -1, gid: -1 },
  rotateSize: 0,
  rotateCount: 0,
});

const servicesIn = (path: (name: string) => string) => [
  script('whole', 'echo up >&5; exec sleep 1000', {
    before: [
      { kind: 'open-log' },
      { kind: 'open-socket' },
      streams,
      { kind: 'chdir', path: '/' },
      { kind: 'rlimit', resource: 4, side: 'soft', soft: 0n, hard: 0n },
      { kind: 'nice', value: 1 },
      { kind: 'env-set', assignment: 'A=b' },
      { kind: 'pass-descriptors' },
    ],
    log: log('file', path('log')),
    readiness: { descriptor: 5, variable: '' },
    socket: { family: 'unix', path: path('socket'), owner: { mode: 0o600, uid: -1, gid: -1 } },
  }),
  script('forking', `setsid sleep 60 </dev/null >/dev/null 2>&1 & echo $! > ${path('pid')}`, {
    before: [{ kind: 'open-log' }, streams],
    log: log('buffer'),
    pidFile: { path: path('pid'), owner: own },
  }),
];

const limits = { acknowledge: 5000, compile: 5000, restartFirst: 1, restartLargest: 5 };

/** One reeve with a fault, and the daemon of the moment: when one is lost, the next. */
class Life {
  readonly rig: LauncherRig;
  #daemon: FakeDaemon | undefined;
  #request = 0;
  #run = 0;

  constructor(rig: LauncherRig) {
    this.rig = rig;
  }

  /** Until it was done, by whichever daemon; one that is lost meanwhile is no failure. */
  async step(name: string, attempt: (daemon: FakeDaemon) => Promise<boolean>): Promise<void> {
    for (let tries = 0; tries < 6; tries++) {
      let daemon = this.#daemon;
      try {
        if (!daemon || daemon.isClosed) {
          daemon = await this.rig.daemon();
          this.#daemon = daemon;
          await daemon.synced();
        }
        if (await attempt(daemon)) return;
      } catch (error) {
        if (!daemon?.isClosed) throw new Error(`${name}: ${this.rig.errors}`, { cause: error });
      }
    }
    const told = JSON.stringify(this.#daemon?.events.slice(-12));
    throw new Error(`${name} does not succeed; told: ${told}, said: ${this.rig.errors}`);
  }

  /** The boot plan, compiled again if that failed. */
  async boot(): Promise<void> {
    await this.step('the boot plan', async (daemon) => {
      if (daemon.events.some(({ kind }) => kind === 'plan')) return true;
      const answer = await daemon.first(
        (event): event is Extract<LauncherEvent, { kind: 'plan' | 'plan-failed' }> =>
          event.kind === 'plan' || event.kind === 'plan-failed',
        'the plan',
      );
      if (answer.kind === 'plan-failed')
        daemon.send(toLauncher.compile, (w) => w.u32(++this.#request).list(['a'], (each, name) => each.text(name)));
      return answer.kind === 'plan';
    });
  }

  /** Starts a service and waits for the event after which it counts as started. */
  async start(slot: number, started: 'ready' | 'exited'): Promise<void> {
    await this.step(`start ${slot}`, async (daemon) => {
      const run = ++this.#run;
      daemon.launch(slot, run);
      const answer = await daemon.first(
        (
          event,
        ): event is Extract<
          LauncherEvent,
          { kind: 'ready' | 'ready-closed' | 'exited' | 'start-failed' | 'refused' }
        > =>
          event.kind === 'refused' ||
          ((event.kind === started ||
            event.kind === 'ready-closed' ||
            event.kind === 'exited' ||
            event.kind === 'start-failed') &&
            event.slot === slot &&
            event.run === run),
        'the start',
      );
      // What a lost daemon had started, or what can't tell any more that it is ready.
      if (answer.kind === 'refused' || answer.kind === 'ready-closed') await this.#end(daemon, slot);
      return answer.kind === started;
    });
  }

  async #end(daemon: FakeDaemon, slot: number): Promise<void> {
    daemon.signal(slot, signals.SIGKILL, { scope: 1 });
    await daemon.first(
      (event): event is Extract<LauncherEvent, { kind: 'exited' | 'signal-failed' }> =>
        (event.kind === 'exited' || event.kind === 'signal-failed') && event.slot === slot,
      'the end',
    );
  }

  /** Ends what runs as a slot's process, and waits until that was told. */
  async stop(slot: number): Promise<void> {
    await this.step(`stop ${slot}`, async (daemon) => {
      daemon.signal(slot, signals.SIGKILL, { scope: 1 });
      const isOver = (event: LauncherEvent): event is Extract<LauncherEvent, { kind: 'exited' | 'signal-failed' }> =>
        (event.kind === 'exited' || event.kind === 'signal-failed') && event.slot === slot;
      const { kind } = await daemon.first(isOver, 'the end');
      return kind === 'exited' || daemon.isGone(slot);
    });
  }

  async supervise(slot: number): Promise<void> {
    await this.step(`pid file of ${slot}`, async (daemon) => {
      daemon.send(toLauncher.readPidFile, (w) => w.u32(slot).u32(this.#run));
      const answer = await daemon.first(
        (event): event is Extract<LauncherEvent, { kind: 'pid-file' | 'refused' }> =>
          event.kind === 'pid-file' || event.kind === 'refused',
        'the pid file',
      );
      return answer.kind === 'refused' || answer.result === 'supervised';
    });
  }

  async recompile(): Promise<void> {
    await this.step('a compilation', async (daemon) => {
      const request = ++this.#request;
      daemon.send(toLauncher.compile, (w) => w.u32(request).list(['a'], (each, name) => each.text(name)));
      const answer = await daemon.first(
        (event): event is Extract<LauncherEvent, { kind: 'plan' | 'plan-failed' }> =>
          (event.kind === 'plan' || event.kind === 'plan-failed') && event.request === request,
        'the new plan',
      );
      if (answer.kind === 'plan')
        daemon.send(toLauncher.use, (w) => w.u32(answer.generation).list(answer.slots, (each, slot) => each.u32(slot)));
      return answer.kind === 'plan';
    });
  }

  async loseDaemon(): Promise<void> {
    await this.step('a daemon to lose', async () => true);
    if (this.#daemon) signalProcess(this.#daemon.pid, 'SIGKILL');
    await this.#daemon?.closed;
  }

  async end(): Promise<void> {
    await this.step('a variable', async (daemon) => {
      daemon.send(toLauncher.setenv, (w) => w.text('A=b'));
      return (await daemon.until('environment')).result === 'set';
    });
    await this.step('the last round', async (daemon) => {
      await daemon.roundTrip();
      return true;
    });
    this.descriptors = readdirSync(`/proc/${this.rig.pid}/fd`).length;
    await this.step('EXIT', async (daemon) => {
      daemon.send(toLauncher.exit, (w) => w.u8(7));
      await daemon.closed;
      await this.rig.until(() => this.rig.hasEnded || this.rig.hasDaemon, 'the end, or another daemon');
      return this.rig.hasEnded;
    });
  }

  descriptors = 0;

  async whole(): Promise<void> {
    await this.boot();
    await this.start(0, 'ready');
    await this.start(1, 'exited');
    await this.supervise(1);
    await this.stop(1);
    await this.recompile();
    await this.loseDaemon();
    await this.stop(0);
    await this.end();
  }
}

interface Outcome {
  readonly injected: string;
  readonly code: number | null;
  readonly errors: string;
  readonly descriptors: number;
}

async function liveWith(fault: string, skip = 0, leaks = 'detect_leaks=0'): Promise<Outcome> {
  await using rig = await LauncherRig.start({
    build: 'fault',
    services: servicesIn,
    prepare: (path) => {
      // Names are held in a table that the leak checker does not look into.
      writeFileSync(path('suppressions'), 'leak:slot_of_name\n');
      for (let generation = 2; generation < 9; generation++)
        writeFileSync(path(`plan${generation}`), planOf(servicesIn(path), { generation }));
    },
    settings: (path) => ({
      limits,
      compiler: {
        uid: own,
        gid: process.getegid?.() ?? 0,
        argv: [
          '/bin/sh',
          '-c',
          'g=$(od -An -tu1 -j6 -N1 /proc/self/fd/4 | tr -d " "); cat "$0$(test $g = 1 || echo $g)" >&3',
          path('plan'),
        ],
      },
    }),
    environment: (path) => ({
      REEVE_FAULT: fault,
      REEVE_FAULT_SKIP: String(skip),
      REEVE_FAULT_LOG: path('injected'),
      ASAN_OPTIONS: leaks,
      LSAN_OPTIONS: `suppressions=${path('suppressions')}`,
    }),
  });
  const life = new Life(rig);
  const failure = await life.whole().then(
    () => undefined,
    (error: unknown) => error,
  );
  if (failure && !rig.hasEnded)
    throw new Error(`with ${fault}: ${existsSync(rig.path('injected')) ? rig.read('injected') : ''}`, {
      cause: failure,
    });
  const { code } = await rig.exited;
  const injected = existsSync(rig.path('injected')) ? rig.read('injected').trim() : '';
  return { injected, code, errors: rig.errors, descriptors: life.descriptors };
}

function judge(fault: string, { injected, code, errors }: Outcome): void {
  const story = `${fault} (${injected}): ended with ${code}, said: ${errors}`;
  expect(story).not.toMatch(/Sanitizer|runtime error/);
  if (code !== 7) expect(story).toMatch(/ended with 1, said: reeve-launcher: cannot /);
}

/** Walks, some lives at a time, until a life has no such call any more. */
async function walk(spec: (number: number) => string, skip = 0): Promise<readonly Outcome[]> {
  const atOnce = 4;
  const outcomes: Outcome[] = [];
  for (let first = 1; first < 1000; first += atOnce) {
    const specs = Array.from({ length: atOnce }, (_, i) => spec(first + i));
    const lives = await Promise.all(specs.map(async (fault) => ({ fault, outcome: await liveWith(fault, skip) })));
    for (const { fault, outcome } of lives) judge(fault, outcome);
    outcomes.push(...lives.map(({ outcome }) => outcome).filter(({ injected }) => injected !== ''));
    if (lives.every(({ outcome }) => outcome.injected === '')) return outcomes;
  }
  throw new Error('the calls of a life do not end');
}

test(
  'a launcher of which one system call fails lives on, or says why it does not start',
  { timeout: 600_000 },
  async () => {
    const outcomes = await walk((number) => `any:${number}:${errno.EMFILE}`);
    expect(outcomes.length).toBeGreaterThan(100);
    // Nothing is left open by what failed.
    const whole = await liveWith('any:100000:24');
    for (const { injected, descriptors, code } of outcomes) {
      if (code === 7) expect([injected, descriptors]).toEqual([injected, Math.min(descriptors, whole.descriptors)]);
    }
  },
);

test('a start of which one system call fails in the child is told with its step', { timeout: 300_000 }, async () => {
  const outcomes = await walk((number) => `child/any:${number}:${errno.EMFILE}`, 3);
  expect(outcomes.length).toBeGreaterThan(20);
  expect(outcomes.map(({ code }) => code)).toEqual(outcomes.map(() => 7));
});

test('a life without a fault leaks nothing', async () => {
  const outcome = await liveWith('any:100000:24', 0, 'detect_leaks=1');
  judge('none', outcome);
  expect(outcome).toMatchObject({ injected: '', code: 7 });
});
