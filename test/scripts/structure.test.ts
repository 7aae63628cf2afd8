import { expect, test } from 'vitest';
import { importsIn } from '../../scripts/structure/imports.ts';
import { layerFindings } from '../../scripts/structure/layers.ts';
import { linkFindings } from '../../scripts/structure/links.ts';
import { largestTrustedBase, sizeFindings } from '../../scripts/structure/sizes.ts';

const file = (path: string, ...imports: readonly string[]) => ({
  path,
  text: imports.map((name) => `import { thing } from '${name}';\n`).join(''),
});

test('importsIn() finds imports over several lines, type imports, re-exports, bare and dynamic ones', () => {
  const text = [
    "import {\n  first,\n  second,\n} from './several.ts';",
    "import type { Third } from './type.ts';",
    "export { fourth } from './re-export.ts';",
    "import './bare.ts';",
    "const fifth = await import('./dynamic.ts');",
  ].join('\n');
  expect(importsIn(text)).toEqual(['./several.ts', './type.ts', './re-export.ts', './bare.ts', './dynamic.ts']);
});

test('importsIn() does not read comments', () => {
  expect(importsIn("// import { a } from './a.ts';\n/* \nimport { b } from './b.ts';\n*/\n")).toEqual([]);
});

test('layerFindings() accepts an import of a lower layer', () => {
  expect(layerFindings([file('src/daemon/engine/step.ts', '../../plan/plan.ts', '../../frame/frame.ts')])).toEqual([]);
});

test('layerFindings() refuses an import of a higher layer', () => {
  expect(layerFindings([file('src/service/parse.ts', '../plan/plan.ts')])).toEqual([
    'src/service/parse.ts imports src/plan/plan.ts: src/service may import only frame',
  ]);
});

test('layerFindings() refuses a client that imports the daemon', () => {
  expect(layerFindings([file('src/control/list.ts', '../daemon/model/state.ts')])).toHaveLength(1);
});

test('layerFindings() refuses a folder without a place', () => {
  expect(layerFindings([file('src/helpers/text.ts', '../frame/frame.ts')])).toEqual([
    'src/helpers/text.ts: the folder src/helpers has no place in the layers of scripts/structure/layers.ts',
  ]);
});

test('layerFindings() refuses an import of a main.ts', () => {
  expect(layerFindings([file('src/daemon/engine/step.ts', '../main.ts')])).toHaveLength(1);
});

test('layerFindings() names the folders of a cycle', () => {
  const files = [
    file('src/daemon/model/graph.ts', '../engine/step.ts'),
    file('src/daemon/engine/step.ts', '../journal/entry.ts'),
    file('src/daemon/journal/entry.ts', '../model/state.ts'),
  ];
  expect(layerFindings(files)).toEqual([
    'folders import each other: src/daemon/model -> src/daemon/engine -> src/daemon/journal -> src/daemon/model',
  ]);
});

test('layerFindings() lets a main.ts wire what must not know each other', () => {
  const files = [file('src/daemon/main.ts', './engine/step.ts'), file('src/daemon/engine/step.ts', '../options.ts')];
  expect(layerFindings(files)).toEqual([]);
});

test('sizeFindings() refuses a file of more than 400 lines', () => {
  const long = { path: 'src/frame/long.ts', text: '\n'.repeat(401) };
  const full = { path: 'src/frame/full.ts', text: '\n'.repeat(400) };
  expect(sizeFindings([long, full])).toEqual(['src/frame/long.ts has 401 lines: at most 400']);
});

test('sizeFindings() bounds the trusted base, to which tests and fuzz targets do not belong', () => {
  const fileOf = (path: string) => ({ path, text: '\n'.repeat(100) });
  const full = Array.from({ length: largestTrustedBase / 100 }, (_, index) => fileOf(`native/launcher/part${index}.c`));
  const untrusted = fileOf('native/test/launcher.c');
  expect(sizeFindings([...full, untrusted])).toEqual([]);
  expect(sizeFindings([...full, untrusted, fileOf('native/logger/main.c')])).toEqual([
    `launcher and logger have ${largestTrustedBase + 100} lines of C: at most ${largestTrustedBase}`,
  ]);
});

test('linkFindings() names a link to a file that is not there, and leaves those to other places alone', () => {
  const text = '[a](there.md) [b](../gone.md#part) [c](https://example.org/x) [d](#here)\n';
  expect(linkFindings([{ path: 'docs/page.md', text }], (path) => path === 'docs/there.md')).toEqual([
    'docs/page.md links to ../gone.md, which is not there',
  ]);
});
