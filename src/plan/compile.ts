/**
 * The plan compiler: `node compiler.cjs SETTINGS`, started by the launcher, as root in system mode, for as long as one compilation takes. Descriptor 3
 * takes the plan, 4 has the request. It opens no socket and starts nothing. Exit status 0 means that the plan is whole; services that cannot be
 * loaded are entries in it and no failure of the compiler.
 */
import fs from 'node:fs';
import { DiskFiles } from '../service/disk-files.ts';
import { compilePlan } from './compile-plan.ts';
import { compilerOption, decodeSettings } from './decode-settings.ts';
import { readOwnFile } from './own-file.ts';
import { areSettled, writePlanCache } from './plan-cache.ts';
import { decodeRequest } from './request.ts';
import { SystemUserDatabase, userDatabaseFiles } from './user-database.ts';

const planDescriptor = 3;
const requestDescriptor = 4;
const bootGeneration = 1;

function compile(settingsPath: string): void {
  const begin = BigInt(Date.now()) * 1_000_000n;
  const settings = decodeSettings(readOwnFile(settingsPath));
  const request = decodeRequest(fs.readFileSync(requestDescriptor));
  const files = new DiskFiles(settings.mode === 'system' ? { trustedOwners: [0] } : {});
  const { bytes, identities, isReproducible } = compilePlan({
    request,
    files,
    users: new SystemUserDatabase(() => userDatabaseFiles.forEach((path) => files.readRegularFile(path))),
    self: { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 },
    serviceDirectories: settings.serviceDirectories,
    daemonDirectory: compilerOption(settings.compilerOptions, 'directory') ?? process.cwd(),
  });
  fs.writeFileSync(planDescriptor, bytes);
  const isBoot = request.generation === bootGeneration && Buffer.compare(request.digest, settings.digest) === 0;
  if (!isBoot || settings.planCache === '' || !isReproducible || !areSettled(identities, begin)) return;
  try {
    writePlanCache(settings.planCache, bytes);
  } catch (error) {
    complain(`cannot keep the plan for the next start: ${textOf(error)}`);
  }
}

function complain(text: string): void {
  fs.writeSync(2, `reeve: plan compiler: ${text}\n`);
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const [, , settingsPath] = process.argv;
try {
  if (settingsPath === undefined) throw new Error('the path of the settings file must be given');
  compile(settingsPath);
} catch (error) {
  complain(textOf(error));
  process.exitCode = 1;
}
