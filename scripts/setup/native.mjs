import { announce, findCommand, run } from './command.mjs';
import { requireCompilers } from './compilers.mjs';
import { inProject } from './project.mjs';
import { step } from './step.mjs';

const products = ['reeve-launcher', 'reeve-logger', 'peercred.node'];

/** Builds the launcher, the logger and the peer-credential addon. The Makefile chooses musl where it is installed. */
export const compileNativePart = (node) =>
  step({
    name: 'native',
    inputs: ['native'],
    facts: [findCommand('musl-gcc') ?? 'no musl', node.package],
    outputs: products.map((product) => inProject('build', 'native', product)),
    make: () => {
      requireCompilers();
      announce('compiling the C part');
      run('compiling the C part', 'make', ['-C', inProject('native'), '--no-print-directory', '-j2']);
    },
  });
