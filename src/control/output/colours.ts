/** Colours of words whose meaning does not depend on them. */
import { styleText } from 'node:util';
import type { Output } from './output.ts';

export type Tone = 'good' | 'busy' | 'bad' | 'quiet' | 'plain' | 'strong';

const formats = { good: 'green', busy: 'yellow', bad: 'red', quiet: 'dim', strong: 'bold' } as const;

export function paint(output: Pick<Output, 'hasColours'>, tone: Tone, text: string): string {
  if (!output.hasColours || tone === 'plain' || text === '') return text;
  return styleText(formats[tone], text, { validateStream: false });
}
