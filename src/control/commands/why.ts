/** why: the causal chain behind the state of a service. */
import type { HistoryStep } from '../../api/history.ts';
import type { CommandDefinition } from '../session/command.ts';
import { eachService } from '../session/each-service.ts';
import { mergeSteps } from '../history/merge-steps.ts';
import { moveCells } from '../history/step-cells.ts';
import { paint } from '../output/colours.ts';
import { exactMomentText } from '../output/moment.ts';
import { type Cell, type Column, renderTable } from '../output/table.ts';
import { oneLine } from '../output/text.ts';

const columns: readonly Column[] = [
  { title: 'WHEN', expendable: 2 },
  { title: 'SERVICE', expendable: 0 },
  { title: 'STEP', expendable: 0 },
  { title: 'BECAUSE', expendable: 1 },
];

export const why: CommandDefinition = {
  name: 'why',
  group: 'look',
  summary: 'why services are in the state they are in, back to the first cause',
  description: 'The last step of each service first; each line was led to by the one below it.',
  examples: [
    { command: 'reevectl why web', meaning: 'what led to the state of web' },
    { command: 'reevectl why web --json', meaning: 'the same for programs' },
  ],
  define: (command) => void command.argument('<NAME...>', 'services'),
  run: (context, command) =>
    eachService(context, command.args, async (reeve, name) => {
      const steps = await reeve.why(name);
      if (context.isJson) return { document: { steps } };
      const { out, now } = context.surroundings;
      const merged = mergeSteps(steps);
      if (merged.length === 0) return { line: `${name}: nothing has happened to it yet` };
      const lines = renderTable(
        columns,
        merged.map((step) => stepCells(step, now())),
        out,
      );
      const head = command.args.length > 1 ? [paint(out, 'strong', oneLine(name))] : [];
      context.show([...head, ...lines]);
      return {};
    }),
};

function stepCells(step: HistoryStep, now: number): readonly Cell[] {
  return [{ text: exactMomentText(step.time, now), tone: 'quiet' }, ...moveCells(step)];
}
