/**
 * `depends-on.d`, `depends-ms.d`, `waits-for.d`: every entry of the directory whose name is a service name is a dependency; what the entry
 * contains does not matter. This is what `reevectl enable` makes its links in.
 */
import type { DependencyKind } from './description.ts';
import { refuse, valueOrigin, type Entry, type Reading } from './entry.ts';
import { nameExpectation, parseServiceName } from './names.ts';
import { joinPath } from './paths.ts';
import { fileProblem } from './service-files.ts';

export function readDependencyDirectory(
  reading: Reading,
  entry: Entry,
  kind: Extract<DependencyKind, 'depends-on' | 'depends-ms' | 'waits-for'>,
  path: string,
): void {
  if (path === '') {
    refuse(reading, entry, { message: 'is empty', expected: 'the path of a directory' });
    return;
  }
  const directory = joinPath(entry.line.source.directory, path);
  const origin = valueOrigin(entry);
  if (kind === 'waits-for') reading.draft.waitsForDirectories.push(directory);
  const content = reading.files.readDirectory(directory);
  if (content.kind === 'refused' && content.code === 'UNTRUSTED') {
    reading.findings.error('load', fileProblem('dependency directory', content, origin, entry.setting));
    return;
  }
  if (content.kind !== 'directory') {
    reading.findings.warn({
      message: `cannot read the dependency directory ${directory}: ${
        content.kind === 'absent' ? 'no such directory' : content.text
      }; it gives no dependencies`,
      origin,
      setting: entry.setting,
    });
    return;
  }
  for (const name of content.entries) {
    if (name.startsWith('.')) continue;
    const parsed = parseServiceName(name);
    if (parsed.kind === 'name') {
      reading.draft.dependencies.push({ kind, name, origin: { ...origin }, directoryEntry: joinPath(directory, name) });
    } else {
      reading.findings.warn({
        message: `${directory} has an entry that is no service name; it is ignored`,
        origin,
        setting: entry.setting,
        expected: nameExpectation,
        found: name,
      });
    }
  }
}
