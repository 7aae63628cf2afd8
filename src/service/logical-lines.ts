/**
 * From the text of a file to logical lines.
 *
 * A physical line that ends with an odd number of backslashes loses the last one and is joined, by a newline character, with the next line of
 * the same file, which must begin with white space. Joining comes before anything else, so a comment that ends in a backslash swallows the
 * line after it. A carriage return before the newline belongs to the line end.
 *
 * A logical line keeps where its physical lines begin, so any offset in it has an exact line and column.
 */
import type { Origin } from './description.ts';
import type { Findings } from './findings.ts';

/** A file being read. */
export interface Source {
  /** The path to show: as configured or written, not resolved. */
  readonly file: string;
  /** Directory part of that path: where `*.d` directories are looked for. */
  readonly directory: string;
  /** Where the file really is: `@include` and `env-file` start there. */
  readonly realDirectory: string;
}

export interface LogicalLine {
  readonly source: Source;
  readonly text: string;
  /** Number of its first physical line, from 1. */
  readonly number: number;
  /** Offsets in `text` at which its second, third... physical line begins. */
  readonly joins: readonly number[];
}

const beyondUtf16 = /[\ud800-\udbff]/;

const noJoins: readonly number[] = [];

/** The place of an offset. Columns count characters, not UTF-16 units. */
export function originAt(line: LogicalLine, offset: number): Origin {
  let start = 0;
  let number = line.number;
  for (const join of line.joins) {
    if (join > offset) break;
    start = join;
    number++;
  }
  if (offset === start) return { file: line.source.file, line: number, column: 1 };
  const before = line.text.slice(start, offset);
  const pairs = beyondUtf16.test(before) ? (before.match(/[\ud800-\udbff]/g)?.length ?? 0) : 0;
  return { file: line.source.file, line: number, column: before.length - pairs + 1 };
}

export class LineReader {
  readonly #source: Source;
  readonly #text: string;
  readonly #findings: Findings;
  #at = 0;
  #number = 0;

  constructor(source: Source, text: string, findings: Findings) {
    this.#source = source;
    this.#text = text;
    this.#findings = findings;
  }

  /** The next logical line; undefined at the end. */
  next(): LogicalLine | undefined {
    if (this.#at >= this.#text.length) return undefined;
    const number = this.#number + 1;
    const first = this.#physical();
    if (!continues(first)) return { source: this.#source, text: first, number, joins: noJoins };
    return this.#joined(first.slice(0, -1), number);
  }

  #joined(first: string, number: number): LogicalLine {
    let text = first;
    const joins: number[] = [];
    for (;;) {
      const line = { source: this.#source, text, number, joins };
      if (this.#at >= this.#text.length) {
        const isAfterNewline = this.#text.endsWith('\n');
        this.#findings.error('description', {
          message: 'the file ends where a line is to be continued',
          origin: isAfterNewline
            ? { file: this.#source.file, line: this.#number + 1, column: 1 }
            : originAt(line, text.length),
          expected: "another line after the '\\'",
          advice: "remove the '\\' at the end of the line",
        });
        return line;
      }
      if (!isWhitespace(this.#text.charCodeAt(this.#at)) || isEmptyLine(this.#text, this.#at)) {
        this.#findings.error('description', {
          message: 'a continuation line does not begin with white space',
          origin: { file: this.#source.file, line: this.#number + 1, column: 1 },
          expected: "white space, because the line before ends with '\\'",
          advice: "indent this line, or remove the '\\' at the end of the line before",
        });
        return line;
      }
      const physical = this.#physical();
      joins.push(text.length + 1);
      if (!continues(physical)) return { ...line, text: `${text}\n${physical}` };
      text = `${text}\n${physical.slice(0, -1)}`;
    }
  }

  #physical(): string {
    const newline = this.#text.indexOf('\n', this.#at);
    let end = newline < 0 ? this.#text.length : newline;
    const next = newline < 0 ? end : newline + 1;
    if (newline > this.#at && this.#text.charCodeAt(newline - 1) === 13) end--;
    const line = this.#text.slice(this.#at, end);
    this.#at = next;
    this.#number++;
    return line;
  }
}

/** Space, tab, newline, vertical tab, form feed, carriage return: what C calls space, and nothing of Unicode's. */
export function isWhitespace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}

export function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && isWhitespace(text.charCodeAt(end - 1))) end--;
  return text.slice(0, end);
}

function isEmptyLine(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code === 10 || (code === 13 && text.charCodeAt(at + 1) === 10);
}

function continues(line: string): boolean {
  let end = line.length;
  if (line.charCodeAt(end - 1) !== 92) return false;
  while (end > 0 && line.charCodeAt(end - 1) === 92) end--;
  return (line.length - end) % 2 === 1;
}
