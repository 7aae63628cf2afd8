/** The launcher's view in words. */
import { durationText } from '../output/duration.ts';
import { oneLine, plural } from '../output/text.ts';
import type { LauncherStatus, ProgramStatus } from './launcher-status.ts';

/** @param most Services that are named at most. */
export function launcherLines(
  { daemon, logger, processes }: LauncherStatus,
  now: number,
  most: number,
): readonly string[] {
  const rest = processes.length - most;
  return [
    `daemon: ${programText(daemon, now)}`,
    `logger: ${programText(logger, now)}`,
    processes.length === 0
      ? 'no process of a service runs'
      : `${plural(processes.length, 'process', 'processes')} of services ${processes.length === 1 ? 'runs' : 'run'}:`,
    ...processes
      .slice(0, most)
      .map(
        ({ pid, name, isStopCommand }) => `  ${oneLine(name)}${isStopCommand ? ' (stop command)' : ''}: process ${pid}`,
      ),
    ...(rest > 0 ? [`  and ${rest} more`] : []),
  ];
}

function programText({ state, pid, nextTry, isFormer, deaths, why }: ProgramStatus, now: number): string {
  const states = {
    running: `process ${pid}`,
    asleep: 'asleep',
    waiting: `not running, next try ${nextTry === undefined || nextTry <= now ? 'now' : `in ${durationText(nextTry - now)}`}`,
  };
  return [
    states[state],
    ...(isFormer ? ['the program on disk does not work, its former one is used'] : []),
    ...(deaths > 0 ? [`failed ${plural(deaths, 'time', 'times')} within a minute`] : []),
    ...(why === '' ? [] : [`last end: ${oneLine(why)}`]),
  ].join('; ');
}
