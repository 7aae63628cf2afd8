// Makes the project ready to run: installs the packages, compiles what is native, bundles the programs. Only what is missing or stale is done.
//
//     node scripts/setup.mjs          everything that can be run
//     node scripts/setup.mjs start    the same; without a compiler, what portable mode needs
//     node scripts/setup.mjs test     also the Debian packages that some tests use
//
// It runs on whatever Node the machine has (20 or newer) and before any package is there, so it is plain JavaScript without dependencies.
import { bundlePrograms } from './setup/bundles.mjs';
import { installDebianPackages } from './setup/debian-packages.mjs';
import { buildManPages } from './setup/man-pages.mjs';
import { compileAll } from './setup/native-or-portable.mjs';
import { requireNode, requireProjectNode } from './setup/node.mjs';
import { installPackages } from './setup/packages.mjs';
import { Refusal } from './setup/refusal.mjs';
import { writeShims } from './setup/shims.mjs';

try {
  requireNode();
  installPackages();
  const node = requireProjectNode();
  const [, , purpose] = process.argv;
  if (purpose === 'test') installDebianPackages();
  compileAll(node, purpose === 'start');
  bundlePrograms(node);
  writeShims(node);
  buildManPages();
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
