import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { inProject } from './project.mjs';
import { Refusal } from './refusal.mjs';
import { step } from './step.mjs';

const oldest = 20;
const architectures = ['x64', 'arm64'];

export const requireNode = () => {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < oldest)
    throw new Refusal(`reeve needs Node.js ${oldest} or newer to set itself up, this is ${process.version}.`);
  if (process.platform !== 'linux') throw new Refusal(`reeve runs on Linux, this is ${process.platform}.`);
};

/** The Node 24 that came with the packages, and its headers. */
export const requireProjectNode = () => {
  const name = `node-linux-${process.arch}`;
  const directory = inProject('node_modules', name);
  const node = { package: name, program: `${directory}/bin/node`, headers: `${directory}/include/node` };
  if (!existsSync(node.program)) throw new Refusal(whyMissing(name));
  step({
    name: 'node',
    inputs: [`node_modules/${name}/package.json`],
    outputs: [],
    make: () => requireRunning(name, node.program),
  });
  return node;
};

const requireRunning = (name, program) => {
  const { status, stdout, stderr, error } = spawnSync(program, ['--version'], { encoding: 'utf8' });
  if (status === 0 && stdout.startsWith('v24.')) return;
  const came = (error?.message ?? (stderr || stdout)).trim().split('\n')[0];
  throw new Refusal(
    `the package ${name} must bring a Node 24 that runs here, but: ${came}\n` +
      '  It is built for glibc 2.28 or newer; on another C library (Alpine) reeve does not run yet.',
  );
};

const whyMissing = (name) =>
  architectures.includes(process.arch)
    ? `the package ${name} (Node 24 for this machine) is not installed, although package-lock.json names it.\n` +
      '  Remove node_modules and run the command again; the registry that npm is set to must offer this package.'
    : `reeve brings its own Node 24 for ${architectures.join(' and ')}, but this machine is ${process.arch}.`;
