/**
 * The command that is run for each event: words separated by white space. Double quotes keep white space and disappear; `%n`, `%s` and `%v` stand for the name,
 * what happened, and the value, also inside quotes, and what is put in their place is not split again.
 */

export function splitCommand(text: string): readonly string[] {
  const words: string[] = [];
  let word: string | undefined;
  let isQuoted = false;
  for (const character of text) {
    if (character === '"') {
      isQuoted = !isQuoted;
      word ??= '';
    } else if (!isQuoted && /[ \t\n\v\f\r]/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? '') + character;
    }
  }
  if (word !== undefined) words.push(word);
  return words;
}

export interface Happening {
  readonly name: string;
  readonly status: string;
  /** Empty for services. */
  readonly value: string;
}

/** Anything else behind a `%` stays as it is written. */
export function fillIn(template: readonly string[], { name, status, value }: Happening): readonly string[] {
  const values: Readonly<Record<string, string>> = { n: name, s: status, v: value };
  return template.map((word) => word.replace(/%([nsv])/g, (_, letter: string) => values[letter] ?? ''));
}
