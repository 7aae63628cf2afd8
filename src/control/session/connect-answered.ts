/**
 * A connection that a daemon answers on. The sockets belong to the launcher, so connecting works while there is no daemon: the answer may come a little later (the
 * daemon slept, or the next one is on its way) or never (none can be started). Nothing has been asked for yet, so a daemon that ends meanwhile costs nothing.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { connect, type ReeveClient } from '../../api/client.ts';
import { ConnectionError } from '../../api/varlink/client-connection.ts';
import { launcherLines } from '../launcher/launcher-lines.ts';
import type { LauncherStatus } from '../launcher/launcher-status.ts';
import { readLauncherStatus } from '../launcher/read-launcher-status.ts';
import { isDaemonAway, retryDelay } from './away.ts';
import { exitCodes } from './exit-codes.ts';
import { ReevectlError } from './failure.ts';

export interface Patience {
  /** Milliseconds. */
  readonly total: number;
  /** After so long the launcher's view decides: a daemon that dies again and again is not waited for. */
  readonly firstLook: number;
}

/** A daemon that hangs at its start is replaced after 15 seconds. */
export const usualPatience: Patience = { total: 20_000, firstLook: 3_000 };

const lookInterval = 500;
const fewDeaths = 2;
const namedServices = 10;

/** @throws {ConnectionError | ReevectlError} */
export async function connectAnswered(
  path: string,
  now: () => number,
  { total, firstLook }: Patience = usualPatience,
): Promise<ReeveClient> {
  const begin = performance.now();
  const isHopeless = (): boolean => {
    const waited = performance.now() - begin;
    return waited >= total || (waited >= firstLook && diesAgainAndAgain(readLauncherStatus(path)));
  };
  for (;;) {
    const client = await connect(path);
    const answer = await answerOf(client, isHopeless);
    if (answer === 'answered') return client;
    client[Symbol.dispose]();
    if (answer === 'none' || isHopeless()) throw notAnswered(path, now());
    await delay(retryDelay);
  }
}

async function answerOf(client: ReeveClient, isHopeless: () => boolean): Promise<'answered' | 'away' | 'none'> {
  const looks = new AbortController();
  try {
    return await Promise.race([ping(client), untilHopeless(isHopeless, looks.signal)]);
  } finally {
    looks.abort();
  }
}

async function ping(client: ReeveClient): Promise<'answered' | 'away'> {
  try {
    await client.ping();
  } catch (error) {
    if (isDaemonAway(error)) return 'away';
    if (error instanceof ConnectionError) throw error;
    // A refusal is an answer too.
  }
  return 'answered';
}

async function untilHopeless(isHopeless: () => boolean, signal: AbortSignal): Promise<'none'> {
  while (!signal.aborted && !isHopeless()) await delay(lookInterval, undefined, { signal }).catch(() => {});
  return 'none';
}

function diesAgainAndAgain(status: LauncherStatus | undefined): boolean {
  return status?.daemon.state === 'waiting' && status.daemon.deaths >= fewDeaths;
}

function notAnswered(path: string, now: number): ReevectlError {
  const status = readLauncherStatus(path);
  return new ReevectlError({
    exitCode: exitCodes.notConnected,
    kind: 'not-answered',
    message: 'reevectl: the daemon does not answer',
    ...(status && {
      more: [`its launcher (process ${status.pid}) says:`, ...launcherLines(status, now, namedServices)],
      details: { launcher: status },
    }),
  });
}
