/** One setting line on its way into the draft, and the ways to get its value or to refuse it. */
import type { Origin, Problem } from './description.ts';
import type { Draft } from './draft.ts';
import type { Findings } from './findings.ts';
import type { Form } from './forms.ts';
import { Refused } from './forms.ts';
import { originAt, type LogicalLine } from './logical-lines.ts';
import type { ServiceName } from './names.ts';
import type { ServiceFiles } from './service-files.ts';
import { substitute, type SubstitutionError, type Variables } from './substitution.ts';
import type { UserDatabase } from './users.ts';
import { joinWords, originInWord, originInWords, type Word } from './words.ts';

/** One service being read: where its lines go and what they may ask. */
export interface Reading {
  readonly name: ServiceName;
  readonly draft: Draft;
  readonly findings: Findings;
  /** What substitution sees while lines are read: the daemon environment and the argument. */
  readonly variables: Variables;
  readonly users: UserDatabase;
  readonly files: ServiceFiles;
}

export interface Entry {
  /** The setting's name as in the table (an old spelling is already replaced). */
  readonly setting: string;
  readonly line: LogicalLine;
  readonly nameStart: number;
  readonly valueStart: number;
  /** `+=` was written. */
  readonly isAddition: boolean;
  readonly words: readonly Word[];
}

/** Where the value begins: its first word, or what follows the operator when it is empty. */
export function valueOrigin(entry: Entry): Origin {
  const first = entry.words[0];
  return originAt(first?.line ?? entry.line, first?.start ?? entry.valueStart);
}

export function refuse(reading: Reading, entry: Entry, problem: Problem): undefined {
  reading.findings.error('description', { origin: valueOrigin(entry), setting: entry.setting, ...problem });
}

/** The value by its form, or undefined after reporting why not. */
export function valueOf<T>(
  reading: Reading,
  entry: Entry,
  form: Form<T>,
  text = joinWords(entry.words),
): T | undefined {
  const value = form(text, reading.users);
  if (!(value instanceof Refused)) return value;
  return refuse(reading, entry, refusedProblem(value, text));
}

export function refusedProblem(refused: Refused, found: string): Problem {
  return {
    message: refused.message,
    found,
    ...(refused.expected === undefined ? {} : { expected: refused.expected }),
    ...(refused.advice === undefined ? {} : { advice: refused.advice }),
  };
}

/** A single text with its variables replaced, or undefined after reporting. */
export function substitutedText(
  words: readonly Word[],
  variables: Variables,
  findings: Findings,
  setting?: string,
): string | undefined {
  const text = joinWords(words);
  if (!text.includes('$')) return text;
  const result = substitute(text, variables);
  if (result.kind === 'words') return result.words.join(' ');
  report(findings, result, originInWords(words, result.offset), setting, text);
  return undefined;
}

/** A word list with its variables replaced, or undefined after reporting. */
export function substitutedWords(
  words: readonly Word[],
  variables: Variables,
  findings: Findings,
  setting: string,
): readonly string[] | undefined {
  const out: string[] = [];
  let isGood = true;
  for (const word of words) {
    if (!word.text.includes('$')) {
      out.push(word.text);
      continue;
    }
    const result = substitute(word.text, variables);
    if (result.kind === 'words') {
      for (const piece of result.words) out.push(piece);
      continue;
    }
    report(findings, result, originInWord(word, result.offset), setting, word.text);
    isGood = false;
  }
  return isGood ? out : undefined;
}

function report(
  findings: Findings,
  error: SubstitutionError,
  origin: Origin | undefined,
  setting: string | undefined,
  found: string,
): void {
  findings.error('description', {
    message: error.message,
    found,
    ...(error.expected === undefined ? {} : { expected: error.expected }),
    ...(error.advice === undefined ? {} : { advice: error.advice }),
    ...(origin === undefined ? {} : { origin }),
    ...(setting === undefined ? {} : { setting }),
  });
}
