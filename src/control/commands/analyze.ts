/** analyze: where the time of a start went. */
import type { HistoryStep } from '../../api/history.ts';
import { bootChart } from '../analyze/boot-chart.ts';
import { criticalChain, type ServiceStart, serviceStarts, startTimes } from '../analyze/service-starts.ts';
import { durationText } from '../output/duration.ts';
import { dateText, momentText } from '../output/moment.ts';
import { type Cell, type Column, renderTable } from '../output/table.ts';
import { oneLine, plural } from '../output/text.ts';
import type { CommandDefinition } from '../session/command.ts';
import type { Context } from '../session/context.ts';
import { type ExitCode, exitCodes } from '../session/exit-codes.ts';
import { ReevectlError, usageError } from '../session/failure.ts';
import { parseMoment } from '../session/parse-moment.ts';

interface Values {
  readonly since?: string;
}

export const analyze: CommandDefinition = {
  name: 'analyze',
  group: 'look',
  summary: 'where the time of the last boot went: blame, critical-chain, plot',
  description:
    'Of the start of the whole tree, or with --since of what was started from then on.\n\n' +
    '  blame                  services by the time that their own start took\n' +
    '  critical-chain [NAME]  what the start of a service came down to: each line was waited for by the one above\n' +
    '  plot                   a chart of all starts, in SVG, on standard output',
  examples: [
    { command: 'reevectl analyze blame', meaning: 'who took longest' },
    { command: 'reevectl analyze critical-chain web', meaning: 'why web was not up earlier' },
    { command: 'reevectl analyze plot > boot.svg', meaning: 'a picture of it' },
    { command: 'reevectl analyze blame --since 10m', meaning: 'of the last ten minutes' },
  ],
  define: (command) =>
    void command
      .argument('<WHAT>', 'blame, critical-chain or plot')
      .argument('[NAME]', 'for critical-chain: the service that it ends with')
      .option('--since <MOMENT>', 'not the boot, but what was started since then (10:30, 5m, today)'),
  run: async (context, command) => {
    const [what = '', name] = command.args;
    const { since } = command.opts<Values>();
    if (!['blame', 'critical-chain', 'plot'].includes(what)) {
      throw usageError(`reevectl: analyze knows no '${what}'`, 'there are blame, critical-chain and plot');
    }
    if (name !== undefined && what !== 'critical-chain') throw usageError(`reevectl: analyze ${what} takes no service`);
    const { starts, first } = await readStarts(context, since);
    switch (what) {
      case 'blame':
        return blame(context, starts);
      case 'critical-chain':
        return chain(context, starts, name ?? first);
      default:
        return plot(context, starts);
    }
  },
};

/** `first`: what the boot was about. */
async function readStarts(
  context: Context,
  since: string | undefined,
): Promise<{ readonly starts: readonly ServiceStart[]; readonly first: string }> {
  const reeve = await context.connect();
  const from = since === undefined ? undefined : parseMoment(since, context.surroundings.now());
  const steps = await reeve.history(from === undefined ? {} : { since: from });
  const wanted = from === undefined ? steps.filter(({ isBoot }) => isBoot) : steps;
  const starts = serviceStarts(wanted);
  const [earliest] = starts;
  if (!earliest) {
    const message =
      since === undefined ? 'reeve: nothing is known of the boot' : `reeve: nothing was started since ${since}`;
    throw new ReevectlError({ exitCode: exitCodes.failed, kind: 'no-history', message });
  }
  const isTarget = ({ step, cause }: HistoryStep): boolean => step === 'starting' && cause.kind === 'boot';
  const slowest = starts.reduce((a, b) => ((b.end ?? Infinity) > (a.end ?? Infinity) ? b : a));
  return { starts, first: wanted.find(isTarget)?.name ?? slowest.name };
}

const blameColumns: readonly Column[] = [
  { title: 'TOOK', expendable: 0, align: 'right' },
  { title: 'WAITED', expendable: 1, align: 'right' },
  { title: 'SERVICE', expendable: 0 },
];

function blame(context: Context, starts: readonly ServiceStart[]): ExitCode {
  const { out, now } = context.surroundings;
  const moment = now();
  const timed = starts
    .map((start) => ({ start, ...startTimes(start, moment) }))
    .toSorted((a, b) => b.own - a.own || b.waited - a.waited);
  context.print(timed.map(({ start, own, waited }) => ({ ...start, own, waited })));
  const rows = timed.map(({ start, own, waited }): readonly Cell[] => [
    { text: durationText(own), tone: start.hasFailed ? 'bad' : 'plain' },
    { text: durationText(waited), tone: 'quiet' },
    { text: `${oneLine(start.name)}${remark(start)}` },
  ]);
  context.show(renderTable(blameColumns, rows, out));
  return exitCodes.ok;
}

function remark({ end, hasFailed }: ServiceStart): string {
  if (hasFailed) return ' (failed)';
  return end === undefined ? ' (not done yet)' : '';
}

function chain(context: Context, starts: readonly ServiceStart[], name: string): ExitCode {
  const links = criticalChain(starts, name);
  const [last] = links;
  if (!last) {
    const message = `${name}: not among what was started`;
    throw new ReevectlError({ exitCode: exitCodes.notFound, kind: 'no-history', message, details: { name } });
  }
  const moment = context.surroundings.now();
  const begin = Math.min(...starts.map(({ starting }) => starting));
  context.print(links.map((start) => ({ ...start, ...startTimes(start, moment) })));
  context.show(
    links.map((start, depth) => {
      const { own } = startTimes(start, moment);
      const branch = depth === 0 ? '' : `${'   '.repeat(depth - 1)}└─ `;
      const at = durationText((start.end ?? moment) - begin);
      return `${branch}${oneLine(start.name)}: took ${durationText(own)}${remark(start)}, up after ${at}`;
    }),
  );
  return exitCodes.ok;
}

function plot(context: Context, starts: readonly ServiceStart[]): ExitCode {
  const { out, now } = context.surroundings;
  const moment = now();
  const begin = Math.min(...starts.map(({ starting }) => starting));
  const end = Math.max(...starts.map(({ end: last }) => last ?? moment));
  const when = `${dateText(begin)} ${momentText(begin, begin)}`;
  const title = `${plural(starts.length, 'service')} started within ${durationText(end - begin)}, from ${when} on`;
  if (context.isJson) context.print(starts);
  else out.write(bootChart(starts, title, moment));
  return exitCodes.ok;
}
