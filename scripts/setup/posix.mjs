import { mkdirSync, renameSync } from 'node:fs';
import { announce, run } from './command.mjs';
import { requireCompilers } from './compilers.mjs';
import { inProject } from './project.mjs';
import { step } from './step.mjs';

/**
 * Compiles the one file of the `posix` package with the headers of the project's Node. Its own install script would fetch headers from the
 * network and is denied.
 */
export const compilePosix = (node) => {
  const directory = inProject('node_modules', 'posix', 'build', 'Release');
  const addon = `${directory}/posix.node`;
  step({
    name: 'posix',
    inputs: ['posix', 'nan', node.package].map((name) => `node_modules/${name}/package.json`),
    outputs: [addon],
    // `npm ci` removes both together.
    stamp: `${addon}.stamp`,
    make: () => {
      requireCompilers();
      announce('compiling the posix package');
      mkdirSync(directory, { recursive: true });
      const temporary = `${addon}.${process.pid}`;
      const defines = ['-DNODE_GYP_MODULE_NAME=posix', '-DBUILDING_NODE_EXTENSION'];
      const includes = [`-I${node.headers}`, `-I${inProject('node_modules', 'nan')}`];
      const source = inProject('node_modules', 'posix', 'src', 'posix.cc');
      // Its sources have warnings on every compiler; they are not ours.
      const flags = ['-std=c++20', '-O2', '-fPIC', '-shared', '-s', '-w'];
      run('compiling the posix package', 'c++', [...flags, ...defines, ...includes, source, '-o', temporary]);
      renameSync(temporary, addon);
    },
  });
};
