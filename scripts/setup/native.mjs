import { announce, findCommand, run } from './command.mjs';
import { requireCompilers } from './compilers.mjs';
import { inProject, root } from './project.mjs';
import { Refusal } from './refusal.mjs';
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
      if (/\s/.test(root))
        throw new Refusal(`make cannot build in '${root}': use a directory without spaces in its path.`);
      announce('compiling the C part');
      run('compiling the C part', 'make', ['-C', inProject('native'), '--no-print-directory', '-j2']);
    },
  });
