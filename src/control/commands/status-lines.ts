/** The text of `status`: one line that says it all, then what is behind it. */
import { exitText, launchFailureText, reasonText } from '../../api/event-text.ts';
import type { DependencyStatus, ServiceStatus } from '../../api/service-status.ts';
import { paint } from '../output/colours.ts';
import { durationText } from '../output/duration.ts';
import { oneLine } from '../output/text.ts';
import type { Output } from '../output/output.ts';
import { hasChangedDescription } from './changed-description.ts';
import { stateTone, stateWord } from './list.ts';

/** @param failed Those of its dependencies and dependents that failed. */
export function statusLines(
  service: ServiceStatus,
  failed: ReadonlySet<string>,
  lastLines: readonly string[],
  output: Output,
  now: number,
): readonly string[] {
  const state = paint(output, stateTone(service), stateWord(service));
  const since = `for ${durationText(now - service.since)}`;
  const head = `${paint(output, 'strong', oneLine(service.name))}: ${state} ${since}${oneLine(headReason(service))}`;
  const details = detailsOf(service, failed).filter(([, text]) => text !== '');
  const width = details.reduce((longest, [title]) => Math.max(longest, title.length), 0);
  return [
    head,
    ...details.map(([title, text]) => `    ${paint(output, 'quiet', title.padStart(width))}  ${oneLine(text)}`),
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

function detailsOf(service: ServiceStatus, failed: ReadonlySet<string>): readonly (readonly [string, string])[] {
  return [
    ['wanted', wanted(service)],
    ['pinned', pins(service)],
    ['process', processText(service)],
    ['last end', lastEnd(service)],
    ['restarts', restarts(service)],
    ['console', service.console === 'none' ? '' : service.console === 'held' ? 'holds it' : 'waits for it'],
    ['depends on', links(service.dependencies, ({ isWaiting }) => isWaiting && service.state === 'starting', failed)],
    ['needed by', links(service.dependents, ({ isWaiting, state }) => isWaiting && state === 'starting', failed)],
    ['type', service.type],
    ['output', outputText(service)],
    ['file', fileText(service)],
  ];
}

function wanted({ target, isExplicit, isForcedToStop }: ServiceStatus): string {
  if (isForcedToStop) return 'stopped, by force';
  if (target === 'stopped') return 'stopped';
  return isExplicit ? 'started, asked for by name' : 'started, because others depend on it';
}

function pins({ isPinnedStarted, isPinnedStopped }: ServiceStatus): string {
  return [...(isPinnedStarted ? ['started'] : []), ...(isPinnedStopped ? ['stopped'] : [])].join(', ');
}

function processText({ pid, stopPid }: ServiceStatus): string {
  return [
    ...(pid === undefined ? [] : [String(pid)]),
    ...(stopPid === undefined ? [] : [`${stopPid} (stop command)`]),
  ].join(', ');
}

/** While it is up or on its way: how it ended the time before. */
function lastEnd({ state, exit, launchFailure, stopReason }: ServiceStatus): string {
  if (state === 'stopped' || stopReason === 'normal') return '';
  if (launchFailure) return launchFailureText(launchFailure);
  return exit ? exitText(exit) : '';
}

function restarts({ restarts: count, restartLimit }: ServiceStatus): string {
  if (count === 0) return '';
  return restartLimit === 0 ? `${count}, no limit` : `${count} of at most ${restartLimit}`;
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
