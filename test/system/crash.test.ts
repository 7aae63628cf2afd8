/**
 * The storm: two hundred services, clients that never rest, and a daemon and a logger that are killed again and again. What services see of it must be
 * nothing at all.
 *
 * The witnesses are in the services themselves: each holds a lock while it runs, so a second process of the same service would be seen by the service, not
 * only by us; each writes a line at its start; producers count their lines.
 */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { connect } from '../../src/api/client.ts';
import { ControlError } from '../../src/api/control-error.ts';
import type { ServiceSummary } from '../../src/api/service-status.ts';
import { ReeveInstance } from '../support/reeve-instance.ts';

const daemonKills = Number(process.env['REEVE_DAEMON_KILLS'] ?? 100);
const loggerKills = Number(process.env['REEVE_LOGGER_KILLS'] ?? 20);
const seed = Number(process.env['REEVE_SEED'] ?? Date.now() % 1_000_000);

/** A small generator of our own, so that a seed repeats the choices (not the moments). */
function random(): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

const names = (prefix: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${prefix}${i}`);
const steady = names('steady', 100);
const toggled = names('toggled', 40);
const flapping = names('flapping', 30);
const producers = names('producer', 20);
const scripts = names('script', 10);

const files: Readonly<Record<string, string>> = {
  'locks/.keep': '',
  // Status 99 says that the lock was taken: two processes of one service.
  'bin/once': `#!/bin/sh
name=$1; shift
echo start >> {DIR}/locks/$name.starts
exec flock -n -E 99 {DIR}/locks/$name "$@"
`,
  'bin/produce': `#!/bin/sh
i=0
while test ! -e {DIR}/quiet; do echo "$1 $i"; i=$((i+1)); sleep 0.02; done
echo "$1 end $i"
exec sleep 1000
`,
  'sd/boot': `type = internal\n${[...steady, ...toggled, ...flapping, ...producers, ...scripts].map((name) => `waits-for: ${name}\n`).join('')}`,
  ...Object.fromEntries(
    steady.map((name) => [`sd/${name}`, `type = process\ncommand = {DIR}/bin/once ${name} sleep 1000\n`]),
  ),
  ...Object.fromEntries(
    toggled.map((name) => [
      `sd/${name}`,
      `type = process\ncommand = {DIR}/bin/once ${name} sleep 1000\nrestart = no\n`,
    ]),
  ),
  ...Object.fromEntries(
    flapping.map((name, index) => [
      `sd/${name}`,
      `type = process\ncommand = {DIR}/bin/once ${name} sleep 0.${(index % 8) + 1}\nrestart = yes\nrestart-delay = 0.05\nrestart-limit-count = 0\n`,
    ]),
  ),
  ...Object.fromEntries(
    producers.map((name) => [
      `sd/${name}`,
      `type = process\ncommand = {DIR}/bin/once ${name} {DIR}/bin/produce ${name}\nlogfile = {DIR}/${name}.log\n`,
    ]),
  ),
  ...Object.fromEntries(
    scripts.map((name, index) => [
      `sd/${name}`,
      `type = scripted\ncommand = {DIR}/bin/once ${name} sh -c "sleep 0.3; exit ${index + 1}"\n`,
    ]),
  ),
};

/** Children of the launcher whose command line has `part`. */
function childOf(launcher: number, part: string): number | undefined {
  const children = readFileSync(`/proc/${launcher}/task/${launcher}/children`, 'utf8').trim().split(' ').map(Number);
  return children.find((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(part);
    } catch {
      return false;
    }
  });
}

/** Whether the daemon went away by itself within a while. */
async function fallsAsleep(launcher: number): Promise<boolean> {
  for (let looks = 0; looks < 200; looks++) {
    if (childOf(launcher, 'daemon') === undefined) return true;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return false;
}

function kill(pid: number | undefined): boolean {
  if (pid === undefined) return false;
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
}

/**
 * A client that starts, stops and restarts services until it is told to end. Every command is answered, or its connection breaks.
 * A restful one goes away in between, so that the daemon can sleep.
 */
async function trouble(
  socket: string,
  roll: () => number,
  isRestful: boolean,
  isOver: () => boolean,
): Promise<{ answers: number; breaks: number }> {
  const counts = { answers: 0, breaks: 0 };
  while (!isOver()) {
    try {
      using client = await connect(socket);
      while (!isOver()) {
        const name = toggled[Math.floor(roll() * toggled.length)] ?? 'toggled0';
        const verb = (['start', 'stop', 'restart'] as const)[Math.floor(roll() * 3)] ?? 'start';
        await client[verb](name).catch((error: unknown) => {
          // A refusal and a failure are answers too.
          if (!(error instanceof ControlError)) throw error;
        });
        counts.answers += 1;
        if (isRestful && roll() < 0.5) break;
      }
      if (isRestful) await new Promise((resolve) => setTimeout(resolve, roll() * 300));
    } catch {
      counts.breaks += 1;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
  return counts;
}

const storms = [
  { title: 'services see nothing of', idleExit: 0, daemonDeaths: daemonKills, loggerDeaths: loggerKills },
  {
    title: 'services see nothing of naps and',
    idleExit: 0.01,
    daemonDeaths: Math.ceil(daemonKills / 4),
    loggerDeaths: Math.ceil(loggerKills / 4),
  },
];

test.each(storms)(
  `$title $daemonDeaths deaths of the daemon and $loggerDeaths of the logger (seed ${seed})`,
  { timeout: 300_000 },
  async ({ idleExit, daemonDeaths, loggerDeaths }) => {
    const limits = `[limits]\nrestart-delay = 0.02\nrestart-delay-max = 0.05\nidle-exit = ${idleExit}\n`;
    const roll = random();
    await using reeve = await ReeveInstance.boot({
      files: { ...files, 'reeve.ini': limits },
      arguments: ['--config', '{DIR}/reeve.ini'],
    });
    await reeve.until(async () => (await reeve.ctl('is-started', 'boot')).code === 0, 'the tree to be up');
    const before = await summaries(reeve);
    const pidsBefore = new Map([...steady, ...producers].map((name) => [name, before.get(name)?.pid]));
    expect([...pidsBefore.values()].every((pid) => pid !== undefined)).toBe(true);

    // With all of them flapping there is never a quiet moment.
    const restless = idleExit > 0 ? flapping.slice(0, 3) : flapping;
    for (const name of flapping.slice(restless.length)) expect((await reeve.ctl('stop', name)).code).toBe(0);

    let isOver = false;
    const clients = (idleExit > 0 ? [1] : [1, 2, 3]).map(async () =>
      trouble(reeve.socket, roll, idleExit > 0, () => isOver),
    );
    let [daemons, loggers] = [0, 0];
    let naps = 0;
    while (daemons < daemonDeaths || loggers < loggerDeaths) {
      await new Promise((resolve) => setTimeout(resolve, roll() * 120));
      if (idleExit > 0 && (await fallsAsleep(reeve.pid))) naps += 1;
      const daemon = childOf(reeve.pid, 'daemon');
      if (daemons < daemonDeaths && kill(daemon)) daemons += 1;
      if (loggers < loggerDeaths && roll() < 0.3 && kill(childOf(reeve.pid, 'reeve-logger'))) loggers += 1;
    }
    isOver = true;
    if (idleExit > 0) expect(naps).toBeGreaterThan(0);
    const counts = await Promise.all(clients);
    expect(counts.reduce((sum, { answers }) => sum + answers, 0)).toBeGreaterThan(0);

    // Afterwards everything works, and everybody is who they were.
    await reeve.until(async () => (await reeve.ctl('is-started', 'boot')).code === 0, 'the daemon to answer');
    for (const name of toggled) {
      expect((await reeve.ctl('start', name)).code).toBe(0);
    }
    const after = await summaries(reeve);
    for (const [name, pid] of pidsBefore) expect(after.get(name)?.pid, name).toBe(pid);
    for (const name of steady) expect(reeve.read(`locks/${name}.starts`), name).toBe('start\n');
    for (const [index, name] of scripts.entries()) {
      expect(after.get(name), name).toMatchObject({ state: 'stopped', exit: { kind: 'exited', status: index + 1 } });
      expect(reeve.read(`locks/${name}.starts`), name).toBe('start\n');
    }
    for (const name of restless) {
      expect(['started', 'starting', 'stopping'], name).toContain(after.get(name)?.state);
    }
    const statuses = [...after.values()].filter(({ exit }) => exit?.kind === 'exited' && exit.status === 99);
    expect(statuses.map(({ name }) => name)).toEqual([]);
    expect(reeve.output).not.toContain('exit status 99');

    // No line of a producer is missing or there twice, whatever happened to the logger.
    reeve.write('quiet', '');
    for (const name of producers) {
      await reeve.until(() => reeve.read(`${name}.log`).includes('end'), `the last line of ${name}`);
      const lines = reeve.read(`${name}.log`).trimEnd().split('\n');
      const count = lines.length - 1;
      expect(lines, name).toEqual([...Array.from({ length: count }, (_, i) => `${name} ${i}`), `${name} end ${count}`]);
    }
    reeve.kill('SIGTERM');
    expect(await reeve.exit()).toBe(0);
  },
);

async function summaries(reeve: ReeveInstance): Promise<ReadonlyMap<string, ServiceSummary>> {
  using client = await connect(reeve.socket);
  return new Map((await client.list()).map((summary) => [summary.name, summary]));
}
