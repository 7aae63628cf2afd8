/** A colour for each service, always the same for the same name. */
import { styleText } from 'node:util';
import type { Output } from './output.ts';

const colours = ['cyan', 'green', 'yellow', 'blue', 'magenta', 'cyanBright', 'greenBright', 'magentaBright'] as const;

export function paintName(output: Pick<Output, 'hasColours'>, name: string, text: string): string {
  if (!output.hasColours) return text;
  let sum = 0;
  for (const character of name) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 65_521;
  return styleText(colours[sum % colours.length] ?? 'cyan', text, { validateStream: false });
}
