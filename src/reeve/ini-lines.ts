/**
 * Where each setting of an INI file stands. The package that reads the values says nothing about lines, and passes over what it does not
 * understand; this scanner sees the same lines and remembers or complains.
 */
import type { Complaint } from './reeve-error.ts';

export interface IniLines {
  /** Section, then key, to its line number (from 1). Keys before any section are in section ''. */
  readonly keys: ReadonlyMap<string, ReadonlyMap<string, number>>;
  readonly sections: ReadonlyMap<string, number>;
  /** Lines of the sections in which a name may stand more than once. */
  readonly listed: readonly ListedLine[];
  readonly complaints: readonly Complaint[];
}

export interface ListedLine {
  readonly section: string;
  /** `file:line` */
  readonly place: string;
  readonly text: string;
}

/** @param listSections Those in which each line counts for itself. */
export function scanIniLines(text: string, file: string, listSections: readonly string[] = []): IniLines {
  const keys = new Map<string, Map<string, number>>();
  const sections = new Map<string, number>();
  const listed: ListedLine[] = [];
  const complaints: Complaint[] = [];
  let section = '';
  for (const [index, raw] of text.split(/\r\n|\r|\n/).entries()) {
    const number = index + 1;
    const place = `${file}:${number}`;
    const line = raw.trim();
    if (line === '' || line.startsWith(';') || line.startsWith('#')) continue;
    if (line.startsWith('[')) {
      section = /^\[([^\][]+)\]$/.exec(line)?.[1]?.trim() ?? '';
      if (section === '') complaints.push({ place, message: 'not a section: expected [NAME]' });
      else if (!sections.has(section)) sections.set(section, number);
      continue;
    }
    const equals = line.indexOf('=');
    const key = equals < 0 ? line : line.slice(0, equals).trim();
    if (equals <= 0) {
      complaints.push({ place, message: `expected NAME = VALUE, got '${line}'` });
      continue;
    }
    if (listSections.includes(section)) {
      listed.push({ section, place, text: line });
      continue;
    }
    const known = keys.get(section) ?? new Map<string, number>();
    keys.set(section, known);
    const first = known.get(key);
    if (first === undefined) known.set(key, number);
    else complaints.push({ place, message: `'${key}' is set twice`, advice: `it was set on line ${first} already` });
  }
  return { keys, sections, listed, complaints };
}
