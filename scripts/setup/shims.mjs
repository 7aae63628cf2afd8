import { inProject, runDirectory } from './project.mjs';
import { programs } from './programs.mjs';
import { step, writeAtomically } from './step.mjs';

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
const socket = `${runDirectory()}/control`;

/** Writes the commands in build/bin and build/compat: a shell script that becomes the project's Node with the program's bundle. */
export const writeShims = (node) => {
  const commands = programs.flatMap(({ command, compat = [], ...program }) => [
    ...(command === undefined ? [] : [{ ...program, command, directory: 'bin' }]),
    ...compat.map((name) => ({ ...program, command: name, directory: 'compat' })),
  ]);
  step({
    name: 'shims',
    inputs: ['scripts/setup/shims.mjs', 'scripts/setup/programs.mjs'],
    facts: [node.program, runDirectory()],
    outputs: commands.map(({ command, directory }) => inProject('build', directory, command)),
    make: () => {
      for (const { directory, ...program } of commands) {
        writeAtomically(inProject('build', directory, program.command), shim(node.program, program), 0o755);
      }
    },
  });
};

/**
 * Without the `--` Node would take an `--env-file` of ours for its own.
 * NODE_OPTIONS would change how ours run, the other variable costs start-up time; both belong to other programs of the caller.
 */
const shim = (node, { bundle, command, passesName }) => `#!/bin/sh
unset NODE_OPTIONS NODE_EXTRA_CA_CERTS
${command === 'reevectl' ? preferOwnInstance : ''}exec ${quoted(node)} -- ${quoted(inProject(bundle))} ${passesName ? '"$0" ' : ''}"$@"
`;

/** While `npm start` runs in this clone, the reevectl of this clone speaks to it. */
const preferOwnInstance = `if [ -z "$REEVE_SOCKET" ] && [ -S ${quoted(socket)} ]; then export REEVE_SOCKET=${quoted(socket)}; fi
`;
