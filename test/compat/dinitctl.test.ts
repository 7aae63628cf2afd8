import { closeSync, lstatSync, openSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type DinitFixture, startDinitFixture } from '../daemon/dinit/dinit-fixture.ts';
import type { ProgramResult } from './program-run.ts';
import { runInProcess } from './run-in-process.ts';

const tree = {
  'services/boot': 'type = internal\nwaits-for.d: boot.d\n',
  'services/boot.d': null,
  'services/a': 'type = internal\n',
  'services/b': 'type = internal\ndepends-on: a\n',
  'services/tick': 'type = process\ncommand = /bin/sleep 1000\n',
  'services/exit5': 'type = scripted\ncommand = /bin/sh -c "exit 5"\n',
  'services/out': 'type = scripted\ncommand = /bin/sh -c "printf text"\nlog-type = buffer\n',
  'services/t': 'type = triggered\n',
};

const start = (): Promise<DinitFixture> => startDinitFixture({ tree, boot: 'boot' });

function dinitctl(fixture: DinitFixture, ...words: readonly string[]): Promise<ProgramResult> {
  return runInProcess(['dinitctl', '-p', fixture.path, ...words], fixture.directory);
}

const said = (stdout: string): ProgramResult => ({ stdout, stderr: '', exit: 0 });
const complained = (stderr: string): ProgramResult => ({ stdout: '', stderr, exit: 1 });

describe('dinitctl', () => {
  it('starts, shows and stops a process', async () => {
    await using fixture = await start();
    expect(await dinitctl(fixture, 'start', 'tick')).toEqual(said("Service 'tick' started.\n"));
    const pid = fixture.manager.facts('tick')?.pid;
    expect(await dinitctl(fixture, 'list')).toEqual(said(`[[+]     ] boot\n[[+]     ] tick (pid: ${pid})\n`));
    expect((await dinitctl(fixture, 'status', 'tick')).stdout).toBe(
      `Service: tick\n    File: ${fixture.directory}/services/tick\n    State: STARTED\n` +
        `    Activation: explicitly started\n    Process ID: ${pid}\n`,
    );
    expect(await dinitctl(fixture, 'restart', 'tick')).toEqual(
      said("Service 'tick' stopped.\nService 'tick' started.\n"),
    );
    expect(await dinitctl(fixture, 'stop', 'tick')).toEqual(said("Service 'tick' stopped.\n"));
    expect(await dinitctl(fixture, 'is-started', 'tick')).toEqual({ stdout: 'STOPPED\n', stderr: '', exit: 1 });
  });

  it('says why a start failed', async () => {
    await using fixture = await start();
    expect(await dinitctl(fixture, 'start', 'exit5')).toEqual({
      stdout: "Service 'exit5' failed to start.\nReason: service process terminated before ready: exited - status 5\n",
      stderr: '',
      exit: 1,
    });
    expect((await dinitctl(fixture, 'is-failed', 'exit5')).exit).toBe(0);
  });

  it('ends with the failure of a start that has failed before it is acknowledged', async () => {
    await using fixture = await start();
    await dinitctl(fixture, 'stop', '--pin', 'a');
    expect(await dinitctl(fixture, 'start', 'b')).toEqual({
      stdout: "Service 'b' failed to start.\nReason: a dependency of the service failed to start. Check dinit log.\n",
      stderr: '',
      exit: 1,
    });
  });

  it('ends when a release leaves the service up', async () => {
    await using fixture = await start();
    await dinitctl(fixture, 'start', 'a');
    await dinitctl(fixture, 'start', 'b');
    expect(await dinitctl(fixture, 'release', 'a')).toEqual(
      said("Service 'a' released; it stays up because something requires it or it is pinned.\n"),
    );
    expect(await dinitctl(fixture, '--quiet', 'release', 'a')).toEqual(said(''));
    expect(await dinitctl(fixture, 'release', 'b')).toEqual(said('Service stopped.\n'));
  });

  it('names the dependents that stand in the way of a stop', async () => {
    await using fixture = await start();
    await dinitctl(fixture, 'start', 'b');
    expect(await dinitctl(fixture, 'stop', 'a')).toEqual(
      complained(
        "dinitctl: cannot stop service 'a' due to the following dependents:\n" +
          "(only direct dependents are listed. Exercise caution before using '--force' !!)\n  b\n",
      ),
    );
    expect(await dinitctl(fixture, 'stop', '--force', 'a')).toEqual(said('Service stopped.\n'));
  });

  it('enables a service by a link and a dependency, and takes both away again', async () => {
    await using fixture = await start();
    const link = join(fixture.directory, 'services/boot.d/tick');
    expect(await dinitctl(fixture, 'enable', 'tick')).toEqual(
      said("Service 'tick' has been enabled.\nService 'tick' started.\n"),
    );
    expect(readlinkSync(link)).toBe('../tick');
    expect(await dinitctl(fixture, 'enable', 'tick')).toEqual(complained('dinitctl: service already enabled.\n'));
    expect(await dinitctl(fixture, 'disable', 'tick')).toEqual(said("Service 'tick' has been disabled.\n"));
    expect(lstatSync(link, { throwIfNoEntry: false })).toBeUndefined();
  });

  it('shows a log and clears it', async () => {
    await using fixture = await start();
    await dinitctl(fixture, 'start', 'out');
    expect(await dinitctl(fixture, 'catlog', '--clear', 'out')).toEqual(
      said('text\n(last line is truncated or incomplete)\n'),
    );
    expect(await dinitctl(fixture, 'catlog', 'out')).toEqual(said(''));
    expect((await dinitctl(fixture, 'catlog', 'a')).exit).toBe(1);
  });

  it('sets and unsets variables of the daemon', async () => {
    await using fixture = await start();
    expect(await dinitctl(fixture, 'setenv', 'A=1', 'B=two words')).toEqual(said(''));
    expect(await dinitctl(fixture, 'unsetenv', 'A')).toEqual(said(''));
    expect([...fixture.manager.environment()]).toEqual([
      ['PATH', '/usr/bin:/bin'],
      ['B', 'two words'],
    ]);
    expect(await dinitctl(fixture, 'setenv', '=x')).toEqual(complained('dinitctl: failed to export environment.\n'));
  });

  it('waits for a trigger', async () => {
    await using fixture = await start();
    const waiting = dinitctl(fixture, 'start', 't');
    while (fixture.manager.facts('t')?.state !== 'starting') await new Promise((resolve) => setImmediate(resolve));
    expect(await dinitctl(fixture, 'trigger', 't')).toEqual(said(''));
    expect(await waiting).toEqual(said("Service 't' started.\n"));
  });

  it('shuts down, and ends when the daemon does', async () => {
    await using fixture = await start();
    expect(await dinitctl(fixture, 'shutdown')).toEqual(said('Shutting down dinit...\nConnection closed.\n'));
    expect(fixture.manager.shutdownTypes).toEqual(['halt']);
  });

  it.each(['n'.repeat(1022), '.hidden', '@x'])('refuses a name that no daemon takes (%#)', async (name) => {
    await using fixture = await start();
    expect(await dinitctl(fixture, 'start', name)).toEqual(complained('dinitctl: protocol error\n'));
  });

  it('reports a passed descriptor that is not open, and touches no other', async () => {
    const result = await runInProcess(['dinitctl', '--use-passed-cfd', 'list'], '/', { DINIT_CS_FD: '987654' });
    expect(result).toEqual(complained('dinitctl: control socket read failure or protocol error\n'));
  });

  it('reports a passed descriptor that is no socket', async () => {
    const descriptor = openSync('/dev/null', 'r+');
    const environment = { DINIT_CS_FD: String(descriptor) };
    const result = await runInProcess(['dinitctl', '--use-passed-cfd', 'list'], '/', environment);
    closeSync(descriptor);
    expect(result).toEqual(complained('dinitctl: control socket write error: Socket operation on non-socket\n'));
  });
});
