/** plan: what a command would do, without doing it. */
import type { PlannedVerb } from '../../api/client.ts';
import type { Rehearsal } from '../../api/control-decoders.ts';
import type { CommandDefinition } from '../session/command.ts';
import type { Context } from '../session/context.ts';
import { exitCodes } from '../session/exit-codes.ts';
import { usageError } from '../session/failure.ts';
import { mergeSteps } from '../history/merge-steps.ts';
import { moveCells } from '../history/step-cells.ts';
import { durationText } from '../output/duration.ts';
import { type Cell, type Column, renderTable } from '../output/table.ts';
import { oneLine } from '../output/text.ts';

interface Values {
  readonly pin?: true;
  readonly force?: true;
}

const verbs: readonly PlannedVerb[] = ['start', 'stop', 'restart', 'wake', 'release', 'shutdown'];

const columns: readonly Column[] = [
  { title: 'SERVICE', expendable: 0 },
  { title: 'STEP', expendable: 0 },
  { title: 'BECAUSE', expendable: 2 },
  { title: 'AFTER', expendable: 1, align: 'right' },
];

export const plan: CommandDefinition = {
  name: 'plan',
  group: 'look',
  summary: 'what a command would do, without doing it',
  description:
    `Verbs: ${verbs.join(', ')}. The daemon plays the command on a copy of its state and takes it that every program does what it should. ` +
    'Where the command would be refused, so is this.',
  examples: [
    { command: 'reevectl plan start site', meaning: 'what would be started, in which order, and why' },
    { command: 'reevectl plan stop --force db', meaning: 'what would go down with db' },
    { command: 'reevectl plan shutdown', meaning: 'in which order everything would stop' },
  ],
  define: (command) =>
    void command
      .argument('<VERB>', verbs.join(', '))
      .argument('[NAME]', 'service (none for shutdown)')
      .option('--pin', 'as with the command')
      .option('-f, --force', 'as with the command'),
  run: async (context, command) => {
    const [word, name] = command.args;
    const verb = verbs.find((each) => each === word);
    if (verb === undefined) throw usageError(`reevectl: '${word}' cannot be planned`, `verbs: ${verbs.join(', ')}`);
    if ((name === undefined) !== (verb === 'shutdown')) {
      throw usageError(`reevectl: plan ${verb} takes ${name === undefined ? 'a service' : 'no service'}`);
    }
    const reeve = await context.connect();
    const rehearsal = await reeve.plan(verb, name, command.opts<Values>());
    context.print({ verb, ...(name !== undefined && { name }), ...rehearsal });
    show(context, verb, name ?? 'everything', rehearsal);
    return exitCodes.ok;
  },
};

function show(context: Context, verb: PlannedVerb, name: string, rehearsal: Rehearsal): void {
  const steps = mergeSteps(rehearsal.steps).filter(({ step }) => step !== 'acting');
  const [first] = steps;
  const rows = steps.map((step): readonly Cell[] => {
    const after = step.time - (first?.time ?? step.time);
    return [...moveCells(step), { text: after < 1 ? '' : durationText(after), tone: 'quiet' }];
  });
  if (rows.length > 0) context.show(renderTable(columns, rows, context.surroundings.out));
  for (const { name: waiting, waitingFor } of rehearsal.unsettled) {
    context.show([`${oneLine(waiting)}: would wait for ${oneLine(waitingFor.join(', '))}`]);
  }
  context.say(conclusion(verb, name, rehearsal));
}

function conclusion(verb: PlannedVerb, name: string, { outcome, requiredBy, steps }: Rehearsal): string {
  switch (outcome) {
    case 'already':
      return `${name}: nothing to do`;
    case 'started':
    case 'stopped':
      return `${name}: would be ${verb === 'restart' ? 'restarted' : outcome}`;
    case 'still-required':
      return `${name}: would stay up${requiredBy.length > 0 ? ` for ${requiredBy.join(', ')}` : ': it is pinned'}`;
    case 'failed':
      return `${name}: would fail`;
    case 'cancelled':
      return `${name}: would be called off`;
    case 'unsettled':
      return steps.length === 0 ? `${name}: nothing would happen` : `${name}: would not be done by itself`;
    default:
      return outcome satisfies never;
  }
}
