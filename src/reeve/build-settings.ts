/** The settings file of an instance: whom each program runs as, with which words, and the digest that a cached plan is recognised by. Pure. */
import { createHash } from 'node:crypto';
import type { ControlSocketSettings, ProgramSettings, Settings } from '../plan/settings.ts';
import { dinitStyleWords } from './dinit-style.ts';
import type { Instance } from './instance.ts';
import { metricsPlaceText } from './metrics-place.ts';
import type { ProgramUser, ProgramUsers } from './program-users.ts';
import type { Programs } from './programs.ts';

export type FormerPrograms = Pick<Programs, 'daemon' | 'logger' | 'credentialsAddon'>;

/** Descriptor of the first control listener in the daemon (docs/protocol.md, section 4). */
const firstControl = 5;

export interface SettingsInputs {
  readonly instance: Instance;
  readonly programs: Programs;
  /** Copies that the launcher can go back to, if they could be made. */
  readonly formerPrograms?: FormerPrograms | undefined;
  /** The launcher's own user and group. */
  readonly self: ProgramUser;
  readonly users: ProgramUsers;
  /** Of all services: `NAME=value`. */
  readonly environment: readonly string[];
  /** Path of the file that is to be made. */
  readonly settingsFile: string;
  /** Path of the file that says who may do what. */
  readonly accessFile: string;
  readonly version: string;
  /** Differs between any two builds that may compile differently. */
  readonly build: string;
}

export function buildSettings(inputs: SettingsInputs): Settings {
  const { instance, programs, formerPrograms, self, users, environment } = inputs;
  const { mode, names, serviceDirectories, runDirectory, planCache, limits, isForeground, setenvAllow } = instance;
  const compilerOptions = [`directory=${instance.directory}`];
  return {
    mode,
    digest: digestOf(
      [inputs.build, mode, `${self.uid}:${self.gid}`],
      names,
      serviceDirectories,
      environment,
      compilerOptions,
    ),
    runDirectory,
    planCache,
    daemon: { ...users.daemon, argv: daemonWords(inputs) },
    logger: { ...users.logger, argv: loggerWords(programs, users) },
    compiler: compilerSettings(programs, self, inputs.settingsFile),
    ...(formerPrograms && {
      formerDaemon: daemonWords({ ...inputs, programs: { ...programs, ...formerPrograms } }),
      formerLogger: loggerWords(formerPrograms, users),
    }),
    controls: controlSockets(instance, mode === 'system' ? 0o666 : 0o600),
    environment,
    setenvAllow,
    limits,
    names,
    serviceDirectories,
    compilerOptions,
    isForeground,
  };
}

/** dinit's protocol is for the owner alone. What can be read from the metrics socket everybody may observe. */
export function controlSockets(
  { socketPath, dinitSocketPath, metrics }: Pick<Instance, 'socketPath' | 'dinitSocketPath' | 'metrics'>,
  mode: number,
): readonly ControlSocketSettings[] {
  return [
    { path: socketPath, mode, purpose: 'varlink' },
    ...(dinitSocketPath === undefined ? [] : [{ path: dinitSocketPath, mode: 0o600, purpose: 'dinit' } as const]),
    ...(metrics?.kind === 'unix' ? [{ path: metrics.path, mode, purpose: 'metrics' } as const] : []),
  ];
}

/** A socket is a control listener that the launcher keeps; a port is the daemon's own. */
function metricsWords(instance: Instance): string[] {
  const { metrics } = instance;
  if (!metrics) return [];
  if (metrics.kind === 'tcp') return [`--metrics=${metricsPlaceText(metrics)}`];
  const place = controlSockets(instance, 0).findIndex(({ purpose }) => purpose === 'metrics');
  return [`--metrics=${firstControl + place}`];
}

/** The daemon needs no compiler of its own: without one there is no memory that is both written and executed. */
function daemonWords({ instance, programs, self, version, accessFile }: SettingsInputs): string[] {
  return [
    programs.node,
    '--jitless',
    '--max-semi-space-size=1',
    '--disable-warning=ExperimentalWarning',
    programs.daemon,
    `--owner-uid=${self.uid}`,
    `--access-file=${accessFile}`,
    `--run-dir=${instance.runDirectory}`,
    `--log-level=${instance.logLevel}`,
    `--idle-exit=${instance.idleExit}`,
    `--credentials-addon=${programs.credentialsAddon}`,
    `--reeve-version=${version}`,
    `--directory=${instance.directory}`,
    ...dinitStyleWords(instance.dinitStyle),
    ...(instance.dinitSocketPath === undefined ? [] : ['--dinit-socket']),
    ...metricsWords(instance),
    ...instance.serviceDirectories.map((directory) => `--services-dir=${directory}`),
    ...(instance.isForeground ? ['--foreground'] : []),
  ];
}

function loggerWords({ logger }: Pick<Programs, 'logger'>, { daemon }: ProgramUsers): string[] {
  return [logger, String(daemon.uid)];
}

function compilerSettings(programs: Programs, self: ProgramUser, settingsFile: string): ProgramSettings {
  return { ...self, argv: [programs.node, programs.compiler, settingsFile] };
}

/** Each list is counted, so that no two different inputs are hashed as the same text. */
function digestOf(...lists: readonly (readonly string[])[]): Uint8Array {
  const hash = createHash('sha256');
  for (const list of lists) hash.update(JSON.stringify(list)).update('\n');
  return Uint8Array.from(hash.digest());
}
