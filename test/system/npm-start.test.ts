import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
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
});

describe.each([
  { who: 'the user who runs the tests', uid: undefined },
  ...(isRoot ? [{ who: 'an ordinary user', uid: somebody }] : []),
])('npm start as $who', ({ uid }) => {
  let copy: ProjectCopy;
  let terminal: Terminal;

  beforeEach(() => {
    copy = new ProjectCopy(uid);
    terminal = new Terminal('npm start', {
      directory: copy.directory,
      environment: outerEnvironment(copy.directory),
      uid,
    });
  });

  afterEach(async () => {
    await terminal[Symbol.asyncDispose]();
    copy[Symbol.dispose]();
  });

  const reevectl = async (...args: readonly string[]): Promise<string> => {
    const identity = uid === undefined ? {} : { uid, gid: uid };
    const options = { cwd: copy.directory, env: outerEnvironment(copy.directory), ...identity };
    return (await run(copy.path('build', 'bin', 'reevectl'), args, options)).stdout;
  };

  const webAnswer = async (): Promise<string> => {
    const url = readFileSync(copy.path('build', 'state', 'web.url'), 'utf8').trim();
    return (await fetch(url)).text();
  };

  test('npm start boots the sample tree, which reevectl drives from the same directory, and Ctrl-C stops it', async () => {
    await terminal.untilShown('boot is through');
    expect(await webAnswer()).toContain('hello from');
    const list = await reevectl('list');
    for (const name of ['boot', 'prepare', 'web', 'worker', 'collector', 'beacon', 'ticker@2', 'site', 'flaky']) {
      expect(list).toContain(name);
    }
    expect(await reevectl('is-started', 'web')).toContain('started');
    expect(await reevectl('catlog', 'web')).toContain('listening on');
    await reevectl('restart', 'web');
    expect(await webAnswer()).toContain('visit');
    terminal.pressControlC();
    expect(await terminal.exit()).toBe(0);
    expect(existsSync(copy.path('build', 'state', 'web.url'))).toBe(false);
  });
});
