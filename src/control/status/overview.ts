/** `status` without a service: everything on one screen, what needs attention first. */
import type { DaemonInfo } from '../../api/control-decoders.ts';
import type { ServiceSummary } from '../../api/service-status.ts';
import { processForest, type ProcessTable, totalUsage } from '../processes/process-table.ts';
import { bytesText } from '../output/bytes.ts';
import { paint, type Tone } from '../output/colours.ts';
import { durationText } from '../output/duration.ts';
import type { Output } from '../output/output.ts';
import { badness, remarks, stateTone, stateWord } from '../output/service-words.ts';
import { type Cell, type Column, renderTable } from '../output/table.ts';
import { oneLine, plural } from '../output/text.ts';

const columns: readonly Column[] = [
  { title: 'SERVICE', expendable: 0 },
  { title: 'STATE', expendable: 0 },
  { title: 'FOR', expendable: 3, align: 'right' },
  { title: 'PID', expendable: 4, align: 'right' },
  { title: 'MEMORY', expendable: 2, align: 'right' },
  { title: 'REMARKS', expendable: 1 },
];

/** Lines of the terminal that are not for services: the head, the titles, the last line, the prompt. */
const otherLines = 6;
const fewestRows = 5;

/** Worst first: failed, on their way (longest first), ended on their own, stopped, started. */
export function worstFirst(services: readonly ServiceSummary[]): readonly ServiceSummary[] {
  return services.toSorted((a, b) => badness(a) - badness(b) || (isMoving(a) ? a.since - b.since : b.since - a.since));
}

const isMoving = ({ state }: ServiceSummary): boolean => state === 'starting' || state === 'stopping';

export function overviewLines(
  info: DaemonInfo,
  services: readonly ServiceSummary[],
  processes: ProcessTable,
  output: Output,
  now: number,
): readonly string[] {
  const room = output.rows === undefined ? Infinity : Math.max(output.rows - otherLines, fewestRows);
  const shown = worstFirst(services).slice(0, room);
  const below = processForest(processes.all());
  const rows = shown.map((service) => row(service, below, now));
  const rest = services.length - shown.length;
  return [
    head(info, output, now),
    counts(services, output),
    ...(info.isFormerProgram ? [formerProgram(info, output)] : []),
    ...(rows.length === 0 ? [] : ['', ...renderTable(columns, rows, output)]),
    ...(rest > 0 ? [paint(output, 'quiet', `and ${rest} more: reevectl list shows all`)] : []),
  ];
}

function head({ version, mode, pid, since, isShuttingDown }: DaemonInfo, output: Output, now: number): string {
  const state = isShuttingDown ? paint(output, 'busy', 'shutting down') : 'running';
  const whose = mode === 'system' ? 'of the machine' : mode;
  return `${paint(output, 'strong', 'reeve')} ${version} (${whose}): ${state}; daemon ${pid} for ${durationText(now - since)}`;
}

function formerProgram({ why = '' }: DaemonInfo, output: Output): string {
  return paint(output, 'bad', `the daemon's program on disk does not work (${oneLine(why)}): its former one runs`);
}

function counts(services: readonly ServiceSummary[], output: Output): string {
  const words: readonly (readonly [string, Tone])[] = [
    ['failed', 'bad'],
    ['starting', 'busy'],
    ['stopping', 'busy'],
    ['stopped', 'plain'],
    ['started', 'good'],
  ];
  const parts = words.flatMap(([word, tone]) => {
    const count = services.filter((service) => stateWord(service) === word).length;
    return count === 0 ? [] : [paint(output, tone, `${count} ${word}`)];
  });
  return `${plural(services.length, 'service')}${parts.length === 0 ? '' : `: ${parts.join(', ')}`}`;
}

function row(service: ServiceSummary, below: ReturnType<typeof processForest>, now: number): readonly Cell[] {
  const { pid } = service;
  const found = pid === undefined ? [] : below(pid);
  return [
    { text: oneLine(service.name) },
    { text: stateWord(service), tone: stateTone(service) },
    { text: durationText(now - service.since), tone: 'quiet' },
    { text: pid === undefined ? '' : String(pid) },
    { text: found.length === 0 ? '' : bytesText(totalUsage(found).residentBytes) },
    { text: remarks(service).join(', '), tone: service.isFailed ? 'bad' : 'plain' },
  ];
}
