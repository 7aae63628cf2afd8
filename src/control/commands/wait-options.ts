/** `--no-wait` and `--timeout`: how long a command waits for what it asked for. */
import type { Command } from 'commander';
import type { CommandOptions, CommandResult } from '../../api/client.ts';
import type { Context } from '../session/context.ts';
import { exitCodes } from '../session/exit-codes.ts';
import { ReevectlError } from '../session/failure.ts';
import { durationText } from '../output/duration.ts';
import { parseDuration } from '../session/parse-duration.ts';
import { progressText } from '../output/progress-line.ts';

export interface WaitValues {
  readonly wait: boolean;
  readonly timeout?: string;
}

export interface Waiting {
  readonly isWaiting: boolean;
  /** Milliseconds; undefined: as long as it takes. */
  readonly timeout: number | undefined;
}

export function addWaitOptions(command: Command): Command {
  return command
    .option('--no-wait', 'return when the command was accepted')
    .option('--timeout <DURATION>', 'give up waiting after so long (30, 1.5s, 2m); the service goes on');
}

/** @throws {ReevectlError} */
export function waitingOf({ wait, timeout }: WaitValues): Waiting {
  return { isWaiting: wait, timeout: timeout === undefined ? undefined : parseDuration(timeout) };
}

/**
 * Gives a command and waits for its end, showing on the terminal what it waits for.
 * @throws {ControlError | ReevectlError}
 */
export async function waitFor(
  context: Context,
  name: string,
  waiting: Waiting,
  give: (options: CommandOptions) => Promise<CommandResult>,
): Promise<CommandResult> {
  if (!waiting.isWaiting) return await give({ wait: false });
  let last = 'the command was accepted';
  const given = give({
    onProgress: (progress) => {
      last = progressText(progress);
      context.progress.set(name, last);
    },
  });
  if (waiting.timeout === undefined) return await given;
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(timedOut(name, last, waiting.timeout ?? 0)), waiting.timeout);
  try {
    return await Promise.race([given, promise]);
  } finally {
    clearTimeout(timer);
    // When the time is over the answer comes to nobody, and the closed connection is no failure of its own.
    given.catch(() => {});
  }
}

function timedOut(name: string, last: string, timeout: number): ReevectlError {
  return new ReevectlError({
    exitCode: exitCodes.timedOut,
    kind: 'timed-out',
    message: `${name}: not done after ${durationText(timeout)}: ${last}`,
    advice: `it goes on: reevectl status ${name} shows how`,
    details: { name, last, timeout },
  });
}
