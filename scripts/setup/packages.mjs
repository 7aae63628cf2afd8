import { readFileSync } from 'node:fs';
import { announce, findCommand, outerEnvironment, run } from './command.mjs';
import { inProject } from './project.mjs';
import { Refusal } from './refusal.mjs';

/** Runs `npm ci` when node_modules is not what package-lock.json says. */
export const installPackages = () => {
  if (isInstalled()) return;
  announce('installing the packages of package-lock.json');
  // No package's own script runs, whatever the version of npm: the one that has something to compile is compiled by posix.mjs.
  const args = ['ci', '--ignore-scripts', '--include=dev', '--include=optional', '--no-audit', '--no-fund'];
  if (findCommand('npm') === undefined)
    throw new Refusal('npm is not installed: install Node.js 20 or newer with npm.');
  run('installing the packages', findCommand('npm'), args, { environment: outerEnvironment() });
};

/** npm keeps a copy of the lock file's entries for what it has really installed. */
const isInstalled = () => {
  const installed = packagesOf('node_modules/.package-lock.json');
  if (installed === undefined) return false;
  return Object.entries(packagesOf('package-lock.json') ?? {}).every(([path, wanted]) => {
    if (path === '') return true;
    const found = installed[path];
    if (found === undefined) return wanted.optional === true || wanted.devOptional === true;
    return found.version === wanted.version && found.integrity === wanted.integrity;
  });
};

const packagesOf = (lockFile) => {
  try {
    return JSON.parse(readFileSync(inProject(lockFile), 'utf8')).packages;
  } catch {
    return undefined;
  }
};
