/** The settings of an instance in portable mode, and the words of the one program that reads them. Pure. */
import type { Settings } from '../plan/settings.ts';
import { controlSockets } from './build-settings.ts';
import { dinitStyleWords } from './dinit-style.ts';
import type { Instance } from './instance.ts';
import { metricsPlaceText } from './metrics-place.ts';
import type { ProgramUser } from './program-users.ts';

export interface PortableInputs {
  readonly instance: Instance;
  readonly node: string;
  /** portable.cjs */
  readonly program: string;
  readonly self: ProgramUser;
  /** Of all services: `NAME=value`. */
  readonly environment: readonly string[];
  /** Path of the file that is to be made. */
  readonly settingsFile: string;
  readonly version: string;
}

export function portableSettings(inputs: PortableInputs): Settings {
  const { instance, self, environment } = inputs;
  const { names, serviceDirectories, runDirectory, limits, isForeground, setenvAllow } = instance;
  // One process is all of them.
  const program = { ...self, argv: portableWords(inputs) };
  return {
    mode: 'user',
    digest: new Uint8Array(32),
    runDirectory,
    planCache: '',
    daemon: program,
    logger: program,
    compiler: program,
    controls: controlSockets(instance, 0o600),
    environment,
    setenvAllow,
    limits,
    names,
    serviceDirectories,
    compilerOptions: [`directory=${instance.directory}`],
    isForeground,
  };
}

function portableWords({ instance, node, program, settingsFile, version }: PortableInputs): string[] {
  return [
    node,
    '--disable-warning=ExperimentalWarning',
    // SIGUSR1 is a request like SIGINT, not the wish to debug.
    '--disable-sigusr1',
    program,
    `--settings=${settingsFile}`,
    `--log-level=${instance.logLevel}`,
    ...dinitStyleWords(instance.dinitStyle),
    ...(instance.metrics?.kind === 'tcp' ? [`--metrics=${metricsPlaceText(instance.metrics)}`] : []),
    `--reeve-version=${version}`,
  ];
}
