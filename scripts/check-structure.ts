// Checks what no linter knows: which folder may import which, and how long files may be.
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { layerFindings } from './structure/layers.ts';
import { sizeFindings, trustedBase } from './structure/sizes.ts';
import type { SourceFile } from './structure/source-file.ts';

const root = dirname(import.meta.dirname);
const paths = globSync(['src/**/*.ts', 'native/**/*.{c,h}'], { cwd: root });
const files: readonly SourceFile[] = paths
  .sort()
  .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
const findings = [...layerFindings(files), ...sizeFindings(files)];
for (const finding of findings) console.error(finding);
console.log(
  `${files.length} files, ${trustedBase(files)} lines of C in launcher and logger, ${findings.length} findings`,
);
process.exitCode = findings.length === 0 && files.length > 0 ? 0 : 1;
