// Makes the project ready to run: installs the packages, compiles what is native, bundles the programs. Only what is missing or stale is done.
//
//     node scripts/setup.mjs          what `npm start` needs
//     node scripts/setup.mjs test     also the Debian packages that some tests use
//
// It runs on whatever Node the machine has (20 or newer) and before any package is there, so it is plain JavaScript without dependencies.
import { bundlePrograms } from './setup/bundles.mjs';
import { installDebianPackages } from './setup/debian-packages.mjs';
import { compileNativePart } from './setup/native.mjs';
import { requireNode, requireProjectNode } from './setup/node.mjs';
import { installPackages } from './setup/packages.mjs';
import { compilePosix } from './setup/posix.mjs';
import { Refusal } from './setup/refusal.mjs';
import { writeShims } from './setup/shims.mjs';

try {
  requireNode();
  installPackages();
  const node = requireProjectNode();
  if (process.argv[2] === 'test') installDebianPackages();
  compilePosix(node);
  compileNativePart(node);
  bundlePrograms(node);
  writeShims(node);
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
