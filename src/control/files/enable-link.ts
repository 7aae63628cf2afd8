/**
 * The link on disk that makes `from` wait for `to` each time it starts: an entry in the one `waits-for.d` directory of `from`, named after `to`. Which
 * directory that is, and what must not be the case, is read from the files.
 */
import { lstatSync, symlinkSync, unlinkSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { errnoText } from '../../api/errno-text.ts';
import type { ServiceDescription } from '../../service/description.ts';
import { type LoadOptions, readService } from '../../service/load.ts';
import { renderProblem } from '../../service/problem-text.ts';
import { type ExitCode, exitCodes } from '../session/exit-codes.ts';
import { ReevectlError, usageError } from '../session/failure.ts';

export interface EnableLink {
  readonly from: string;
  readonly to: string;
  readonly path: string;
  /** What the link says. */
  readonly target: string;
}

const defaultFrom = 'boot';

/**
 * @param from Undefined: what `@meta enable-via` of `to` says, else boot.
 * @throws {ReevectlError}
 */
export function findEnableLink(to: string, from: string | undefined, options: LoadOptions): EnableLink {
  const target = readOrFail(to, options);
  const source = from ?? target.enableVia ?? defaultFrom;
  if (source.includes('@')) {
    throw usageError(`${source}: cannot be enabled from: a service with an argument has no directory of its own`);
  }
  const description = readOrFail(source, options);
  const fixed = description.dependencies.find(
    ({ kind, name, directoryEntry }) =>
      name === to && directoryEntry === undefined && kind !== 'before' && kind !== 'after',
  );
  if (fixed) {
    const place = `${fixed.origin.file}:${fixed.origin.line}`;
    throw refused(`${to}: the description of ${source} has the dependency already (${place})`);
  }
  const [directory, ...others] = description.waitsForDirectories;
  if (directory === undefined) {
    throw refused(
      `${source}: nothing can be enabled from it: it has no waits-for.d directory`,
      'add waits-for.d to its description',
    );
  }
  if (others.length > 0) {
    throw refused(
      `${source}: it has more than one waits-for.d directory: ${description.waitsForDirectories.join(', ')}`,
    );
  }
  return { from: source, to, path: join(directory, to), target: linkTarget(directory, target.file) };
}

/** True when something of that name is there, whatever it is. */
export function isLinked({ path }: EnableLink): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    throw fileFailure(`cannot examine ${path}`, error);
  }
}

/** @throws {ReevectlError} */
export function makeLink({ path, target }: EnableLink): void {
  try {
    symlinkSync(target, path);
  } catch (error) {
    throw fileFailure(`cannot make the link ${path}`, error);
  }
}

/** @throws {ReevectlError} */
export function removeLink({ path }: EnableLink): void {
  try {
    unlinkSync(path);
  } catch (error) {
    throw fileFailure(`cannot remove the link ${path}`, error);
  }
}

/** Relative where the service lies below the directory that holds the `.d` directory, so that a whole tree can be moved. */
function linkTarget(directory: string, file: string): string {
  const tree = dirname(directory);
  if (file.startsWith(`${tree}/`)) return join('..', file.slice(tree.length + 1));
  return isAbsolute(file) ? file : join('..', file);
}

function readOrFail(name: string, options: LoadOptions): ServiceDescription {
  const { description, errors } = readService(name, options);
  if (description) return description;
  const isMissing = errors.every((error) => error.class === 'not-found');
  const [first] = errors;
  const { advice, ...problem } = first?.problem ?? { message: 'cannot be read' };
  throw new ReevectlError({
    exitCode: isMissing ? exitCodes.notFound : exitCodes.failed,
    kind: isMissing ? 'service-not-found' : 'load-failed',
    message: renderProblem(name, problem),
    ...(advice !== undefined && { advice }),
    details: { name },
  });
}

function refused(message: string, advice?: string): ReevectlError {
  return new ReevectlError({
    exitCode: exitCodes.refused,
    kind: 'refused',
    message,
    ...(advice !== undefined && { advice }),
  });
}

function fileFailure(what: string, error: unknown): ReevectlError {
  const errno = error instanceof Error && 'errno' in error && typeof error.errno === 'number' ? -error.errno : 0;
  const isDenied = error instanceof Error && 'code' in error && (error.code === 'EACCES' || error.code === 'EPERM');
  const exitCode: ExitCode = isDenied ? exitCodes.refused : exitCodes.failed;
  return new ReevectlError(
    { exitCode, kind: 'file', message: `reevectl: ${what}: ${errnoText(errno)}` },
    { cause: error },
  );
}
