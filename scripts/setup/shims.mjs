import { inProject, runDirectory } from './project.mjs';
import { programs } from './programs.mjs';
import { step, writeAtomically } from './step.mjs';

/** Writes the commands in build/bin: a shell script that becomes the project's Node with the program's bundle. */
export const writeShims = (node) => {
  const commands = programs.filter(({ command }) => command !== undefined);
  step({
    name: 'shims',
    inputs: ['scripts/setup/shims.mjs', 'scripts/setup/programs.mjs'],
    facts: [node.program, runDirectory()],
    outputs: commands.map(({ command }) => inProject('build', 'bin', command)),
    make: () => {
      for (const { command, bundle } of commands) {
        writeAtomically(inProject('build', 'bin', command), shim(node.program, inProject(bundle)), 0o755);
      }
    },
  });
};

/** Both variables belong to other programs of the caller: the first would change how ours run, the second costs start-up time. */
const shim = (node, bundle) => `#!/bin/sh
unset NODE_OPTIONS NODE_EXTRA_CA_CERTS
exec ${quoted(node)} ${quoted(bundle)} "$@"
`;

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
