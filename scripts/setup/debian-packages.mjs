import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { announce, findCommand } from './command.mjs';
import { step } from './step.mjs';

/** What some tests use, each known by a file that it brings. Without it those tests are skipped. */
const wanted = [
  { name: 'musl-tools', isThere: () => findCommand('musl-gcc') !== undefined },
  { name: 'clang-19', isThere: () => findCommand('clang-19') !== undefined },
  { name: 'libclang-rt-19-dev', isThere: () => existsSync('/usr/lib/llvm-19/lib/clang/19/lib/linux') },
  { name: 'cppcheck', isThere: () => findCommand('cppcheck') !== undefined },
  { name: 'valgrind', isThere: () => findCommand('valgrind') !== undefined },
  { name: 'strace', isThere: () => findCommand('strace') !== undefined },
  { name: 'scdoc', isThere: () => findCommand('scdoc') !== undefined },
  { name: 'mandoc', isThere: () => findCommand('mandoc') !== undefined },
  { name: 'zsh', isThere: () => findCommand('zsh') !== undefined },
  { name: 'fish', isThere: () => findCommand('fish') !== undefined },
  { name: 's6', isThere: () => findCommand('s6-svscan') !== undefined },
];

/** Installs them when that is possible; a failure is told and remembered, never fatal. */
export const installDebianPackages = () => {
  const missing = wanted.filter(({ isThere }) => !isThere()).map(({ name }) => name);
  if (missing.length === 0) return;
  const isPossible =
    process.getuid() === 0 && findCommand('apt-get') !== undefined && process.env.REEVE_NO_APT === undefined;
  if (!isPossible) {
    announce(`not installed, so the tests that use them are skipped: ${missing.join(' ')} (Debian packages)`);
    return;
  }
  step({
    name: 'debian-packages',
    inputs: [],
    facts: missing,
    outputs: [],
    make: () => {
      announce(`installing the Debian packages ${missing.join(' ')} (REEVE_NO_APT=1 prevents that)`);
      aptGet('update');
      // One that this release does not have must not keep the others out.
      for (const name of missing) {
        if (!aptGet('install', '-y', '--no-install-recommends', name))
          announce(`cannot install ${name}: the tests that use it are skipped`);
      }
    },
  });
};

const aptGet = (...args) =>
  spawnSync('apt-get', ['-qq', ...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  }).status === 0;
