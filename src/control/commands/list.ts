/** list: the loaded services, one line each. */
import type { ServiceSummary } from '../../api/service-status.ts';
import type { CommandDefinition } from '../session/command.ts';
import { exitCodes } from '../session/exit-codes.ts';
import { noteMissing } from '../session/missing.ts';
import { durationText } from '../output/duration.ts';
import { type Cell, type Column, renderTable } from '../output/table.ts';
import { remarks, stateTone, stateWord } from '../output/service-words.ts';
import { oneLine } from '../output/text.ts';

interface Values {
  readonly failed?: true;
  readonly state?: string;
  readonly names?: true;
}

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
      .option('--state <STATE>', 'only services that are stopped, starting, started or stopping')
      .option('--names', 'only their names, one a line'),
  run: async (context, command) => {
    const { failed, state, names } = command.opts<Values>();
    const reeve = await context.connect();
    const all = await reeve.list(command.args.length > 0 ? command.args : undefined);
    const services = all.filter((each) => (!failed || each.isFailed) && (state === undefined || each.state === state));
    context.print(services);
    const { out, now } = context.surroundings;
    const moment = now();
    if (names) context.show(services.map(({ name }) => oneLine(name)));
    else if (services.length > 0) {
      const rows = services.map((each) => row(each, moment));
      context.show(renderTable(columns, rows, out));
    }
    const isMissing = noteMissing(context, command.args, new Set(all.map(({ name }) => name)));
    return isMissing ? exitCodes.notFound : exitCodes.ok;
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
