// Bundles the programs of setup/programs.mjs into build/lib; run by the project's Node. CommonJS starts faster than modules, but has no `await`
// outside of functions: a main.ts must do without.
import { createHash } from 'node:crypto';
import { copyFile, glob, readFile, rename, writeFile } from 'node:fs/promises';
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

/** Which build this is, for the daemon to tell. */
const tellBuild = async () => {
  const { version } = JSON.parse(await readFile(inProject('package.json'), 'utf8'));
  const hash = createHash('sha256').update(await readFile(inProject('build', 'lib', 'daemon.cjs')));
  const path = inProject('build', 'lib', 'build.json');
  await writeFile(`${path}.${process.pid}`, JSON.stringify({ version, build: hash.digest('hex').slice(0, 12) }));
  await rename(`${path}.${process.pid}`, path);
};

try {
  await Promise.all(programs.map(bundle));
  // The daemon reads its interface definitions beside itself.
  for await (const path of glob(inProject('src/api/*.varlink'))) {
    await copyFile(path, inProject('build', 'lib', basename(path)));
  }
  await tellBuild();
} catch (error) {
  // The message says file and line; a stack of the bundler says nothing.
  process.stderr.write(`${stripVTControlCharacters(error.message)}\n`);
  process.exitCode = 1;
}
