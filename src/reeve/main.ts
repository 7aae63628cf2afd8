/**
 * `reeve`: reads its options and reeve.ini, writes down what this instance is, and becomes the launcher, keeping its process id. Nothing of it is left
 * running. This file only wires.
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { Grant } from '../api/access/grant.ts';
import { encodeGrants } from '../api/grant-list.ts';
import { keepPrograms, keptDirectory, type KeptName } from '../api/kept-programs.ts';
import { FrameError } from '../frame/frame.ts';
import { decodePlan } from '../plan/decode-plan.ts';
import { encodeSettings } from '../plan/encode-settings.ts';
import type { Plan } from '../plan/plan.ts';
import type { Mode } from '../plan/settings.ts';
import { SystemUserDatabase } from '../plan/user-database.ts';
import { applyAccess } from './apply-access.ts';
import { buildSettings, type FormerPrograms } from './build-settings.ts';
import { type CommandLine, parseCommandLine } from './command-line.ts';
import {
  type Caller,
  defaultConfigFile,
  type Instance,
  modeOf,
  resolveInstance,
  systemConfigFile,
} from './instance.ts';
import { knownNames } from './known-names.ts';
import { findProgramUsers } from './program-users.ts';
import { portableSettings } from './portable-settings.ts';
import { findPortableProgram, findPrograms, programSources, type Programs, readVersion } from './programs.ts';
import { requireReachable } from './reachable.ts';
import { readTrustedFile, requireTrustedFile } from './read-file.ts';
import { ReeveError, renderComplaint } from './reeve-error.ts';
import { emptyReeveIni, parseReeveIni, type ReeveIni } from './reeve-ini.ts';
import { type ResolvedGrants, resolveGrants } from './resolve-grants.ts';
import { prepareCacheDirectory, prepareRunDirectory } from './run-directory.ts';
import { serviceEnvironment } from './service-environment.ts';
import { accessPath, removeStaleSettings, settingsPath, writeAccessFile, writeSettingsFile } from './settings-file.ts';
import { showPlan } from './show-plan.ts';
import { showSettings } from './show-settings.ts';

const here = import.meta.dirname;
const version = readVersion(here);

/** Not through process.stdout: it would change the flags of descriptors that the launcher inherits. */
const say = (descriptor: number, text: string): void => {
  fs.writeSync(descriptor, text);
};
const warn = (text: string): void => say(2, `reeve: ${text}\n`);

function main(): void {
  const command = parseCommandLine(process.argv.slice(2), version);
  if (command.action === 'print') {
    say(1, command.text);
    return;
  }
  const users = new SystemUserDatabase();
  const caller = callerOf();
  const mode = modeOf(command, caller.uid);
  const instance = resolveInstance(mode, command, readConfiguration(mode, command, caller), caller);
  if (command.action === 'check') {
    say(1, showSettings(instance));
    if (mode === 'system') findProgramUsers(instance.users, users, command.configFile ?? systemConfigFile);
    const { warnings } = grantsOf(instance, users);
    if (warnings.length > 0) throw new ReeveError('REEVE_CONFIG', warnings);
    return;
  }
  if (command.action === 'show-plan') {
    say(1, showPlan(readPlan(instance.planCache)));
    return;
  }
  if (command.action === 'apply-access') {
    const { grants, warnings } = grantsOf(instance, users);
    if (warnings.length > 0) throw new ReeveError('REEVE_CONFIG', warnings);
    applyAccess(instance, grants);
    return;
  }
  if (command.isPortable) becomePortable(instance, caller, users);
  else becomeLauncher(instance, caller, users, command.configFile ?? systemConfigFile);
}

function callerOf(): Caller {
  const uid = process.geteuid?.() ?? 0;
  const { HOME: home } = process.env;
  return {
    uid,
    gid: process.getegid?.() ?? 0,
    directory: process.cwd(),
    variables: process.env,
    home: home?.startsWith('/') ? home : homeInDatabase(),
  };
}

/** Of the effective user; undefined for one that the database does not know. */
function homeInDatabase(): string | undefined {
  try {
    return userInfo().homedir;
  } catch {
    return undefined;
  }
}

function readConfiguration(mode: Mode, { configFile }: CommandLine, caller: Caller): ReeveIni {
  const isSystem = mode === 'system' && caller.uid === 0;
  if (configFile !== undefined) {
    return parseReeveIni(requireTrustedFile(configFile, 'configuration file', isSystem), configFile);
  }
  const path = defaultConfigFile(mode, caller);
  const text = path === undefined ? undefined : readTrustedFile(path, 'configuration file', isSystem);
  return path === undefined || text === undefined ? emptyReeveIni : parseReeveIni(text, path);
}

function grantsOf({ mode, access }: Instance, users: SystemUserDatabase): ResolvedGrants {
  return resolveGrants(access, { mode, users, knownNames });
}

function readPlan(path: string): Plan {
  try {
    return decodePlan(fs.readFileSync(path));
  } catch (error) {
    if (!(error instanceof FrameError)) throw error;
    throw new ReeveError('REEVE_FILE', [{ message: `${path} is not a plan: ${error.message}` }]);
  }
}

function becomeLauncher(instance: Instance, caller: Caller, users: SystemUserDatabase, configFile: string): void {
  const { mode, runDirectory } = instance;
  const self = { uid: caller.uid, gid: caller.gid };
  const programs = findPrograms(here, process.execPath);
  const programUsers =
    mode === 'system' ? findProgramUsers(instance.users, users, configFile) : { daemon: self, logger: self };
  if (mode === 'system') {
    requireReachable([programs.node, programs.daemon, programs.credentialsAddon], programUsers.daemon, 'daemon');
    requireReachable([programs.logger], programUsers.logger, 'logger');
  }
  const { environment, grants } = prepare(instance, caller, users);
  const hasCache = instance.planCache !== '' && prepareCacheDirectory(instance.planCache, self.uid);
  if (instance.planCache !== '' && !hasCache) warn(`plans are not kept: ${instance.planCache} cannot be used`);
  const settingsFile = settingsPath(runDirectory, process.pid);
  const accessFile = accessPath(runDirectory, process.pid);
  const settings = buildSettings({
    instance: hasCache ? instance : { ...instance, planCache: '' },
    programs,
    formerPrograms: keepFormer(runDirectory, programs),
    self,
    users: programUsers,
    environment,
    settingsFile,
    accessFile,
    version,
    build: createHash('sha256').update(fs.readFileSync(programs.compiler)).digest('hex'),
  });
  writeAccessFile(accessFile, encodeGrants(grants), mode === 'system' ? programUsers.daemon.gid : undefined);
  writeSettingsFile(settingsFile, encodeSettings(settings));
  process.chdir(instance.directory);
  // The launcher gives every program the environment in the settings; of its own it needs nothing.
  become(programs.launcher, ['reeve-launcher', settingsFile], mode === 'system' ? {} : process.env);
}

/** What is started now is what worked last, as far as anybody knows. */
function keepFormer(runDirectory: string, programs: Programs): FormerPrograms | undefined {
  const directory = keptDirectory(runDirectory);
  try {
    keepPrograms(directory, programSources(programs));
  } catch (error) {
    warn(`no copies of the programs are kept: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
  const kept = (name: KeptName): string => join(directory, name);
  return { daemon: kept('daemon.cjs'), logger: kept('reeve-logger'), credentialsAddon: kept('peercred.node') };
}

function becomePortable(instance: Instance, caller: Caller, users: SystemUserDatabase): void {
  const node = process.execPath;
  const program = findPortableProgram(here);
  const { environment } = prepare(instance, caller, users);
  const settingsFile = settingsPath(instance.runDirectory, process.pid);
  const self = { uid: caller.uid, gid: caller.gid };
  const settings = portableSettings({ instance, node, program, self, environment, settingsFile, version });
  writeSettingsFile(settingsFile, encodeSettings(settings));
  become(node, settings.daemon.argv, process.env);
}

/** Says what is doubtful, and makes the run directory. */
function prepare(
  instance: Instance,
  caller: Caller,
  users: SystemUserDatabase,
): { readonly environment: readonly string[]; readonly grants: readonly Grant[] } {
  const { mode, runDirectory, envFile } = instance;
  const environment = serviceEnvironment(
    mode,
    caller.variables,
    envFile === undefined
      ? undefined
      : { path: envFile, text: requireTrustedFile(envFile, 'environment file', mode === 'system') },
  );
  const { grants, warnings } = grantsOf(instance, users);
  for (const warning of [...environment.warnings, ...warnings]) say(2, `${renderComplaint(warning)}\n`);
  prepareRunDirectory(runDirectory, mode, caller.uid);
  removeStaleSettings(runDirectory);
  return { environment: environment.assignments, grants };
}

function become(program: string, argv: readonly string[], environment: NodeJS.ProcessEnv): void {
  if (!process.execve) throw new ReeveError('REEVE_NOT_BUILT', [{ message: 'this Node.js has no process.execve' }]);
  process.execve(program, argv, environment);
}

try {
  main();
} catch (error) {
  if (error instanceof ReeveError) say(2, `${error.message}\n`);
  else if (error instanceof Error && 'syscall' in error) warn(error.message);
  else throw error;
  process.exitCode = 1;
}
