/** Writing words so that reading them gives the same words. The inverse of words.ts and, where variables are replaced, of substitution.ts. */
import type { EnvironmentStep } from './description.ts';
import { isWhitespace } from './logical-lines.ts';

export class UnprintableError extends Error {
  override readonly name = 'UnprintableError';
  readonly code = 'REEVE_UNPRINTABLE';
  readonly value: string;

  constructor(value: string, why: string) {
    super(`cannot write ${JSON.stringify(value)} into a service file: ${why}`);
    this.value = value;
  }
}

/** A command line: words in which variables are replaced. */
export function quoteWords(words: readonly string[]): string {
  return words.map((word) => quoteText(word, true)).join(' ');
}

/** One word. @param isSubstituted variables are replaced in it, so a dollar must be doubled */
export function quoteText(text: string, isSubstituted = false): string {
  const escaped = isSubstituted ? text.replaceAll('$', '$$$$') : text;
  if (/^[^ \t\n\v\f\r"\\#]+$/.test(escaped)) return escaped;
  const inside = escaped.replaceAll('\\', '\\\\').replaceAll('"', '\\"');
  return `"${inside.includes('\n') ? joinedNewlines(inside, text) : inside}"`;
}

/** A newline is written by continuing the line, which the format allows only in front of white space. */
function joinedNewlines(inside: string, text: string): string {
  for (let at = inside.indexOf('\n'); at >= 0; at = inside.indexOf('\n', at + 1)) {
    const next = inside.charCodeAt(at + 1);
    if (!isWhitespace(next) || next === 10) throw new UnprintableError(text, 'a newline must be followed by a space');
  }
  return inside.replaceAll('\n', '\\\n');
}

/** An environment file with these steps. */
export function printEnvironment(steps: readonly EnvironmentStep[]): string {
  return steps.map((step) => `${environmentLine(step)}\n`).join('');
}

function environmentLine(step: EnvironmentStep): string {
  switch (step.kind) {
    case 'clear':
      return '!clear';
    case 'unset':
      return `!unset ${step.name}`;
    case 'import':
      return `!import ${step.name}`;
    case 'set':
      if (step.value.includes('\n')) throw new UnprintableError(step.value, 'a value ends with its line');
      return `${step.name}=${step.value}`;
  }
}
