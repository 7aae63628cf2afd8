/**
 * What makes a service enabled on disk: a link in the one `waits-for.d` directory of the service that it is enabled from. Which directory that is, is read from
 * that service's description; nothing else in it is judged here.
 */
import { lstatSync, symlinkSync, unlinkSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname } from 'node:path';
import { problemWords, systemText } from '../../dinit/description-text.ts';
import { errorText } from '../../dinit/error-text.ts';
import { createDraft, type Draft } from '../../service/draft.ts';
import type { Reading } from '../../service/entry.ts';
import { Findings } from '../../service/findings.ts';
import { parseServiceName } from '../../service/names.ts';
import { readServiceFile } from '../../service/reader.ts';
import type { ServiceFiles } from '../../service/service-files.ts';
import type { UserDatabase } from '../../service/users.ts';
import { failure } from './words.ts';

const defaultFrom = 'boot';

export interface DescriptionPlace {
  readonly name: string;
  readonly file: string;
}

export interface LinkOptions {
  readonly files: ServiceFiles;
  /** What variables in the descriptions stand for. */
  readonly environment: ReadonlyMap<string, string>;
}

/** Users are not looked up: who a service runs as plays no part. */
const anybody: UserDatabase = {
  byName: (name) => ({ name, uid: 0, gid: 0, home: '/', shell: '/bin/sh' }),
  byUid: (uid) => ({ name: String(uid), uid, gid: 0, home: '/', shell: '/bin/sh' }),
  groupByName: (name) => ({ name, gid: 0 }),
};

/** The service that `to` is to be enabled from: what was asked for, else what its description says, else boot. */
export function chooseFrom(asked: string | undefined, to: DescriptionPlace, options: LinkOptions): string {
  const from = asked ?? enableVia(to, options) ?? defaultFrom;
  if (from.includes('@')) throw failure('cannot enable/disable from a service with argument (service@arg).');
  return from;
}

function enableVia(to: DescriptionPlace, options: LinkOptions): string | undefined {
  const { draft, findings } = readDescription(to, options);
  if (findings.warnings.some(({ message }) => message.startsWith("'@meta enable-via'"))) {
    throw failure(`error loading ${to.name}: '@meta enable-via' argument missing or malformed`);
  }
  return draft.enableVia;
}

export interface EnableLink {
  readonly path: string;
  readonly target: string;
}

const dependencySettings: readonly (string | undefined)[] = [
  'depends-on',
  'depends-ms',
  'waits-for',
  'depends-on.d',
  'depends-ms.d',
  'waits-for.d',
  '@include',
  '@include-opt',
];

/** @throws {Failure} */
export function findLink(from: DescriptionPlace, to: DescriptionPlace, options: LinkOptions): EnableLink {
  const { draft, findings } = readDescription(from, options);
  const error = findings.errors.find(
    ({ problem: { setting, message } }) =>
      dependencySettings.includes(setting) || (setting === undefined && message !== 'unknown setting'),
  );
  if (error) throw failure(`error in service description: ${problemWords(error.problem).text}`);
  const isFixed = draft.dependencies.some(
    ({ kind, name, directoryEntry }) =>
      name === to.name &&
      directoryEntry === undefined &&
      (kind === 'waits-for' || kind === 'depends-on' || kind === 'depends-ms'),
  );
  if (isFixed) {
    throw failure(`there is a fixed dependency to service '${to.name}' in the service description of '${from.name}'.`);
  }
  const [directory, ...others] = draft.waitsForDirectories;
  if (others.length > 0) {
    throw failure(`service '${from.name}' has multiple waits-for.d directories specified in service description`);
  }
  if (directory === undefined) {
    throw failure(`service '${from.name}' has no waits-for.d directory specified`);
  }
  return { path: `${directory}/${to.name}`, target: linkTarget(directory, to.file) };
}

/** Relative where that is possible without looking at the file system, so that a tree can be moved as a whole. */
function linkTarget(directory: string, file: string): string {
  const above = `${dirname(directory)}/`;
  if (file.startsWith(above)) return `../${file.slice(above.length)}`;
  return file.startsWith('/') ? file : `../${file}`;
}

function readDescription(
  { name, file }: DescriptionPlace,
  { files, environment }: LinkOptions,
): { readonly draft: Draft; readonly findings: Findings } {
  const content = files.readRegularFile(file);
  if (content.kind === 'absent')
    throw failure(`could not open service description file '${file}': ${systemText('no such file')}`);
  if (content.kind === 'refused') {
    throw failure(`could not open service description file '${file}': ${systemText(content.text)}`);
  }
  const parsed = parseServiceName(name);
  const reading: Reading = {
    name: parsed.kind === 'name' ? parsed : { kind: 'name', full: name, base: name },
    draft: createDraft(),
    findings: new Findings(),
    variables: {
      argument: parsed.kind === 'name' ? parsed.argument : undefined,
      lookUp: (variable) => environment.get(variable),
    },
    users: anybody,
    files,
  };
  readServiceFile(reading, content, file);
  return reading;
}

/** True when anything of that name is there. */
export function isLinked({ path }: EnableLink): boolean {
  try {
    lstatSync(path);
    return true;
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === constants.errno.ENOENT) return false;
    throw failure(`checking for existing dependency link: ${path}: ${errorText(errno)}`);
  }
}

/** @returns what went wrong, if anything did. */
export function makeLink({ path, target }: EnableLink): string | undefined {
  return attempt(() => symlinkSync(target, path), `could not create symlink at ${path}`);
}

/** @returns what went wrong, if anything did. */
export function removeLink({ path }: EnableLink): string | undefined {
  return attempt(() => unlinkSync(path), `could not unlink dependency entry ${path}`);
}

function attempt(change: () => void, complaint: string): string | undefined {
  try {
    change();
    return undefined;
  } catch (error) {
    return `${complaint}: ${errorText(errnoOf(error))}`;
  }
}

function errnoOf(error: unknown): number {
  if (error instanceof Error && 'errno' in error && typeof error.errno === 'number') return -error.errno;
  throw error;
}
