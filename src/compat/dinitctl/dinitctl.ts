/** The command as a whole: from its words to its exit status. */
import { DaemonSession } from '../daemon-session.ts';
import type { Output } from '../output.ts';
import { passedDescriptor, socketPath } from '../socket-path.ts';
import { versionText } from '../version.ts';
import { type Command, type Options, parseCommandLine } from './command-line.ts';
import type { Context } from './context.ts';
import { runEnableOffline, runEnableOnline } from './enable.ts';
import { helpText } from './help.ts';
import { runList } from './list.ts';
import { signalList } from './signals.ts';
import {
  runDependency,
  runLog,
  runReload,
  runSetEnvironment,
  runShutdown,
  runSignal,
  runTrigger,
  runUnload,
  runUnpin,
  runUnsetEnvironment,
} from './small-commands.ts';
import { runQuestion, runStatus } from './status.ts';
import { runVerb } from './verbs.ts';
import { failure, sessionWords } from './words.ts';

export interface Surroundings {
  readonly output: Output;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly uid: number | undefined;
}

/** @returns the exit status. @throws {Failure} with what is to be said before status 1. */
export async function runDinitctl(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const { output } = surroundings;
  const line = parseCommandLine(args);
  switch (line.kind) {
    case 'help':
      output.out(helpText);
      return 0;
    case 'version':
      output.out(versionText);
      return 0;
    case 'command':
      break;
    default:
      return line satisfies never;
  }
  const { command, options } = line;
  if (command.kind === 'list-signals') {
    output.out(signalList());
    return 0;
  }
  if (options.isOffline && (command.kind === 'enable' || command.kind === 'disable')) {
    return runEnableOffline(command, options, surroundings);
  }
  using session = await connect(options, surroundings);
  return await run(command, { session, options, output, environment: surroundings.environment });
}

async function connect(options: Options, { environment, uid }: Surroundings): Promise<DaemonSession> {
  const isUser = options.isUser ?? uid !== 0;
  const words = sessionWords(isUser && options.socketPath === undefined);
  const descriptor = options.usesPassedDescriptor ? passedDescriptor(environment) : undefined;
  if (descriptor !== undefined) return await DaemonSession.open({ descriptor }, words);
  const path = socketPath({ path: options.socketPath, isUser }, environment);
  if (path === undefined) {
    throw failure(
      'cannot determine control socket directory (set XDG_RUNTIME_DIR or HOME, check /etc/passwd file, or specify socket path via -p)',
    );
  }
  return await DaemonSession.open(path, words);
}

async function run(command: Exclude<Command, { readonly kind: 'list-signals' }>, context: Context): Promise<number> {
  switch (command.kind) {
    case 'verb':
      return await runVerb(context, command.verb, command.service);
    case 'unpin':
      return await runUnpin(context, command.service);
    case 'unload':
      return await runUnload(context, command.service);
    case 'reload':
      return await runReload(context, command.service);
    case 'list':
      return await runList(context);
    case 'status':
      return await runStatus(context, command.service);
    case 'is-started':
    case 'is-failed':
      return await runQuestion(context, command.kind, command.service);
    case 'shutdown':
      return await runShutdown(context);
    case 'add-dep':
    case 'rm-dep':
      return await runDependency(context, command.kind, command.dependency, command);
    case 'enable':
    case 'disable':
      return await runEnableOnline(context, command);
    case 'setenv':
      return await runSetEnvironment(context, command.variables);
    case 'unsetenv':
      return await runUnsetEnvironment(context, command.variables);
    case 'trigger':
    case 'untrigger':
      return await runTrigger(context, command.service, command.kind === 'trigger');
    case 'catlog':
      return await runLog(context, command.service);
    case 'signal':
      return await runSignal(context, command.signal, command.service);
    default:
      return command satisfies never;
  }
}
