/** The text of `status NAME`: one line that says it all, then what is behind it. */
import { exitText, launchFailureText, reasonText } from '../../api/event-text.ts';
import type { HistoryStep } from '../../api/history.ts';
import type { DependencyStatus, ServiceStatus } from '../../api/service-status.ts';
import { causeText } from '../../api/step-text.ts';
import { mergeSteps } from '../history/merge-steps.ts';
import { paint } from '../output/colours.ts';
import { durationText } from '../output/duration.ts';
import { momentText } from '../output/moment.ts';
import { oneLine } from '../output/text.ts';
import type { Output } from '../output/output.ts';
import { stateTone, stateWord } from '../output/service-words.ts';
import type { ProcessTable } from '../processes/process-table.ts';
import { hasChangedDescription } from './changed-description.ts';
import { processLines, usageText } from './process-lines.ts';

export interface StatusParts {
  readonly service: ServiceStatus;
  /** From its state back to the first cause. */
  readonly steps: readonly HistoryStep[];
  /** Those of its dependencies and dependents that failed. */
  readonly failed: ReadonlySet<string>;
  readonly lastLines: readonly string[];
  readonly processes: ProcessTable;
  readonly output: Output;
  readonly now: number;
}

type Detail = readonly [title: string, text: string, more?: readonly string[]];

export function statusLines(parts: StatusParts): readonly string[] {
  const { service, output, now, lastLines } = parts;
  const state = paint(output, stateTone(service), stateWord(service));
  const since = `for ${durationText(now - service.since)}`;
  const head = `${paint(output, 'strong', oneLine(service.name))}: ${state} ${since}${oneLine(headReason(service))}`;
  const details = detailsOf(parts).filter(([, text]) => text !== '');
  const width = details.reduce((longest, [title]) => Math.max(longest, title.length), 0);
  return [
    head,
    ...details.flatMap(([title, text, more = []]) => [
      `    ${paint(output, 'quiet', title.padStart(width))}  ${oneLine(text)}`,
      ...more.map((line) => `    ${' '.repeat(width)}  ${oneLine(line)}`),
    ]),
    ...(lastLines.length === 0 ? [] : ['', ...lastLines.map((line) => `    | ${line}`)]),
  ];
}

function headReason(service: ServiceStatus): string {
  switch (service.state) {
    case 'started':
      return service.isSkipped ? ' (skipped)' : '';
    case 'stopped': {
      const reason = reasonText(service);
      return reason === '' ? '' : `: ${reason}`;
    }
    case 'starting':
    case 'stopping':
      return service.waitingFor.length === 0 ? '' : `, waits for ${service.waitingFor.join(', ')}`;
    default:
      return service.state satisfies never;
  }
}

function detailsOf(parts: StatusParts): readonly Detail[] {
  const { service, failed, processes, now } = parts;
  const [process = '', ...below] = processLines(service, processes);
  return [
    ['wanted', wanted(service)],
    ...reasons(parts),
    ['pinned', pins(service)],
    ['process', process, below],
    ['uses', usageText(service, processes, now)],
    ['next', nextText(service, now)],
    ['last end', lastEnd(service)],
    ['restarts', restarts(service, now)],
    ['readiness', readinessText(service)],
    ['console', service.console === 'none' ? '' : service.console === 'held' ? 'holds it' : 'waits for it'],
    ['depends on', links(service.dependencies, ({ isWaiting }) => isWaiting && service.state === 'starting', failed)],
    ['needed by', links(service.dependents, ({ isWaiting, state }) => isWaiting && state === 'starting', failed)],
    ['sockets', service.sockets.join(', ')],
    ['type', service.type],
    ['output', outputText(service)],
    ['file', fileText(service)],
  ];
}

/** What led to the last step, and what it all began with. */
function reasons({ steps, service, now }: StatusParts): readonly Detail[] {
  const merged = mergeSteps(steps);
  const [last] = merged;
  const first = merged.at(-1);
  if (!last || !first) return [];
  const text = causeText(last);
  const isTold = service.state === 'stopped' && reasonText(service) !== '' && first === last;
  const because: Detail = ['because', isTold ? '' : text];
  if (first === last) return [because];
  const origin = causeText(first);
  const who = first.name === service.name ? origin : `${first.name}: ${origin}`;
  return [because, ['at first', origin === '' ? '' : `${who} (${momentText(first.time, now)})`]];
}

function wanted({ target, isExplicit, isForcedToStop }: ServiceStatus): string {
  if (isForcedToStop) return 'stopped, by force';
  if (target === 'stopped') return 'stopped';
  return isExplicit ? 'started, asked for by name' : 'started, because others depend on it';
}

function pins({ isPinnedStarted, isPinnedStopped }: ServiceStatus): string {
  return [...(isPinnedStarted ? ['started'] : []), ...(isPinnedStopped ? ['stopped'] : [])].join(', ');
}

function nextText({ timer }: ServiceStatus, now: number): string {
  if (!timer) return '';
  const wait = durationText(timer.due - now);
  switch (timer.kind) {
    case 'restart-delay':
      return `starts again in ${wait}`;
    case 'start-timeout':
      return `the start is given up in ${wait}`;
    case 'stop-timeout':
      return `is killed in ${wait}`;
    case 'exit-grace':
      return `its start has failed unless its process ends within ${wait}`;
    default:
      return timer.kind satisfies never;
  }
}

/** While it is up or on its way: how it ended the time before. */
function lastEnd({ state, exit, launchFailure, stopReason }: ServiceStatus): string {
  if (state === 'stopped' || stopReason === 'normal') return '';
  if (launchFailure) return launchFailureText(launchFailure);
  return exit ? exitText(exit) : '';
}

function restarts(service: ServiceStatus, now: number): string {
  const { restarts: count, restartLimit, restartInterval, restartDelay, restartsUntil = 0 } = service;
  if (count === 0) return '';
  const delay = restartDelay > 0 ? `, at least ${durationText(restartDelay)} between two starts` : '';
  if (restartLimit === 0) return `${count}, no limit${delay}`;
  // When the time is over they count no more.
  const isOver = now >= restartsUntil;
  const left = isOver ? restartLimit : Math.max(0, restartLimit - count);
  const until = isOver ? '' : ` for ${durationText(restartsUntil - now)}`;
  return `${count} of at most ${restartLimit} within ${durationText(restartInterval)}, ${left} left${until}${delay}`;
}

function readinessText({ readiness, state }: ServiceStatus): string {
  if (readiness === undefined || state === 'stopped') return '';
  return `${state === 'starting' ? 'not reported yet' : 'reported'} by ${readiness}`;
}

function links(
  all: readonly DependencyStatus[],
  isWaitedFor: (link: DependencyStatus) => boolean,
  failed: ReadonlySet<string>,
): string {
  return all
    .map((link) => {
      const words = [
        ...(link.kind === 'depends-on' ? [] : [link.kind]),
        failed.has(link.name) ? 'failed' : link.state,
        ...(isWaitedFor(link) ? ['waited for'] : []),
      ];
      return `${link.name} (${words.join(', ')})`;
    })
    .join(', ');
}

function outputText({ logType, logFile }: ServiceStatus): string {
  switch (logType) {
    case 'none':
      return 'not kept';
    case 'buffer':
      return 'in memory';
    case 'file':
      return logFile ?? 'in a file';
    case 'pipe':
      return 'to another service';
    default:
      return logType;
  }
}

function fileText(service: ServiceStatus): string {
  return `${service.file}${hasChangedDescription(service) ? ' (changed since it was loaded)' : ''}`;
}
