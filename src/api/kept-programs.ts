/**
 * Copies of the programs that are known to work, in `RUN/programs`: what the launcher goes back to when those on disk do not (docs/protocol.md, section 6).
 * `reeve` makes them at the start; `reevectl upgrade` makes them anew when an upgrade has proved good. Beside them lies the list of where each comes from.
 */
import fs from 'node:fs';
import { join } from 'node:path';
import { record, text } from './decoder.ts';

export const keptNames = [
  'daemon.cjs',
  'build.json',
  'io.reeve.Control.varlink',
  'peercred.node',
  'reeve-logger',
] as const;
export type KeptName = (typeof keptNames)[number];
/** Absolute paths. */
export type ProgramSources = Readonly<Record<KeptName, string>>;

const listName = 'sources.json';

export function keptDirectory(runDirectory: string): string {
  return join(runDirectory, 'programs');
}

/**
 * Copies each, so that it appears whole or not at all. Whoever may look at the instance may read them: the daemon is another user.
 * @throws {Error} of the system.
 */
export function keepPrograms(directory: string, sources: ProgramSources): void {
  fs.mkdirSync(directory, { recursive: true });
  fs.chmodSync(directory, 0o755);
  for (const name of keptNames) {
    const temporary = join(directory, `.${name}.new`);
    fs.rmSync(temporary, { force: true });
    fs.copyFileSync(sources[name], temporary, fs.constants.COPYFILE_EXCL);
    fs.chmodSync(temporary, 0o755);
    fs.renameSync(temporary, join(directory, name));
  }
  const list = join(directory, listName);
  fs.writeFileSync(`${list}.new`, JSON.stringify(sources), { mode: 0o644 });
  fs.renameSync(`${list}.new`, list);
}

/**
 * Where the copies come from; undefined when there are none. The directory must be the user's own and nobody else's to write: the list says which files are read,
 * and by whom.
 * @throws {Error} of the system; an Error that says why the directory cannot be trusted.
 */
export function readSources(directory: string, uid: number | undefined): ProgramSources | undefined {
  const about = fs.lstatSync(directory, { throwIfNoEntry: false });
  if (!about) return undefined;
  if (!about.isDirectory() || about.uid !== uid || (about.mode & 0o022) !== 0) {
    throw new Error(`${directory} belongs to another user`);
  }
  return decodeSources(JSON.parse(fs.readFileSync(join(directory, listName), 'utf8')));
}

const decodeSources = record({
  'daemon.cjs': text,
  'build.json': text,
  'io.reeve.Control.varlink': text,
  'peercred.node': text,
  'reeve-logger': text,
});

/** Which build a program is of, as it lies beside it. */
export interface BuildIdentity {
  readonly version: string;
  /** The first figures of a hash of the daemon's program. */
  readonly build: string;
}

const decodeIdentity = record({ version: text, build: text });

/** Undefined where no build has put it: sources that are run as they are. */
export function readBuildIdentity(path: string | URL): BuildIdentity | undefined {
  if (!fs.existsSync(path)) return undefined;
  return decodeIdentity(JSON.parse(fs.readFileSync(path, 'utf8')));
}
