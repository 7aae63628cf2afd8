/** Finding the file of a service: the first directory that has one of its name wins. */
import type { Findings } from './findings.ts';
import { joinPath } from './paths.ts';
import { fileProblem, type FileContent, type FileRefusal, type ServiceFiles } from './service-files.ts';

export interface Found {
  readonly directory: string;
  /** The path in that directory: what is shown. */
  readonly file: string;
  readonly content: FileContent;
}

/**
 * A directory without such a file is passed over. One where the file cannot be got at is remembered while the search goes on, and is the reason
 * if nothing is found. Something that is there but is no usable file ends the search: the next directory's file is not what was meant.
 */
export function findServiceFile(
  base: string,
  directories: readonly string[],
  files: ServiceFiles,
  findings: Findings,
): Found | undefined {
  let remembered: FileRefusal | undefined;
  for (const directory of directories) {
    const file = joinPath(directory, base);
    const content = files.readRegularFile(file);
    if (content.kind === 'file') return { directory, file, content };
    if (content.kind === 'absent') continue;
    remembered ??= content;
    if (content.isThere) break;
  }
  if (remembered) {
    findings.error('load', fileProblem('service file', remembered));
  } else {
    findings.error('not-found', {
      message: 'no service file of this name',
      expected: `'${base}' in ${directories.length === 0 ? 'a service directory' : directories.join(', ')}`,
      advice: 'check the spelling of the name, or create the file',
    });
  }
  return undefined;
}
