/**
 * Variables in values.
 *
 *     $$                          a dollar
 *     $NAME  ${NAME}              its value, or nothing
 *     ${NAME:-word} ${NAME-word}  word if NAME is unset or empty / unset
 *     ${NAME:+word} ${NAME+word}  word if NAME is set and not empty / set
 *     $1 ${1} ${1...}             the service argument; there is only one, and without the conditional forms it must exist
 *     $/...                       any of these, split at white space
 *
 * Without `/` a value stays inside its word, whatever it contains. With `/` it is split, and a word that had nothing else and comes out without
 * text disappears. Quotes are gone when this runs, so they protect neither `$` nor white space.
 */
import { valueLimit } from './limits.ts';

export interface Variables {
  readonly argument: string | undefined;
  lookUp(name: string): string | undefined;
}

export interface SubstitutionError {
  readonly kind: 'error';
  /** Offset in the word at which it was noticed. */
  readonly offset: number;
  readonly message: string;
  readonly expected?: string;
  readonly advice?: string;
}

export interface Substituted {
  readonly kind: 'words';
  readonly words: readonly string[];
}

/** What one word becomes: usually one word, with `$/` any number. */
export function substitute(text: string, variables: Variables): Substituted | SubstitutionError {
  let dollar = text.indexOf('$');
  if (dollar < 0) return { kind: 'words', words: [text] };
  const out = new Pieces();
  let at = 0;
  while (dollar >= 0) {
    if (dollar > at) out.literal(text.slice(at, dollar));
    if (text.charCodeAt(dollar + 1) === 36) {
      out.literal('$');
      at = dollar + 2;
    } else {
      const reference = readReference(text, dollar);
      if (reference.kind === 'error') return reference;
      const value = evaluate(reference, variables);
      if (value === undefined) {
        return {
          kind: 'error',
          offset: dollar,
          message: 'the service has no argument',
          expected: "a name of the form 'base@argument'",
          advice: 'use ${1-default} where the argument may be missing',
        };
      }
      if (reference.splits) out.split(value);
      else out.keep(value);
      at = reference.end;
    }
    if (out.size > valueLimit) {
      return {
        kind: 'error',
        offset: dollar,
        message: 'too long after substitution',
        expected: `at most ${valueLimit} characters`,
      };
    }
    dollar = text.indexOf('$', at);
  }
  if (at < text.length) out.literal(text.slice(at));
  return { kind: 'words', words: out.finish() };
}

interface Reference {
  readonly kind: 'reference';
  /** `undefined` for the argument. */
  readonly name: string | undefined;
  readonly splits: boolean;
  readonly condition: Condition | undefined;
  /** Offset behind it. */
  readonly end: number;
}

interface Condition {
  readonly operator: '-' | '+';
  /** `:` was written: empty counts as unset. */
  readonly emptyIsUnset: boolean;
  readonly word: string;
}

const digits = /[0-9]+/y;
const nameCharacters = /[A-Za-z0-9_\u0080-\uffff]+/y;

function readReference(text: string, dollar: number): Reference | SubstitutionError {
  let at = dollar + 1;
  const splits = text.charCodeAt(at) === 47;
  if (splits) at++;
  const isBraced = text.charCodeAt(at) === 123;
  if (isBraced) at++;
  const nameStart = at;
  const number = match(digits, text, at);
  const name = number ?? match(nameCharacters, text, at);
  if (name === undefined) {
    return {
      kind: 'error',
      offset: dollar,
      message: "no variable name after '$'",
      expected: "a name, '{' or '1'",
      advice: "write $$ for a plain '$'; quotes and backslashes do not protect it",
    };
  }
  if (number !== undefined && number !== '1') {
    return {
      kind: 'error',
      offset: nameStart,
      message: `there is no service argument ${number}`,
      expected: '1, the only argument a service has',
      advice: 'write ${1} when a digit is to follow',
    };
  }
  at += name.length;
  const variable = number === undefined ? name : undefined;
  if (!isBraced) return { kind: 'reference', name: variable, splits, condition: undefined, end: at };
  if (text.charCodeAt(at) === 125)
    return { kind: 'reference', name: variable, splits, condition: undefined, end: at + 1 };
  const close = text.indexOf('}', at);
  const emptyIsUnset = text.charCodeAt(at) === 58;
  if (emptyIsUnset) at++;
  const operator = text.charAt(at);
  if (operator !== '-' && operator !== '+') {
    return {
      kind: 'error',
      offset: Math.min(at, text.length),
      message: close < 0 && !emptyIsUnset ? "'${' is not closed" : `'${operator}' cannot follow the name in '\${'`,
      expected: emptyIsUnset ? "'-' or '+' after ':'" : "'}', ':-', '-', ':+' or '+'",
    };
  }
  if (close < 0) {
    return {
      kind: 'error',
      offset: dollar,
      message: "'${' is not closed",
      expected: "'}' in the same word",
      advice: 'quote the whole word if it is to contain white space',
    };
  }
  const condition: Condition = { operator, emptyIsUnset, word: text.slice(at + 1, close) };
  return { kind: 'reference', name: variable, splits, condition, end: close + 1 };
}

/** Undefined: the argument is needed and there is none. */
function evaluate(reference: Reference, variables: Variables): string | undefined {
  const { name, condition } = reference;
  const value = name === undefined ? variables.argument : variables.lookUp(name);
  if (!condition) return value ?? (name === undefined ? undefined : '');
  const counts = value !== undefined && !(condition.emptyIsUnset && value === '');
  if (condition.operator === '-') return counts ? value : condition.word;
  return counts ? condition.word : '';
}

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? text.slice(at, pattern.lastIndex) : undefined;
}

/** The words that one word turns into, being collected. */
class Pieces {
  readonly #done: string[] = [];
  #current = '';
  #isKept = false;
  size = 0;

  literal(text: string): void {
    this.keep(text);
  }

  /** Stays in the present word and keeps it even if it is empty. */
  keep(value: string): void {
    this.#current += value;
    this.#isKept = true;
    this.size += value.length;
  }

  split(value: string): void {
    this.size += value.length;
    let at = 0;
    for (const gap of value.matchAll(/[ \t\n\v\f\r]+/g)) {
      this.#current += value.slice(at, gap.index);
      this.#endWord();
      at = gap.index + gap[0].length;
    }
    this.#current += value.slice(at);
  }

  finish(): readonly string[] {
    this.#endWord();
    if (this.#done.length === 0 && this.#isKept) return [''];
    return this.#done;
  }

  #endWord(): void {
    if (this.#current !== '') this.#done.push(this.#current);
    this.#current = '';
  }
}
