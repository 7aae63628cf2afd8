/** The options of the `reeve` command. */
import { Command, CommanderError, Option } from 'commander';
import { nameExpectation, parseServiceName } from '../service/names.ts';
import { ReeveError } from './reeve-error.ts';
import { type DinitStyle, type DinitStyleValues, dinitStyleOf, dinitStyleOptions } from './dinit-style.ts';
import { type LogLevel, logLevels } from './reeve-ini.ts';

export interface CommandLine {
  /**
   * `check`: only read and show the configuration. `show-plan`: only show the plan that is kept for the next start. `apply-access`: give the instance
   * that runs the grants of the configuration.
   */
  readonly action: 'run' | 'check' | 'show-plan' | 'apply-access';
  /** Absent: by who calls. */
  readonly mode?: 'user' | 'system';
  /** One process, without the native part. */
  readonly isPortable?: true;
  readonly names: readonly string[];
  readonly serviceDirectories: readonly string[];
  readonly socketPath?: string;
  readonly runDirectory?: string;
  readonly configFile?: string;
  readonly envFile?: string;
  readonly isForeground: boolean;
  readonly logLevel?: LogLevel;
  /** Where dinit's control protocol is spoken; absent: nowhere. */
  readonly dinitSocketPath?: string;
  /** The log as dinit keeps it; absent: as reeve does. */
  readonly dinitStyle?: DinitStyle;
}

/** What the user wanted to read instead of running anything (`--help`, `--version`). */
export interface CommandText {
  readonly action: 'print';
  readonly text: string;
}

interface Values extends DinitStyleValues {
  user?: true;
  system?: true;
  portable?: true;
  servicesDir: string[];
  socketPath?: string;
  runDir?: string;
  config?: string;
  envFile?: string;
  foreground?: true;
  logLevel?: LogLevel;
  dinitSocket?: string;
  check?: true;
}

/** @throws {ReeveError} when the options make no sense. */
export function parseCommandLine(args: readonly string[], version: string): CommandLine | CommandText {
  let printed = '';
  const command = reeveCommand(version, (text) => (printed += text));
  try {
    command.parse([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { action: 'print', text: printed };
    throw usage(error.message.replace(/^error: /, ''));
  }
  const values = command.opts<Values>();
  if (values.user && values.system) throw usage('--user and --system exclude each other');
  if (values.portable && values.system) {
    const advice = 'what parses and listens would be root then: build the native part, or leave --system out';
    throw usage('--portable cannot be the instance of the machine', advice);
  }
  const { action, names } = splitWords(command.args);
  for (const name of names) checkName(name);
  const { socketPath, runDir, config, envFile, logLevel, dinitSocket, mainLog } = values;
  const dinitStyle = dinitStyleOf(values);
  for (const [option, value] of Object.entries({ socketPath, runDir, config, envFile, dinitSocket, mainLog })) {
    if (value === '')
      throw usage(`--${option.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} must not be empty`);
  }
  return {
    action: values.check ? 'check' : action,
    ...((values.user ?? values.system) && { mode: values.user ? 'user' : 'system' }),
    ...(values.portable && { isPortable: true }),
    names,
    serviceDirectories: values.servicesDir,
    ...(socketPath !== undefined && { socketPath }),
    ...(runDir !== undefined && { runDirectory: runDir }),
    ...(config !== undefined && { configFile: config }),
    ...(envFile !== undefined && { envFile }),
    isForeground: values.foreground ?? false,
    ...(logLevel !== undefined && { logLevel }),
    ...(dinitSocket !== undefined && { dinitSocketPath: dinitSocket }),
    ...(dinitStyle && { dinitStyle }),
  };
}

/** Words in the first place that are no service names. */
function splitWords(words: readonly string[]): Pick<CommandLine, 'action' | 'names'> {
  const [first, second, ...rest] = words;
  const afterFirst = words.slice(1);
  if (first === 'daemon') return { action: 'run', names: afterFirst };
  if (first === 'check-config') return { action: 'check', names: afterFirst };
  if (first === 'plan' && second === 'show') return { action: 'show-plan', names: rest };
  if (first === 'access' && second === 'apply') return { action: 'apply-access', names: rest };
  return { action: 'run', names: words };
}

function reeveCommand(version: string, print: (text: string) => void): Command {
  const command = new Command('reeve')
    .description(
      'Starts a service supervisor: the launcher, the daemon and the logger, and the services named (default: boot).',
    )
    .usage('[daemon | check-config | plan show | access apply] [options] [NAME...]')
    .argument('[NAME...]', 'services to start')
    .option('-u, --user', "this user's own instance (default unless root)")
    .option('-s, --system', 'the instance of the machine: must be root (default for root)')
    .option('--portable', "run everything in one process of Node.js, as this user's own instance: docs/portable.md")
    .option('-d, --services-dir <DIR>', 'look for service files here instead; may be repeated', collect, [])
    .option('-p, --socket-path <PATH>', 'where reevectl finds this instance')
    .option('--run-dir <DIR>', 'sockets and settings of this instance')
    .option('-c, --config <FILE>', 'read this reeve.ini')
    .option('-e, --env-file <FILE>', 'change the environment of all services by this file')
    .option('-F, --foreground', 'print what happens to this terminal')
    .addOption(new Option('--log-level <LEVEL>', 'least important messages to log').choices([...logLevels]))
    .option('--dinit-socket <PATH>', "speak dinit's control protocol there")
    .option('--check', 'the same as check-config')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this text')
    .addHelpText(
      'after',
      `
check-config reads reeve.ini, reports what is wrong with it and prints what is in effect.
plan show prints the compiled plan that is kept for the next start.
access apply gives the instance that runs the grants that reeve.ini has now.

Examples:
  reeve --user --services-dir ./services.d --foreground web
  reeve check-config --config /etc/reeve/reeve.ini`,
    )
    .exitOverride()
    .configureOutput({ writeOut: print, writeErr: () => {} });
  for (const option of dinitStyleOptions()) command.addOption(option);
  return command;
}

function collect(value: string, earlier: readonly string[]): string[] {
  if (value === '') throw usage('--services-dir must not be empty');
  return [...earlier, value];
}

function checkName(full: string): void {
  const name = parseServiceName(full);
  if (name.kind === 'refused') {
    throw usage(`'${full}' is not a service name: it ${name.reason}`, `a name consists of ${nameExpectation}`);
  }
}

function usage(message: string, advice = 'reeve --help shows what there is'): ReeveError {
  return new ReeveError('REEVE_USAGE', [{ message, advice }]);
}
