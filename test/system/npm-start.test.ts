import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ProjectCopy } from '../support/project-copy.ts';
import { Terminal } from '../support/terminal.ts';

const run = promisify(execFile);
const isRoot = process.getuid?.() === 0;
const somebody = 12_345;

/** As in a shell of somebody who has just cloned the project: nothing of npm's own, nothing of this project in PATH. */
const outerEnvironment = (home: string) => ({
  PATH: (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((directory) => !directory.includes('node_modules'))
    .join(delimiter),
  HOME: home,
  TERM: 'dumb',
  NO_COLOR: '1',
});

describe.each([
  { who: 'the user who runs the tests', uid: undefined },
  ...(isRoot ? [{ who: 'an ordinary user', uid: somebody }] : []),
])('npm start as $who', ({ uid }) => {
  let copy: ProjectCopy;
  let terminal: Terminal;

  beforeEach(() => {
    copy = new ProjectCopy(uid);
  });

  afterEach(async () => {
    await terminal[Symbol.asyncDispose]();
    copy[Symbol.dispose]();
  });

  const start = (command: string): Terminal => {
    const environment = outerEnvironment(copy.directory);
    terminal = new Terminal(command, { directory: copy.directory, environment, uid });
    return terminal;
  };

  const reevectl = async (...args: readonly string[]): Promise<string> => {
    const identity = uid === undefined ? {} : { uid, gid: uid };
    const options = { cwd: copy.directory, env: outerEnvironment(copy.directory), ...identity };
    return (await run(copy.path('build', 'bin', 'reevectl'), args, options)).stdout;
  };

  /** The names in the order in which the screen tells that of them. */
  const orderOf = (what: string, ...names: readonly string[]): readonly string[] =>
    names.toSorted(
      (one, other) => terminal.screen.lastIndexOf(`${one}: ${what}`) - terminal.screen.lastIndexOf(`${other}: ${what}`),
    );

  const webAnswer = async (): Promise<string> => {
    const url = readFileSync(copy.path('build', 'state', 'web.url'), 'utf8').trim();
    return (await fetch(url)).text();
  };

  test('npm start boots the sample tree, which reevectl drives from the same directory, and Ctrl-C stops it', async () => {
    start('exec npm start');
    await terminal.untilShown('boot is through');
    const firstAnswer = await webAnswer();
    expect(firstAnswer).toContain('hello from');
    const list = await reevectl('list');
    for (const name of ['boot', 'prepare', 'web', 'worker', 'collector', 'beacon', 'ticker@2', 'site', 'flaky']) {
      expect(list).toContain(name);
    }
    expect(await reevectl('is-started', 'web', 'worker', 'beacon')).toContain('started');
    expect(await reevectl('catlog', 'web')).toContain('listening on');
    await reevectl('restart', '--force', 'web');
    expect(await webAnswer()).not.toBe(firstAnswer);
    await reevectl('start', 'ticker@60');
    await terminal.untilShown('flaky: restarted 3 times within 30 s, giving up');
    terminal.pressControlC();
    expect(await terminal.exit()).toBe(0);
    expect(orderOf('stopped', 'boot', 'site', 'worker', 'web', 'prepare')).toEqual([
      'boot',
      'site',
      'worker',
      'web',
      'prepare',
    ]);
    expect(existsSync(copy.path('build', 'state', 'web.url'))).toBe(false);
  });

  test('npm start shows at the second Ctrl-C what it waits for, and kills at the third', async () => {
    const stubborn =
      'type = process\ncommand = /bin/sh -c "trap \'\' TERM; while :; do sleep 1; done"\nstop-timeout = 0\n';
    writeFileSync(copy.path('services.d', 'stubborn'), stubborn);
    start('exec npm start -- stubborn');
    await terminal.untilShown('stubborn: started');
    terminal.pressControlC();
    await terminal.untilShown('SIGINT: stopping everything');
    expect(terminal.screen).not.toContain('still waiting');
    terminal.pressControlC();
    await terminal.untilShown('stubborn: stopping');
    expect(terminal.screen).not.toContain('killing everything');
    terminal.pressControlC();
    expect(await terminal.exit()).toBe(0);
    expect(terminal.screen).toContain('killing everything');
  });
});
