/**
 * A value, split into words.
 *
 * White space separates words and `#` after white space begins a comment up to the next newline. Double quotes keep white space and `#`; a
 * backslash makes the next character ordinary, in quotes and outside. Neither protects `$`: substitution works on the text of the words.
 */
import type { Origin } from './description.ts';
import type { Findings } from './findings.ts';
import { isWhitespace, originAt, type LogicalLine } from './logical-lines.ts';

export interface Word {
  /** Without quotes and backslashes. */
  readonly text: string;
  readonly line: LogicalLine;
  /** Where it begins in the line. */
  readonly start: number;
}

const plainRun = /[^ \t\n\v\f\r"\\#]+/y;
const quotedRun = /[^"\\]+/y;

/** The words from `from` on, or undefined after reporting why there are none. */
export function readWords(line: LogicalLine, from: number, findings: Findings): Word[] | undefined {
  const { text } = line;
  const words: Word[] = [];
  let at = from;
  for (;;) {
    while (at < text.length && isWhitespace(text.charCodeAt(at))) at++;
    if (at >= text.length) return words;
    if (text.charCodeAt(at) === 35) {
      if (words.length === 0) return refuseHash(line, at, findings);
      const newline = text.indexOf('\n', at);
      if (newline < 0) return words;
      at = newline;
      continue;
    }
    const start = at;
    let word = '';
    while (at < text.length) {
      plainRun.lastIndex = at;
      if (plainRun.test(text)) {
        word += text.slice(at, plainRun.lastIndex);
        at = plainRun.lastIndex;
        continue;
      }
      const code = text.charCodeAt(at);
      if (code === 35) return refuseHash(line, at, findings);
      if (code === 92) {
        word += text.charAt(at + 1);
        at += 2;
        continue;
      }
      if (code !== 34) break;
      const end = endOfQuoted(text, at);
      if (end === undefined) {
        findings.error('description', {
          message: 'a quoted text is not closed',
          origin: originAt(line, at),
          expected: "a closing '\"' before the end of the line",
          advice: "write \\\" where a quote is meant literally; to go on in the next line, end this one with '\\'",
        });
        return undefined;
      }
      word += unquoted(text, at + 1, end);
      at = end + 1;
    }
    words.push({ text: word, line, start });
  }
}

/** The words as one text, the white space between them collapsed. */
export function joinWords(words: readonly Word[]): string {
  if (words.length === 1) return words[0]?.text ?? '';
  return words.map((word) => word.text).join(' ');
}

/** Where the character at `offset` of `joinWords(words)` stands in the file. */
export function originInWords(words: readonly Word[], offset: number): Origin | undefined {
  let rest = offset;
  let last: Word | undefined;
  for (const word of words) {
    if (rest <= word.text.length) return originInWord(word, rest);
    rest -= word.text.length + 1;
    last = word;
  }
  return last && originInWord(last, last.text.length);
}

/** Where the character at `offset` of the word's text stands in the file. */
export function originInWord(word: Word, offset: number): Origin {
  const { text } = word.line;
  let at = word.start;
  let rest = offset;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === 34) {
      at++;
      continue;
    }
    if (rest === 0) break;
    at += code === 92 ? 2 : 1;
    rest--;
  }
  return originAt(word.line, at);
}

/** Offset of the closing quote; undefined when there is none. */
function endOfQuoted(text: string, open: number): number | undefined {
  let at = open + 1;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === 34) return at;
    if (code === 92) at += 2;
    else {
      quotedRun.lastIndex = at;
      quotedRun.test(text);
      at = quotedRun.lastIndex;
    }
  }
  return undefined;
}

function unquoted(text: string, from: number, to: number): string {
  const raw = text.slice(from, to);
  return raw.includes('\\') ? raw.replace(/\\([^])/g, '$1') : raw;
}

function refuseHash(line: LogicalLine, at: number, findings: Findings): undefined {
  findings.error('description', {
    message: "a '#' stands where no comment can begin",
    origin: originAt(line, at),
    expected: 'white space between the value and a comment',
    advice: "write \\# or quote the text if '#' belongs to the value; a value cannot be a comment alone",
  });
}
