/** What a terminal sends for keys. Pure. */

export type Key =
  | { readonly kind: 'character'; readonly character: string }
  | { readonly kind: 'up' | 'down' | 'page-up' | 'page-down' | 'home' | 'end' }
  | { readonly kind: 'enter' | 'escape' | 'backspace' | 'interrupt' };

const sequences: Readonly<Record<string, Key>> = {
  '[A': { kind: 'up' },
  OA: { kind: 'up' },
  '[B': { kind: 'down' },
  OB: { kind: 'down' },
  '[5~': { kind: 'page-up' },
  '[6~': { kind: 'page-down' },
  '[H': { kind: 'home' },
  OH: { kind: 'home' },
  '[1~': { kind: 'home' },
  '[F': { kind: 'end' },
  OF: { kind: 'end' },
  '[4~': { kind: 'end' },
};

const controls: Readonly<Record<string, Key>> = {
  '\r': { kind: 'enter' },
  '\n': { kind: 'enter' },
  '\x7f': { kind: 'backspace' },
  '\b': { kind: 'backspace' },
  '\x03': { kind: 'interrupt' },
  '\x04': { kind: 'interrupt' },
  '\x1b': { kind: 'escape' },
};

/** The pieces: an escape sequence, or one character. An escape that nothing follows is the key of that name. */
const pieces = /(\p{Cc})(\[[\d;]*[A-Za-z~]|O[A-Za-z])|[^]/gu;

/** Keys that nobody knows are left out. */
export function decodeKeys(text: string): readonly Key[] {
  return [...text.matchAll(pieces)].flatMap(([whole, control, sequence]): readonly Key[] => {
    if (sequence !== undefined && control === '\x1b') {
      const known = sequences[sequence];
      return known ? [known] : [];
    }
    // Only an escape begins a sequence.
    return [...whole].flatMap(single);
  });
}

function single(character: string): readonly Key[] {
  const known = controls[character];
  if (known) return [known];
  return /\p{Cc}/u.test(character) ? [] : [{ kind: 'character', character }];
}
