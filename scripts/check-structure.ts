// Checks what no linter knows: which folder may import which, how long files may be, and whether the links of the documents lead anywhere.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { layerFindings } from './structure/layers.ts';
import { linkFindings } from './structure/links.ts';
import { sizeFindings, trustedBase } from './structure/sizes.ts';
import type { SourceFile } from './structure/source-file.ts';

const root = dirname(import.meta.dirname);
const read = (...patterns: readonly string[]): readonly SourceFile[] =>
  globSync([...patterns], { cwd: root })
    .sort()
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));

const files = read('src/**/*.ts', 'native/**/*.{c,h}');
const documents = read('*.md', 'docs/**/*.md');
const findings = [
  ...layerFindings(files),
  ...sizeFindings(files),
  ...linkFindings(documents, (path) => existsSync(join(root, path))),
];
for (const finding of findings) console.error(finding);
console.log(
  `${files.length} files, ${trustedBase(files)} lines of C in launcher and logger, ${findings.length} findings`,
);
process.exitCode = findings.length === 0 && files.length > 0 ? 0 : 1;
