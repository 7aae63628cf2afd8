/**
 * JSON as a hostile peer may send it. `JSON.parse` alone takes a million levels, hides duplicate keys, and lets text through that other Varlink
 * programs hang up on (lone surrogates, NUL), so a message is checked before it is believed.
 *
 * Most messages come from programs that write the shortest form. Such a text is its own serialisation, which proves without looking at every
 * character that no key occurs twice; only other texts are scanned.
 */
import { MessageError } from './message-error.ts';

export const nestingLimit = 64;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export interface JsonText {
  readonly value: unknown;
  /** Where a key occurs twice in one object, outermost names first: `parameters.name`. */
  readonly duplicate?: string;
}

/** @throws {MessageError} when it is not UTF-8 or not JSON, is nested too deeply, or has text that is not well formed. */
export function parseJsonText(bytes: Uint8Array): JsonText {
  const text = decode(bytes);
  if (mayNestTooDeeply(text) || text.includes('\\u')) return scanAndParse(text);
  const value = parse(text);
  return JSON.stringify(value) === text ? { value } : scanAndParse(text);
}

/**
 * For what a server answers: only decoded, because it is never repeated to anybody.
 * @throws {MessageError} when it is not UTF-8 or not JSON.
 */
export function parseTrustedJsonText(bytes: Uint8Array): unknown {
  return parse(decode(bytes));
}

function decode(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new MessageError('not UTF-8', 0);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new MessageError(error instanceof Error ? error.message : 'not JSON', 0);
  }
}

function mayNestTooDeeply(text: string): boolean {
  return opensMoreThan(text, '{', nestingLimit / 2) || opensMoreThan(text, '[', nestingLimit / 2);
}

function opensMoreThan(text: string, bracket: string, limit: number): boolean {
  let at = -1;
  for (let count = 0; count <= limit; count++) {
    at = text.indexOf(bracket, at + 1);
    if (at === -1) return false;
  }
  return true;
}

function scanAndParse(text: string): JsonText {
  const duplicate = scan(text);
  const value = parse(text);
  return duplicate === undefined ? { value } : { value, duplicate };
}

interface Level {
  /** Names seen so far; undefined in an array. */
  readonly keys: Set<string> | undefined;
  key: string;
  expectsKey: boolean;
}

const plainPattern = /[^"{}[\],:]+/y;

/** Follows the structure only: what is wrong otherwise is found by `JSON.parse`. */
function scan(text: string): string | undefined {
  const levels: Level[] = [];
  let duplicate: string | undefined;
  for (let at = 0; at < text.length;) {
    const level = levels.at(-1);
    switch (text[at]) {
      case '"': {
        const written = text.slice(at, stringEnd(text, at));
        const content = unescape(written, at);
        if (level?.keys && level.expectsKey) {
          if (level.keys.has(content))
            duplicate ??= [...levels.slice(0, -1).map((each) => each.key), content].join('.');
          level.keys.add(content);
          level.key = content;
          level.expectsKey = false;
        }
        at += written.length;
        break;
      }
      case '{':
      case '[':
        if (levels.length === nestingLimit) throw new MessageError(`nested deeper than ${nestingLimit} levels`, at);
        levels.push({ keys: text[at] === '{' ? new Set() : undefined, key: '', expectsKey: text[at] === '{' });
        at++;
        break;
      case '}':
      case ']':
        levels.pop();
        at++;
        break;
      case ',':
        if (level?.keys) level.expectsKey = true;
        at++;
        break;
      case ':':
        at++;
        break;
      default:
        plainPattern.lastIndex = at;
        at += plainPattern.exec(text)?.[0].length ?? 1;
    }
  }
  return duplicate;
}

/** Index after the closing quote. */
function stringEnd(text: string, at: number): number {
  for (let end = text.indexOf('"', at + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text[end - 1 - backslashes] === '\\') backslashes++;
    if (backslashes % 2 === 0) return end + 1;
  }
  throw new MessageError('a string does not end', at);
}

function unescape(written: string, at: number): string {
  if (!written.includes('\\')) return written.slice(1, -1);
  const content = parse(written);
  if (typeof content !== 'string' || content.includes('\0') || !content.isWellFormed()) {
    throw new MessageError('a string holds NUL or half a character', at);
  }
  return content;
}

/** JSON that every Varlink program accepts: text from outside loses NUL and halves of characters. */
export function toJsonText(value: unknown): string {
  const text = JSON.stringify(value);
  return text.includes('\\u') ? JSON.stringify(value, cleanText) : text;
}

function cleanText(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? value.toWellFormed().replaceAll('\0', '\ufffd') : value;
}
