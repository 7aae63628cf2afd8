// Bundles the programs of setup/programs.mjs into build/lib; run by the project's Node. CommonJS starts faster than modules, but has no `await`
// outside of functions: a main.ts must do without.
import { copyFile, glob, rename } from 'node:fs/promises';
import { basename } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
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

try {
  await Promise.all(programs.map(bundle));
  // The daemon reads its interface definitions beside itself.
  for await (const path of glob(inProject('src/api/*.varlink'))) {
    await copyFile(path, inProject('build', 'lib', basename(path)));
  }
} catch (error) {
  // The message says file and line; a stack of the bundler says nothing.
  process.stderr.write(`${stripVTControlCharacters(error.message)}\n`);
  process.exitCode = 1;
}
