/** logs: what one, several or all services have printed, as lines in the order of their times. */
import { setTimeout } from 'node:timers/promises';
import { connect, type ReeveClient } from '../../api/client.ts';
import { ControlError } from '../../api/control-error.ts';
import { followLog } from '../logs/log-follower.ts';
import { LineCutter, type LogLine, mergeLines, parseLine } from '../logs/log-line.ts';
import { LinePrinter } from '../logs/line-printer.ts';
import { oneLine, plural } from '../output/text.ts';
import { isDaemonAway, retryDelay } from '../session/away.ts';
import type { CommandDefinition } from '../session/command.ts';
import type { Context } from '../session/context.ts';
import { type ExitCode, exitCodes } from '../session/exit-codes.ts';
import { ReevectlError } from '../session/failure.ts';
import { parseCount } from '../session/parse-count.ts';
import { parseMoment } from '../session/parse-moment.ts';

interface Values {
  readonly follow?: true;
  readonly lines?: string;
  readonly since?: string;
  readonly until?: string;
}

/** Lines shown before what comes, unless another number was asked for. */
const followedLines = 10;
/** Logs read at the same time. */
const readAtOnce = 8;
/** The daemon's own limit leaves room for others. */
const mostFollowed = 256;

export const logs: CommandDefinition = {
  name: 'logs',
  group: 'look',
  summary: 'what one, several or all services have printed, merged by time',
  description:
    'Times are those that the logger has written (log-timestamps = yes in the service description), and of what comes while following, those of its arrival. ' +
    'Lines that were kept without a time are left out when --since or --until is given.',
  examples: [
    { command: 'reevectl logs web', meaning: 'all that is kept' },
    { command: 'reevectl logs -f web db', meaning: 'the last lines of two services, and what comes' },
    { command: 'reevectl logs --since 10m', meaning: 'of all services, the last ten minutes' },
    { command: 'reevectl logs -n 100 --json', meaning: 'the last 100 lines for programs, one object a line' },
  ],
  define: (command) =>
    void command
      .argument('[NAME...]', 'services (default: all whose output is kept)')
      .option('-f, --follow', 'go on with what comes, also when the daemon ends and another one takes over')
      .option('-n, --lines <COUNT>', `only the last lines of all together (with --follow: ${followedLines})`)
      .option('--since <MOMENT>', 'only from then on (10:30, 5m, today)')
      .option('--until <MOMENT>', 'only up to then'),
  run: async (context, command) => {
    const values = command.opts<Values>();
    const names = [...new Set(command.args)];
    const isAll = names.length === 0;
    const reeve = await context.connect();
    const wanted = isAll ? (await reeve.list()).map(({ name }) => name) : names;
    const kept = await readLogs(context, reeve, wanted, isAll);
    const printer = new LinePrinter(context, isAll || names.length > 1);
    printer.print(selectLines(context, mergeLines(kept.logs), values));
    if (kept.untimed.length > 0 && (values.since !== undefined || values.until !== undefined))
      noteUntimed(context, kept.untimed);
    if (values.follow) await follow(context, printer, kept.ends, isAll);
    return kept.exitCode;
  },
};

interface KeptLogs {
  readonly logs: readonly (readonly LogLine[])[];
  /** Services with lines without a time. */
  readonly untimed: readonly string[];
  /** Service to the end of its log. */
  readonly ends: ReadonlyMap<string, number>;
  readonly exitCode: ExitCode;
}

async function readLogs(
  context: Context,
  reeve: ReeveClient,
  names: readonly string[],
  isAll: boolean,
): Promise<KeptLogs> {
  const logs = names.map((): readonly LogLine[] => []);
  const ends = new Map<string, number>();
  let exitCode: ExitCode = exitCodes.ok;
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < names.length; index = next++) {
      const name = names[index] ?? '';
      try {
        const { lines, end } = await readLog(reeve, name);
        logs[index] = lines;
        ends.set(name, end);
      } catch (error) {
        if (!(error instanceof ControlError)) throw error;
        const { kind } = error.problem;
        // Of all services only those are meant whose output is kept and may be seen.
        if (isAll && ['log-unavailable', 'permission-denied', 'service-not-loaded'].includes(kind)) continue;
        exitCode = kind === 'service-not-loaded' ? exitCodes.notFound : exitCodes.refused;
        context.fail({ exitCode, kind, message: error.message });
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(readAtOnce, names.length) }, work));
  const untimed = logs.flatMap((lines) => lines.find(({ time }) => time === undefined)?.service ?? []);
  return { logs, untimed, ends, exitCode };
}

async function readLog(
  reeve: ReeveClient,
  name: string,
): Promise<{ readonly lines: readonly LogLine[]; readonly end: number }> {
  const cutter = new LineCutter();
  const lines: string[] = [];
  let end = 0;
  for await (const { bytes, position } of reeve.readLog(name)) {
    lines.push(...cutter.push(bytes));
    end = position + bytes.length;
  }
  return { lines: [...lines, ...cutter.end()].map((line) => parseLine(name, line, undefined)), end };
}

function selectLines(context: Context, lines: readonly LogLine[], values: Values): readonly LogLine[] {
  const now = context.surroundings.now();
  const since = values.since === undefined ? undefined : parseMoment(values.since, now);
  const until = values.until === undefined ? undefined : parseMoment(values.until, now);
  const isTimed = since !== undefined || until !== undefined;
  const chosen = isTimed
    ? lines.filter(({ time }) => time !== undefined && time >= (since ?? -Infinity) && time <= (until ?? Infinity))
    : lines;
  const count =
    values.lines === undefined ? (values.follow && !isTimed ? followedLines : undefined) : parseCount(values.lines);
  return count === undefined ? chosen : chosen.slice(chosen.length - Math.min(count, chosen.length));
}

function noteUntimed(context: Context, names: readonly string[]): void {
  const shown = names.slice(0, 5).join(', ');
  const rest = names.length > 5 ? ` and ${names.length - 5} more` : '';
  context.note(`${shown}${rest}: lines without a time are left out (log-timestamps = yes keeps times)`);
}

async function follow(
  context: Context,
  printer: LinePrinter,
  ends: ReadonlyMap<string, number>,
  isAll: boolean,
): Promise<void> {
  if (ends.size > mostFollowed) {
    throw new ReevectlError({
      exitCode: exitCodes.failed,
      kind: 'too-many',
      message: `reevectl: ${plural(ends.size, 'log')} cannot be followed at once: name at most ${mostFollowed}`,
    });
  }
  const followed = new Map<string, Promise<void>>();
  const begin = (name: string, from: number | undefined): void => {
    if (followed.has(name) || followed.size >= mostFollowed) return;
    followed.set(name, followOne(context, printer, name, from, isAll));
  };
  for (const [name, end] of ends) begin(name, end);
  if (isAll) await followNew(context, begin);
  await Promise.all(followed.values());
}

async function followOne(
  context: Context,
  printer: LinePrinter,
  name: string,
  from: number | undefined,
  isAll: boolean,
): Promise<void> {
  const cutter = new LineCutter();
  const { now } = context.surroundings;
  try {
    for await (const { bytes, lost } of followLog(context.socket.path, name, from)) {
      if (lost > 0) context.note(`${oneLine(name)}: ${plural(lost, 'byte')} before this are lost`);
      printer.print(cutter.push(bytes).map((line) => parseLine(name, line, now())));
    }
  } catch (error) {
    const isOver = error instanceof ControlError && isAll;
    if (!isOver) throw error;
  } finally {
    printer.print(cutter.end().map((line) => parseLine(name, line, now())));
  }
}

/** Services that are loaded later are followed from their first start on. */
async function followNew(context: Context, begin: (name: string, from: number | undefined) => void): Promise<void> {
  for (;;) {
    try {
      using reeve = await connect(context.socket.path);
      for await (const change of reeve.events()) {
        if (change.kind === 'event' && change.event.event === 'started') begin(change.event.name, undefined);
      }
      return;
    } catch (error) {
      if (!isDaemonAway(error)) throw error;
      await setTimeout(retryDelay);
    }
  }
}
