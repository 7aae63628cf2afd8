/** A step in a table: the service, what it did, and because of what. */
import type { HistoryStep } from '../../api/history.ts';
import { causeText, stepWord } from '../../api/step-text.ts';
import type { Tone } from '../output/colours.ts';
import type { Cell } from '../output/table.ts';
import { oneLine } from '../output/text.ts';

export function moveCells(step: HistoryStep): readonly Cell[] {
  return [
    { text: oneLine(step.name) },
    { text: stepWord(step.step), tone: stepTone(step) },
    { text: oneLine(causeText(step)) },
  ];
}

function stepTone(step: HistoryStep): Tone {
  switch (step.step) {
    case 'started':
      return 'good';
    case 'stopped':
      return isFailure(step) ? 'bad' : 'quiet';
    case 'starting':
    case 'acting':
    case 'stopping':
    case 'recovering':
      return 'busy';
    default:
      return step.step satisfies never;
  }
}

/** It went down though nobody wanted it to. */
function isFailure({ cause: { kind }, causedBy }: HistoryStep): boolean {
  if (kind === 'exited') return causedBy === undefined;
  return ['dependency-failed', 'exec-failed', 'start-timeout', 'bad-pid-file', 'readiness-closed'].includes(kind);
}
