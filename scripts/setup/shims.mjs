import { inProject, runDirectory } from './project.mjs';
import { programs } from './programs.mjs';
import { step, writeAtomically } from './step.mjs';

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
const socket = `${runDirectory()}/control`;

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
        writeAtomically(inProject('build', 'bin', command), shim(node.program, inProject(bundle), command), 0o755);
      }
    },
  });
};

/** NODE_OPTIONS would change how ours run, the other variable costs start-up time; both belong to other programs of the caller. */
const shim = (node, bundle, command) => `#!/bin/sh
unset NODE_OPTIONS NODE_EXTRA_CA_CERTS
${command === 'reevectl' ? preferOwnInstance : ''}exec ${quoted(node)} ${quoted(bundle)} "$@"
`;

/** While `npm start` runs in this clone, the reevectl of this clone speaks to it. */
const preferOwnInstance = `if [ -z "$REEVE_SOCKET" ] && [ -S ${quoted(socket)} ]; then export REEVE_SOCKET=${quoted(socket)}; fi
`;
