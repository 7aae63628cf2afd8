/** shutdown: stops everything, then the daemon. */
import type { ReeveClient } from '../../api/client.ts';
import { eventText } from '../../api/event-text.ts';
import { ConnectionError } from '../../api/varlink/client-connection.ts';
import type { CommandDefinition } from '../session/command.ts';
import type { Context } from '../session/context.ts';
import { exitCodes } from '../session/exit-codes.ts';
import { ReevectlError } from '../session/failure.ts';
import { durationText } from '../output/duration.ts';
import { addWaitOptions, waitingOf, type WaitValues } from './wait-options.ts';

const lookInterval = 1_000;

export const shutdown: CommandDefinition = {
  name: 'shutdown',
  group: 'manager',
  summary: 'stop all services, then reeve itself',
  description: 'Nothing can be started from then on. It does not turn the machine off.',
  examples: [
    { command: 'reevectl shutdown', meaning: 'stop everything and wait until reeve has ended' },
    { command: 'reevectl shutdown --timeout 1m', meaning: 'and tell after a minute what it still waits for' },
  ],
  define: (command) => void addWaitOptions(command),
  run: async (context, command) => {
    const { isWaiting, timeout } = waitingOf(command.opts<WaitValues>());
    const reeve = await context.connect();
    const watching = isWaiting && !context.isJson && !context.isQuiet ? tellEvents(context, reeve) : undefined;
    await reeve.shutdown();
    if (!isWaiting) {
      context.print({ ok: true });
      context.say('reeve: shutdown accepted');
      return exitCodes.ok;
    }
    await untilEnded(context, reeve, timeout);
    await watching;
    context.print({ ok: true });
    context.say('reeve: everything is stopped');
    return exitCodes.ok;
  },
};

async function untilEnded(context: Context, reeve: ReeveClient, timeout: number | undefined): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  let blockers: readonly string[] = [];
  const look = setInterval(() => {
    reeve.blockers().then(
      (found) => {
        blockers = found;
        context.progress.set('reeve', found.length === 0 ? 'ending' : `waits for ${found.join('; ')}`);
      },
      // The end of the connection is the end of the wait.
      () => {},
    );
  }, lookInterval);
  const limit = timeout === undefined ? undefined : setTimeout(() => reject(timedOut(timeout, blockers)), timeout);
  try {
    await Promise.race([reeve.closed, promise]);
  } finally {
    clearInterval(look);
    clearTimeout(limit);
    context.progress.remove('reeve');
  }
}

function timedOut(timeout: number, blockers: readonly string[]): ReevectlError {
  const waits = blockers.length === 0 ? '' : `: waits for ${blockers.join('; ')}`;
  return new ReevectlError({
    exitCode: exitCodes.timedOut,
    kind: 'timed-out',
    message: `reeve: has not ended after ${durationText(timeout)}${waits}`,
    advice: 'the shutdown goes on',
    details: { blockers, timeout },
  });
}

async function tellEvents(context: Context, reeve: ReeveClient): Promise<void> {
  try {
    for await (const change of reeve.events()) {
      if (change.kind === 'event') context.say(eventText(change.event));
    }
  } catch (error) {
    // The daemon has ended, which is what was asked for.
    if (!(error instanceof ConnectionError)) throw error;
  }
}
