/**
 * Reads the lines of a service file into a draft.
 *
 * A line is a setting (`NAME = VALUE`, with `=`, `:` or `+=`), a meta-command (`@include PATH`, `@include-opt PATH`, `@meta ...`) or a comment.
 * After a bad line reading goes on with the next one, so all problems of a file come out at once.
 */
import { substitutedText, type Reading } from './entry.ts';
import { includeCountLimit, includeDepthLimit } from './limits.ts';
import { LineReader, isWhitespace, originAt, type LogicalLine, type Source } from './logical-lines.ts';
import { nameExpectation, parseServiceName } from './names.ts';
import { directoryPart, joinPath } from './paths.ts';
import { fileProblem, type FileContent } from './service-files.ts';
import { settings } from './settings.ts';
import { didYouMean } from './suggestion.ts';
import { decodeText } from './text-decoding.ts';
import { readWords } from './words.ts';

/** Reads the file that `content` is, and what it includes. */
export function readServiceFile(reading: Reading, content: FileContent, file: string): void {
  new Reader(reading).read(content, file);
}

const plus = 43;
const colon = 58;
const equals = 61;
const hash = 35;
const atSign = 64;

const settingName = /[A-Za-z0-9_.\-\u0080-\uffff]+/y;
const metaWord = /@[^ \t\n\v\f\r]*/y;

class Reader {
  readonly #reading: Reading;
  /** Real paths of the files open now, outermost first. */
  readonly #open: string[] = [];
  #includes = 0;

  constructor(reading: Reading) {
    this.#reading = reading;
  }

  read(content: FileContent, file: string): void {
    const decoded = decodeText(content.bytes, file);
    if (decoded.kind === 'problem') {
      this.#reading.findings.error('description', decoded.problem);
      return;
    }
    this.#open.push(content.path);
    const source: Source = { file, directory: directoryPart(file), realDirectory: content.directory };
    const lines = new LineReader(source, decoded.text, this.#reading.findings);
    for (let line = lines.next(); line; line = lines.next()) this.#readLine(line);
    this.#open.pop();
  }

  #readLine(line: LogicalLine): void {
    const at = skipSpace(line.text, 0);
    if (at === line.text.length) return;
    const first = line.text.charCodeAt(at);
    if (first === hash) return;
    if (first === atSign) this.#readMeta(line, at);
    else this.#readSetting(line, at);
  }

  #readSetting(line: LogicalLine, nameStart: number): void {
    const { text } = line;
    const reading = this.#reading;
    settingName.lastIndex = nameStart;
    const nameEnd = settingName.test(text) ? settingName.lastIndex : nameStart;
    const operatorStart = skipSpace(text, nameEnd);
    const operator = text.charCodeAt(operatorStart);
    const isAddition = operator === plus && text.charCodeAt(operatorStart + 1) === equals;
    const isNamed = nameEnd > nameStart && canBeginName(text.charCodeAt(nameStart));
    if (!isNamed || !(isAddition || operator === equals || operator === colon)) {
      this.#refuseLine(line, isNamed ? operatorStart : nameStart, isNamed ? text.slice(nameStart, nameEnd) : undefined);
      return;
    }
    const written = text.slice(nameStart, nameEnd);
    const setting = settings.get(written);
    const origin = originAt(line, nameStart);
    if (!setting) {
      const advice = didYouMean(written, settings.keys());
      reading.findings.error('description', { message: 'unknown setting', origin, found: written, ...advice });
      return;
    }
    if (isAddition && !setting.adds) {
      reading.findings.error('description', {
        message: "'+=' cannot be used with this setting",
        origin: originAt(line, operatorStart),
        setting: setting.name,
        expected: "'=' or ':'",
        found: '+=',
      });
      return;
    }
    const valueStart = operatorStart + (isAddition ? 2 : 1);
    reading.draft.origins[setting.name] = origin;
    const words = readWords(line, valueStart, reading.findings);
    if (!words) return;
    setting.read(reading, { setting: setting.name, line, nameStart, valueStart, isAddition, words });
  }

  #refuseLine(line: LogicalLine, offset: number, name: string | undefined): void {
    this.#reading.findings.error('description', {
      message: name === undefined ? 'not a setting' : `no operator after '${name.slice(0, 40)}'`,
      origin: originAt(line, offset),
      expected: name === undefined ? "NAME = VALUE, an '@' command or a comment" : "'=', ':' or '+='",
      found: line.text.slice(offset),
    });
  }

  #readMeta(line: LogicalLine, start: number): void {
    metaWord.lastIndex = start;
    metaWord.test(line.text);
    const end = metaWord.lastIndex;
    const command = line.text.slice(start, end);
    switch (command) {
      case '@include':
        this.#include(line, end, command, false);
        break;
      case '@include-opt':
        this.#include(line, end, command, true);
        break;
      case '@meta':
        this.#readMetaLine(line, end);
        break;
      default:
        this.#reading.findings.error('description', {
          message: "unknown '@' command",
          origin: originAt(line, start),
          expected: '@include, @include-opt or @meta',
          found: command,
          ...didYouMean(command, ['@include', '@include-opt', '@meta']),
        });
    }
  }

  #include(line: LogicalLine, from: number, command: string, isOptional: boolean): void {
    const { findings, variables, files } = this.#reading;
    const words = readWords(line, from, findings);
    if (!words) return;
    const origin = originAt(line, words[0]?.start ?? from);
    if (words.length !== 1) {
      findings.error('description', {
        message: `${command} takes one path`,
        origin: words[1] ? originAt(line, words[1].start) : origin,
        expected: 'exactly one path',
        found: words.length === 0 ? '' : words.map((word) => word.text).join(' '),
        advice: 'quote a path that contains white space',
      });
      return;
    }
    const path = substitutedText(words, variables, findings, command);
    if (path === undefined) return;
    if (path === '') {
      findings.error('description', { message: `${command} takes one path`, origin, expected: 'a path', found: '' });
      return;
    }
    const content = files.readRegularFile(joinPath(line.source.realDirectory, path));
    if (content.kind === 'absent') {
      if (isOptional) return;
      const advice = '@include-opt ignores a file that is missing';
      findings.error('load', { message: `cannot include ${path}: no such file`, origin, setting: command, advice });
    } else if (content.kind === 'refused') {
      findings.error('load', fileProblem('included file', content, origin, command));
    } else if (this.#mayOpen(content.path, origin, command)) {
      this.read(content, joinPath(line.source.realDirectory, path));
    }
  }

  #mayOpen(path: string, origin: ReturnType<typeof originAt>, setting: string): boolean {
    const { findings } = this.#reading;
    const repeats = this.#open.indexOf(path);
    if (repeats >= 0) {
      const way = [...this.#open.slice(repeats), path].join(' -> ');
      findings.error('load', { message: `a file includes itself: ${way}`, origin, setting });
      return false;
    }
    if (this.#open.length >= includeDepthLimit) {
      const message = `files include each other too deeply: at most ${includeDepthLimit} can be open`;
      findings.error('load', { message, origin, setting });
      return false;
    }
    this.#includes++;
    if (this.#includes > includeCountLimit) {
      if (this.#includes === includeCountLimit + 1) {
        const message = `too many included files: at most ${includeCountLimit} for one service`;
        findings.error('load', { message, origin, setting });
      }
      return false;
    }
    return true;
  }

  /** `@meta` is for tools; only `enable-via` means something to us, and nothing in it can be an error. */
  #readMetaLine(line: LogicalLine, from: number): void {
    const { draft, findings } = this.#reading;
    const words = line.text
      .slice(from)
      .split(/[ \t\n\v\f\r]+/)
      .filter((word) => word !== '');
    if (words[0] !== 'enable-via') return;
    const name = parseServiceName(words[1] ?? '');
    if (words.length === 2 && name.kind === 'name') {
      draft.enableVia = name.full;
      return;
    }
    findings.warn({
      message: "'@meta enable-via' is ignored: it takes one service name",
      origin: originAt(line, skipSpace(line.text, from)),
      expected: nameExpectation,
      found: words.slice(1).join(' '),
    });
  }
}

/** Not a digit, `-` or `.`. */
function canBeginName(code: number): boolean {
  return !(code >= 48 && code <= 57) && code !== 45 && code !== 46;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && isWhitespace(text.charCodeAt(at))) at++;
  return at;
}
