/** Where the programs of reeve are, seen from the directory of this program: src/reeve, or build/lib once bundled. */
import { accessSync, constants, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import * as v from 'valibot';
import type { ProgramSources } from '../api/kept-programs.ts';
import { ReeveError } from './reeve-error.ts';

const packageSchema = v.object({ version: v.string() });

export interface Programs {
  readonly node: string;
  readonly daemon: string;
  readonly compiler: string;
  readonly launcher: string;
  readonly logger: string;
  readonly credentialsAddon: string;
}

/** @throws {ReeveError} that names what has not been built. */
export function findPrograms(here: string, node: string): Programs {
  const library = resolve(root(here), 'build/lib');
  const native = resolve(library, '../native');
  const programs: Programs = {
    node,
    daemon: resolve(library, 'daemon.cjs'),
    compiler: resolve(library, 'compiler.cjs'),
    launcher: resolve(native, 'reeve-launcher'),
    logger: resolve(native, 'reeve-logger'),
    credentialsAddon: resolve(native, 'peercred.node'),
  };
  const advice = 'build it: npm run build, or do without a native part: --portable';
  for (const path of Object.values(programs)) requireBuilt(path, advice);
  return programs;
}

/** Where the copies come from that the launcher goes back to. */
export function programSources({ daemon, logger, credentialsAddon }: Programs): ProgramSources {
  return {
    'daemon.cjs': daemon,
    'build.json': resolve(dirname(daemon), 'build.json'),
    'io.reeve.Control.varlink': resolve(dirname(daemon), 'io.reeve.Control.varlink'),
    'peercred.node': credentialsAddon,
    'reeve-logger': logger,
  };
}

/** The one program of portable mode. @throws {ReeveError} if it has not been built. */
export function findPortableProgram(here: string): string {
  const path = resolve(root(here), 'build/lib/portable.cjs');
  requireBuilt(path, 'build it: npm run build');
  return path;
}

function requireBuilt(path: string, advice: string): void {
  try {
    accessSync(path, constants.R_OK);
  } catch {
    throw new ReeveError('REEVE_NOT_BUILT', [{ message: `${path} is missing`, advice }]);
  }
}

/** Of the package that this file belongs to. */
export function readVersion(here: string): string {
  return v.parse(packageSchema, JSON.parse(readFileSync(resolve(root(here), 'package.json'), 'utf8'))).version;
}

/** Both src/reeve and build/lib are two steps down. */
function root(here: string): string {
  return resolve(here, '../..');
}
