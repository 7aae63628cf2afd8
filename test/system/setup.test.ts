import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ProjectCopy } from '../support/project-copy.ts';

let copy: ProjectCopy;

beforeAll(() => {
  copy = new ProjectCopy();
});

afterAll(() => copy[Symbol.dispose]());

const setup = (environment: Readonly<Record<string, string | undefined>> = process.env, ...args: readonly string[]) => {
  const { status, stderr } = spawnSync(process.execPath, [copy.path('scripts', 'setup.mjs'), ...args], {
    env: environment,
    encoding: 'utf8',
  });
  return { status, stderr };
};

test('setup.mjs says in one sentence what to install when there is no compiler', () => {
  const bin = copy.path('only-node');
  mkdirSync(bin);
  symlinkSync(process.execPath, `${bin}/node`);
  const { status, stderr } = setup({ PATH: bin, HOME: copy.directory });
  expect(status).toBe(1);
  expect(stderr.trim().split('\n')).toEqual([
    'reeve has parts in C to compile, but gcc, c++, make are not installed: ' +
      'run "apt-get install build-essential" (Debian, Ubuntu), or install gcc, g++ and make.',
  ]);
  rmSync(bin, { recursive: true });
});

test('setup.mjs start goes on without a compiler, and leaves a mark', () => {
  const bin = copy.path('only-node');
  mkdirSync(bin);
  symlinkSync(process.execPath, `${bin}/node`);
  const { status, stderr } = setup({ PATH: bin, HOME: copy.directory }, 'start');
  expect(status).toBe(0);
  expect(stderr.trim().split('\n')).toEqual([
    'gcc, c++, make are not installed, so reeve runs in portable mode (docs/portable.md); for all of it run ' +
      '"apt-get install build-essential" (Debian, Ubuntu), or install gcc, g++ and make.',
    'bundling the programs',
  ]);
  expect(existsSync(copy.path('build', 'portable'))).toBe(true);
  expect(existsSync(copy.path('build', 'bin', 'reeve'))).toBe(true);
  rmSync(bin, { recursive: true });
  rmSync(copy.path('build', 'lib'), { recursive: true });
});

test('setup.mjs builds everything that npm start needs', () => {
  expect(setup()).toEqual({ status: 0, stderr: 'compiling the C part\nbundling the programs\n' });
  // The mark that the test before has left.
  expect(existsSync(copy.path('build', 'portable'))).toBe(false);
  for (const path of ['bin/reeve', 'bin/reevectl', 'native/reeve-launcher', 'native/reeve-logger', 'lib/daemon.cjs']) {
    expect(statSync(copy.path('build', path)).isFile()).toBe(true);
  }
});

test('setup.mjs does nothing the second time', () => {
  expect(setup()).toEqual({ status: 0, stderr: '' });
});

test('setup.mjs renews only the bundles when a source has changed', () => {
  utimesSync(copy.path('src', 'frame', 'frame.ts'), new Date(), new Date());
  expect(setup()).toEqual({ status: 0, stderr: 'bundling the programs\n' });
});

test('setup.mjs makes again what was removed', () => {
  rmSync(copy.path('build', 'native', 'reeve-logger'));
  expect(setup()).toEqual({ status: 0, stderr: 'compiling the C part\n' });
});

test('setup.mjs shows what the compiler says about a broken source, and can be run again when it is mended', () => {
  writeFileSync(copy.path('native', 'logger', 'broken.c'), 'int broken(void) { return nothing; }\n');
  const { status, stderr } = setup();
  expect(status).toBe(1);
  expect(stderr).toContain('broken.c');
  expect(stderr).toContain('compiling the C part failed (exit status 2)');
  rmSync(copy.path('native', 'logger', 'broken.c'));
  expect(setup().status).toBe(0);
});
