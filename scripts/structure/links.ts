import { dirname, posix } from 'node:path';
import type { SourceFile } from './source-file.ts';

/** One sentence for each relative link in a Markdown file whose target is not there. */
export const linkFindings = (files: readonly SourceFile[], isThere: (path: string) => boolean): readonly string[] =>
  files.flatMap(({ path, text }) =>
    [...text.matchAll(/\]\((?<target>[^)#\s]+)(?:#[^)]*)?\)/g)]
      .map(({ groups }) => groups?.['target'] ?? '')
      .filter((target) => !/^[a-z]+:/.test(target))
      .filter((target) => !isThere(posix.join(dirname(path), target)))
      .map((target) => `${path} links to ${target}, which is not there`),
  );
