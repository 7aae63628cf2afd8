// Bundles the programs of setup/programs.mjs into build/lib; run by the project's Node.
import { rename } from 'node:fs/promises';
import { rolldown } from 'rolldown';
import { programs } from './setup/programs.mjs';
import { inProject } from './setup/project.mjs';

const bundle = async ({ entry, bundle: output }) => {
  const build = await rolldown({
    input: inProject(entry),
    cwd: inProject(),
    platform: 'node',
    // It has a native part that it looks for beside itself.
    external: ['posix'],
    onLog: (level, log) => {
      if (level === 'warn') throw new Error(`${entry}: ${log.message}`);
    },
  });
  const temporary = `${output}.${process.pid}`;
  await build.write({ file: inProject(temporary), format: 'cjs', codeSplitting: false, comments: false });
  await build.close();
  await rename(inProject(temporary), inProject(output));
};

await Promise.all(programs.map(bundle));
