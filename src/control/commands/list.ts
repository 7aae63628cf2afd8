/** list: the loaded services, one line each. */
import type { ServiceSummary } from '../../api/service-status.ts';
import { exitText } from '../../api/event-text.ts';
import type { CommandDefinition } from '../session/command.ts';
import { exitCodes } from '../session/exit-codes.ts';
import type { Tone } from '../output/colours.ts';
import { durationText } from '../output/duration.ts';
import { type Cell, type Column, renderTable } from '../output/table.ts';
import { oneLine } from '../output/text.ts';

const columns: readonly Column[] = [
  { title: 'SERVICE', expendable: 0 },
  { title: 'STATE', expendable: 0 },
  { title: 'FOR', expendable: 3, align: 'right' },
  { title: 'PID', expendable: 2, align: 'right' },
  { title: 'TYPE', expendable: 4 },
  { title: 'REMARKS', expendable: 1 },
];

export const list: CommandDefinition = {
  name: 'list',
  aliases: ['ls'],
  group: 'look',
  summary: 'all loaded services and their states',
  description: 'In the order in which they were loaded: a service comes after those it depends on.',
  examples: [
    { command: 'reevectl list', meaning: 'all services' },
    { command: 'reevectl list --failed', meaning: 'only those that failed' },
    { command: 'reevectl list --json', meaning: 'the same for programs' },
  ],
  define: (command) =>
    void command
      .argument('[NAME...]', 'only these services')
      .option('--failed', 'only services that failed')
      .option('--state <STATE>', 'only services that are stopped, starting, started or stopping'),
  run: async (context, command) => {
    const { failed, state } = command.opts<{ readonly failed?: true; readonly state?: string }>();
    const reeve = await context.connect();
    const all = await reeve.list(command.args.length > 0 ? command.args : undefined);
    const services = all.filter((each) => (!failed || each.isFailed) && (state === undefined || each.state === state));
    context.print(services);
    const { out, now } = context.surroundings;
    const moment = now();
    if (services.length > 0)
      context.show(
        renderTable(
          columns,
          services.map((each) => row(each, moment)),
          out,
        ),
      );
    const missing = command.args.filter((name) => !all.some((each) => each.name === name));
    for (const name of missing) {
      context.fail({ exitCode: exitCodes.notFound, kind: 'service-not-loaded', message: `${name}: not loaded` });
    }
    return missing.length === 0 ? exitCodes.ok : exitCodes.notFound;
  },
};

function row(service: ServiceSummary, now: number): readonly Cell[] {
  return [
    { text: oneLine(service.name) },
    { text: stateWord(service), tone: stateTone(service) },
    { text: durationText(now - service.since), tone: 'quiet' },
    { text: service.pid === undefined ? '' : String(service.pid) },
    { text: service.type, tone: 'quiet' },
    { text: remarks(service).join(', '), tone: service.isFailed ? 'bad' : 'plain' },
  ];
}

export function stateWord({ state, isFailed }: Pick<ServiceSummary, 'state' | 'isFailed'>): string {
  return state === 'stopped' && isFailed ? 'failed' : state;
}

export function stateTone({ state, isFailed }: Pick<ServiceSummary, 'state' | 'isFailed'>): Tone {
  switch (state) {
    case 'started':
      return 'good';
    case 'starting':
    case 'stopping':
      return 'busy';
    case 'stopped':
      return isFailed ? 'bad' : 'quiet';
    default:
      return state satisfies never;
  }
}

/** What is special about it. */
function remarks(service: ServiceSummary): readonly string[] {
  const { state, target, stopReason, exit } = service;
  return [
    ...(state === 'stopped' ? stopRemarks(stopReason, exit) : []),
    ...(service.isSkipped ? ['skipped'] : []),
    ...(state === 'started' && target === 'stopped' ? ['released'] : []),
    ...(state === 'starting' && target === 'stopped' ? ['to be stopped'] : []),
    ...(state === 'stopping' && target === 'started' ? ['to be started again'] : []),
    ...(service.isPinnedStarted ? ['pinned started'] : []),
    ...(service.isPinnedStopped ? ['pinned stopped'] : []),
    ...(service.console === 'held' ? ['has the console'] : []),
    ...(service.console === 'waiting' ? ['waits for the console'] : []),
  ];
}

function stopRemarks(reason: ServiceSummary['stopReason'], exit: ServiceSummary['exit']): readonly string[] {
  switch (reason) {
    case 'normal':
      return [];
    case 'dependency-restart':
      return ['a dependency restarted'];
    case 'dependency-failed':
      return ['a dependency failed'];
    case 'exec-failed':
      return ['could not be executed'];
    case 'timed-out':
      return ['start took too long'];
    case 'failed':
    case 'terminated':
      return exit ? [exitText(exit)] : [];
    default:
      return reason satisfies never;
  }
}
