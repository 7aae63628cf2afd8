/**
 * Service names: `base` or `base@argument`, split at the first `@`. The file looked up is called `base`; the full name is the instance.
 *
 * The base consists of ASCII letters, digits, `.`, `_`, `-` and any character from U+00A0 on, and does not begin with `.`. The argument may hold
 * anything but `/` and control characters: it is substituted into paths and commands of files that root wrote, while the one who asks for the
 * instance may be less than root, so it must not be able to name another directory.
 */
import { nameLimit } from './limits.ts';

export interface ServiceName {
  readonly kind: 'name';
  readonly full: string;
  readonly base: string;
  /** Absent is not the same as empty: `base@` has an empty argument. */
  readonly argument?: string;
}

export interface NameRefusal {
  readonly kind: 'refused';
  /** Completes the sentence "the name ...". */
  readonly reason: string;
}

const basePattern = /^[A-Za-z0-9_\-\u00a0-\ufffc][A-Za-z0-9._\-\u00a0-\ufffc]*$/;
// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const argumentPattern = /^[^/\u0000-\u001f\u007f-\u009f]*$/;

export function parseServiceName(full: string): ServiceName | NameRefusal {
  const at = full.indexOf('@');
  const base = at < 0 ? full : full.slice(0, at);
  if (full === '') return refused('is empty');
  if (base === '') return refused("begins with '@'");
  if (base.startsWith('.')) return refused("begins with '.'");
  if (!basePattern.test(base)) return refused(`contains ${describeCharacter(firstOutside(base, basePattern))}`);
  if (full.length > nameLimit / 4 && Buffer.byteLength(full) > nameLimit) {
    return refused(`is longer than ${nameLimit} bytes`);
  }
  if (at < 0) return { kind: 'name', full, base };
  const argument = full.slice(at + 1);
  if (!argumentPattern.test(argument)) {
    return refused(`contains ${describeCharacter(firstOutside(argument, argumentPattern))} in its argument`);
  }
  return { kind: 'name', full, base, argument };
}

/** What a name looks like, for the `expected` part of a message. */
export const nameExpectation =
  "letters, digits, '.', '_' and '-', not beginning with '.', optionally followed by '@' and an argument without '/'";

function refused(reason: string): NameRefusal {
  return { kind: 'refused', reason };
}

function firstOutside(text: string, pattern: RegExp): string {
  for (const character of text) if (!pattern.test(character) && character !== '.') return character;
  return '.';
}

function describeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (character === ' ') return 'a space';
  if (code < 0x20 || (code >= 0x7f && code < 0xa0)) {
    return `the control character U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  }
  return `'${character}'`;
}
