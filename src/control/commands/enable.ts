/** enable, disable: whether a service is started with another one, from now on and after the next start. */
import type { Command } from 'commander';
import type { CommandResult } from '../../api/client.ts';
import { ControlError } from '../../api/control-error.ts';
import type { CommandDefinition } from '../session/command.ts';
import type { Context } from '../session/context.ts';
import { type ExitCode, exitCodes } from '../session/exit-codes.ts';
import { explain } from '../session/explain.ts';
import { ReevectlError, toFailure } from '../session/failure.ts';
import { type EnableLink, findEnableLink, isLinked, makeLink, removeLink } from '../files/enable-link.ts';
import { addDirectoryOption, offlineReading, onlineReading, type ReadingValues } from '../files/service-reading.ts';
import { addWaitOptions, waitFor, waitingOf, type WaitValues } from './wait-options.ts';

interface Values extends WaitValues, ReadingValues {
  readonly from?: string;
  readonly offline?: true;
}

export const enable: CommandDefinition = {
  name: 'enable',
  group: 'change',
  summary: 'start a service with another one (default: boot), now and from now on',
  description:
    'Makes a link in the waits-for.d directory of the other service, and starts the service if that one is up.',
  examples: [
    { command: 'reevectl enable web', meaning: 'web is started with boot' },
    { command: 'reevectl enable --from network ssh', meaning: 'ssh is started with network' },
    { command: 'reevectl enable --offline -d /mnt/etc/dinit.d web', meaning: 'in a tree that no daemon runs' },
  ],
  define: (command) => void addWaitOptions(define(command)),
  run: async (context, command) => {
    const values = command.opts<Values>();
    const link = await findLink(context, command, values);
    if (isLinked(link)) return tell(context, link, 'already enabled', { outcome: 'already' });
    if (values.offline) {
      makeLink(link);
      return tell(context, link, 'enabled', { outcome: 'enabled' });
    }
    return await enableOnline(context, link, values);
  },
};

export const disable: CommandDefinition = {
  name: 'disable',
  group: 'change',
  summary: 'take an enable back; the service stops unless something else requires it',
  examples: [{ command: 'reevectl disable web', meaning: 'web is no longer started with boot' }],
  define: (command) => void define(command),
  run: async (context, command) => {
    const values = command.opts<Values>();
    const link = await findLink(context, command, values);
    const wasLinked = isLinked(link);
    const wasActive = values.offline ? false : await disableOnline(context, link);
    if (!wasLinked && !wasActive) {
      throw new ReevectlError({
        exitCode: exitCodes.notFound,
        kind: 'not-enabled',
        message: `${link.to}: not enabled from ${link.from}`,
        details: { from: link.from, to: link.to },
      });
    }
    if (wasLinked) onDisk(context, link, 'disabled', () => removeLink(link));
    if (!values.offline) await noteOtherDependents(context, link);
    return tell(context, link, 'disabled', { outcome: 'disabled' });
  },
};

function define(command: Command): Command {
  return addDirectoryOption(command.argument('<NAME>', 'service'))
    .option('--from <NAME>', 'the service to start it with (default: its enable-via, or boot)')
    .option('-o, --offline', 'only the files, without a daemon');
}

async function findLink(context: Context, command: Command, values: Values): Promise<EnableLink> {
  const [to = ''] = command.args;
  const options = values.offline ? offlineReading(context, values) : await onlineReading(context);
  return findEnableLink(to, values.from, options);
}

async function enableOnline(context: Context, link: EnableLink, values: Values): Promise<ExitCode> {
  const { from, to } = link;
  const reeve = await context.connect();
  const [source] = await reeve.list([from]);
  let result: CommandResult;
  try {
    result = await waitFor(context, to, waitingOf(values), (options) => reeve.enable(from, to, options));
  } catch (error) {
    const failure = toFailure(error);
    const hasStartFailed = error instanceof ControlError && error.problem.kind === 'failed';
    if (!hasStartFailed) throw error;
    // That it did not start now is no reason against starting it next time.
    onDisk(context, link, 'enabled', () => makeLink(link));
    context.fail(failure, await explain(reeve, error));
    context.print({ from, to, link: link.path, error: { kind: failure.kind, message: failure.message } });
    return failure.exitCode;
  }
  onDisk(context, link, 'enabled', () => makeLink(link));
  if (source?.state !== 'started') context.note(`${to}: ${from} is not started, so it was not started either`);
  return tell(context, link, result.outcome === 'started' ? 'enabled and started' : 'enabled', result);
}

/** @returns whether the daemon had the dependency. */
async function disableOnline(context: Context, { from, to }: EnableLink): Promise<boolean> {
  const reeve = await context.connect();
  try {
    await reeve.disable(from, to);
    return true;
  } catch (error) {
    if (!(error instanceof ControlError)) throw error;
    const { kind } = error.problem;
    if (kind === 'no-such-dependency' || kind === 'service-not-loaded') return false;
    throw error;
  }
}

async function noteOtherDependents(context: Context, { to }: EnableLink): Promise<void> {
  const reeve = await context.connect();
  const [service] = await reeve.list([to]);
  if (service?.target === 'started')
    context.note(`${to}: stays up: it was started by name, or something else requires it`);
}

/** The daemon has done its part already, and a person should know when only the next start will not. */
function onDisk(context: Context, { to }: EnableLink, what: 'enabled' | 'disabled', change: () => void): void {
  try {
    change();
  } catch (error) {
    context.note(`${to}: ${what} until reeve ends, but not for good`);
    throw error;
  }
}

function tell(context: Context, { from, to, path }: EnableLink, word: string, document: object): ExitCode {
  context.print({ from, to, link: path, ...document });
  context.say(`${to}: ${word} (with ${from})`);
  return exitCodes.ok;
}
