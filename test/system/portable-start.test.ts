import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { ProjectCopy } from '../support/project-copy.ts';
import { Terminal } from '../support/terminal.ts';

const run = promisify(execFile);
const compilers = new Set(['gcc', 'c++', 'make']);

/** A directory with every command of this machine but those that compile. */
function linkCommands(directory: string): string {
  mkdirSync(directory);
  const places = (process.env['PATH'] ?? '').split(delimiter).filter((place) => !place.includes('node_modules'));
  const known = new Set(compilers);
  for (const place of places.filter((each) => existsSync(each))) {
    for (const name of readdirSync(place)) {
      if (!known.has(name)) symlinkSync(join(place, name), join(directory, name));
      known.add(name);
    }
  }
  return directory;
}

test('npm start without a compiler says so in one sentence and boots the sample tree in portable mode', async () => {
  using copy = new ProjectCopy(undefined, { hasAddons: false });
  const environment = { PATH: linkCommands(copy.path('commands')), HOME: copy.directory, TERM: 'dumb', NO_COLOR: '1' };
  await using terminal = new Terminal('exec npm start', { directory: copy.directory, environment });
  await terminal.untilShown('boot is through');
  expect(terminal.screen).toContain(
    '\ngcc, c++, make are not installed, so reeve runs in portable mode (docs/portable.md); for all of it run ' +
      '"apt-get install build-essential" (Debian, Ubuntu), or install gcc, g++ and make.\n',
  );
  expect(existsSync(copy.path('build', 'native'))).toBe(false);
  const reevectl = async (...args: readonly string[]): Promise<string> =>
    (await run(copy.path('build', 'bin', 'reevectl'), args, { env: environment })).stdout;
  const names = ['boot', 'prepare', 'web', 'worker', 'collector', 'beacon', 'ticker@2', 'site'];
  expect(await reevectl('is-started', ...names)).toContain('started');
  const address = readFileSync(copy.path('build', 'state', 'web.url'), 'utf8').trim();
  expect(await (await fetch(address)).text()).toContain('hello from');
  await terminal.untilShown('flaky: restarted 3 times within 30 s, giving up');
  terminal.pressControlC();
  expect(await terminal.exit()).toBe(0);
  expect(terminal.screen.lastIndexOf('worker: stopped')).toBeLessThan(terminal.screen.lastIndexOf('web: stopped'));
  expect(existsSync(copy.path('build', 'state', 'web.url'))).toBe(false);
});
