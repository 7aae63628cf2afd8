/** upgrade: the programs on disk take over from those that run, and services notice nothing of it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { DaemonInfo } from '../../api/control-decoders.ts';
import { keepPrograms, keptDirectory, type ProgramSources, readSources } from '../../api/kept-programs.ts';
import { durationText } from '../output/duration.ts';
import { readLauncherStatus } from '../launcher/read-launcher-status.ts';
import { isDaemonAway } from '../session/away.ts';
import type { CommandDefinition } from '../session/command.ts';
import type { Context } from '../session/context.ts';
import { exitCodes } from '../session/exit-codes.ts';
import { ReevectlError } from '../session/failure.ts';
import { parseDuration } from '../session/parse-duration.ts';

/** Milliseconds: the launcher takes a program for good after three seconds. */
const probation = 3_500;
const usualTimeout = 60_000;

export const upgrade: CommandDefinition = {
  name: 'upgrade',
  group: 'manager',
  summary: 'replace daemon and logger by the programs that are on disk now',
  description:
    'Services go on, and so do their logs; clients lose their connections. When the new daemon or logger does not work, the launcher goes back to the copy of\n' +
    'the former program, and this command says so. Once the new ones have proved good, they are copied in turn. The logger is replaced only if it is another\n' +
    'program than before: what it held in memory (log-type = buffer) goes with it. The launcher itself stays as it is until reeve is started anew.',
  examples: [
    { command: 'reevectl upgrade', meaning: 'after a new version was installed' },
    { command: 'reevectl upgrade --timeout 2m', meaning: 'and wait two minutes for the new daemon' },
  ],
  define: (command) => void command.option('--timeout <TIME>', 'how long to wait for the new daemon (default: 60 s)'),
  run: async (context, command) => {
    const { timeout } = command.opts<{ readonly timeout?: string }>();
    const limit = timeout === undefined ? usualTimeout : parseDuration(timeout);
    const reeve = await context.connect();
    const before = await reeve.info();
    const kept = keptPrograms(context, before);
    const programs = isNewLogger(context, kept) ? (['daemon', 'logger'] as const) : (['daemon'] as const);
    await reeve.upgrade(programs);
    const after = await untilProved(context, before, limit);
    if (after.isFormerProgram) throw wentBack('daemon', after.why ?? '', after);
    const logger = readLauncherStatus(context.socket.path)?.logger;
    if (logger?.isFormer) throw wentBack('logger', logger.why, after);
    if (kept) keepPrograms(kept.directory, kept.sources);
    context.print({ outcome: 'upgraded', programs, before: identityOf(before), after: identityOf(after) });
    context.say(`reeve: ${programs.join(' and ')} replaced: ${identityText(before)} by ${identityText(after)}`);
    return exitCodes.ok;
  },
};

interface KeptPrograms {
  readonly directory: string;
  readonly sources: ProgramSources;
}

/** Undefined, and told, when the copies are none of the caller's business: then the former programs stay those of before. */
function keptPrograms(context: Context, { runDirectory }: DaemonInfo): KeptPrograms | undefined {
  if (runDirectory === undefined) return undefined;
  const directory = keptDirectory(runDirectory);
  try {
    const sources = readSources(directory, context.surroundings.uid);
    return sources && { directory, sources };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    context.note(`reeve: the copies of the programs stay as they are: ${reason}`);
    return undefined;
  }
}

function isNewLogger(context: Context, kept: KeptPrograms | undefined): boolean {
  if (!kept || readLauncherStatus(context.socket.path)?.logger.isFormer) return true;
  const name = 'reeve-logger';
  return !readFileSync(kept.sources[name]).equals(readFileSync(join(kept.directory, name)));
}

/** The next daemon, when it has answered for long enough; or the former program, as soon as it is that. */
async function untilProved(context: Context, { pid }: DaemonInfo, limit: number): Promise<DaemonInfo> {
  const end = performance.now() + limit;
  for (;;) {
    context.progress.set('reeve', 'waits for the new daemon');
    const left = Math.max(end - performance.now(), 0);
    const reeve = await context.reconnect({ total: left, firstLook: Infinity });
    try {
      const info = await reeve.info();
      const isNext = info.pid !== pid;
      if (isNext && info.isFormerProgram) return info;
      const limits = new AbortController();
      const passed = isNext ? probation : Math.max(end - performance.now(), 0);
      const proved = delay(passed, true, { signal: limits.signal }).catch(() => false);
      const isProved = await Promise.race([proved, reeve.closed.then(() => false)]);
      limits.abort();
      if (isProved && isNext) return info;
      if (isProved) throw stayed(limit, pid);
    } catch (error) {
      if (!isDaemonAway(error)) throw error;
    } finally {
      context.progress.remove('reeve');
    }
  }
}

function stayed(limit: number, pid: number): ReevectlError {
  return new ReevectlError({
    exitCode: exitCodes.timedOut,
    kind: 'timed-out',
    message: `reeve: the daemon (process ${pid}) has not ended after ${durationText(limit)}`,
  });
}

function wentBack(program: 'daemon' | 'logger', why: string, after: DaemonInfo): ReevectlError {
  return new ReevectlError({
    exitCode: exitCodes.failed,
    kind: 'went-back',
    message: `reeve: the new ${program} does not work (${why}): its former program goes on`,
    advice: 'services were not touched; what it printed is where reeve prints, or in the log of reeve',
    details: { program, why, after: identityOf(after) },
  });
}

function identityOf({ version, build, pid }: DaemonInfo): object {
  return { version, ...(build !== undefined && { build }), pid };
}

function identityText({ version, build, pid }: DaemonInfo): string {
  return `${version}${build === undefined ? '' : ` build ${build}`} (process ${pid})`;
}
