import { mkdtempSync, readFileSync, chmodSync, writeFileSync, mkdirSync, chownSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ReeveInstance } from '../support/reeve-instance.ts';

const isRoot = process.getuid?.() === 0;
const daemonId = 54_321;
const loggerId = 54_322;

const statusOf = (pid: number): string => readFileSync(`/proc/${pid}/status`, 'utf8');

/** Children of the launcher by program name. */
function childrenOf(pid: number): ReadonlyMap<string, number> {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
  return new Map(
    children.map((child) => [readFileSync(`/proc/${child}/cmdline`, 'utf8').replaceAll('\0', ' '), child]),
  );
}

/** Numeric ids: no user has to exist. */
function systemInstance(files: Readonly<Record<string, string>>): Promise<ReeveInstance> {
  return ReeveInstance.boot({
    mode: 'system',
    files: {
      'reeve.ini': `[users]\ndaemon = ${daemonId}\nlogger = ${loggerId}\n`,
      ...files,
    },
    arguments: ['--config', '{DIR}/reeve.ini'],
  });
}

describe.skipIf(!isRoot)('root mode (needs root)', () => {
  test('the daemon and the logger run as their own users, without capabilities and with no new privileges', async () => {
    await using reeve = await systemInstance({
      'sd/boot': 'type = process\ncommand = /bin/sleep 1000\nlog-type = buffer\n',
    });
    await reeve.untilStatus('boot', { state: 'started' });
    const children = childrenOf(reeve.pid);
    const find = (part: string): number => {
      const entry = [...children].find(([command]) => command.includes(part));
      if (!entry) throw new Error(`no child ${part} in ${JSON.stringify([...children])}`);
      return entry[1];
    };
    for (const [part, id] of [
      ['reeve-daemon', daemonId],
      ['reeve-logger', loggerId],
    ] as const) {
      const status = statusOf(find(part));
      expect(status).toMatch(new RegExp(`^Uid:\\s${id}\\s${id}\\s${id}\\s${id}$`, 'm'));
      expect(status).toMatch(/^NoNewPrivs:\s1$/m);
      for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapAmb'])
        expect(status).toMatch(new RegExp(`^${set}:\\s0+$`, 'm'));
      expect(status).toMatch(/^Groups:\s*$/m);
    }
    expect(statusOf(reeve.pid)).toMatch(/^Uid:\s0\s0\s0\s0$/m);
  });

  test('run-as gives a service its user, group and groups', async () => {
    await using reeve = await systemInstance({
      'sd/boot':
        'type = scripted\ncommand = /bin/sh -c "id -u > {DIR}/open/id; id -G >> {DIR}/open/id"\nrun-as = 54323\n',
      'open/.keep': '',
    });
    chmodSync(reeve.path('open'), 0o777);
    await reeve.ctl('start', 'boot');
    await reeve.untilStatus('boot', { state: 'started' });
    expect(reeve.read('open/id').split('\n')[0]).toBe('54323');
  });

  test('the compiler refuses a service file that others can write, and one that is not root’s', async () => {
    await using reeve = await systemInstance({
      'sd/boot': 'type = internal\n',
      'sd/open': 'type = internal\n',
      'sd/foreign': 'type = internal\n',
    });
    chmodSync(reeve.path('sd/open'), 0o666);
    chownSync(reeve.path('sd/foreign'), daemonId, daemonId);
    for (const name of ['open', 'foreign']) {
      const result = await reeve.ctl('start', name);
      expect(result.code).not.toBe(0);
      expect(result.err).toContain(reeve.path(`sd/${name}`));
    }
  });

  test('missing users are a clear error that says how to create them', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'reeve-'));
    mkdirSync(join(directory, 'sd'));
    writeFileSync(join(directory, 'reeve.ini'), '[users]\ndaemon = no-such-user-here\n');
    const error = await ReeveInstance.boot({
      mode: 'system',
      files: { 'sd/boot': 'type = internal\n' },
      arguments: ['--config', join(directory, 'reeve.ini')],
    }).then(
      () => '',
      (reason: unknown) => String(reason),
    );
    rmSync(directory, { recursive: true });
    expect(error).toContain('no-such-user-here');
    expect(error).toContain('useradd');
  });
});
