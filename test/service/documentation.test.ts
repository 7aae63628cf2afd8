/** The page for users agrees with the loader: every setting and option is there, and the examples do what it says. */
import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { optionWords } from '../../src/service/draft.ts';
import * as limits from '../../src/service/limits.ts';
import { optionTypes, settings } from '../../src/service/settings.ts';
import { described } from '../support/load-tree.ts';

const page = fs.readFileSync(new URL('../../docs/service-files.md', import.meta.url), 'utf8');
const rows = page.split('\n').filter((line) => line.startsWith('|'));

/** The rows below a heading. */
function table(heading: string): readonly (readonly string[])[] {
  const lines = page.slice(page.indexOf(heading)).split('\n').slice(2);
  const end = lines.findIndex((line) => !line.startsWith('|'));
  return lines.slice(0, end).map((line) =>
    line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const letters = { process: 'P', bgprocess: 'B', scripted: 'S', internal: 'I', triggered: 'T' } as const;

function typeLetters(types: readonly (keyof typeof letters)[]): string {
  return types.length === 5 ? 'all' : types.map((type) => letters[type]).join(' ');
}

describe('docs/service-files.md', () => {
  test.each([...settings.values()].map((setting) => [setting.name, setting] as const))(
    'names the setting %s',
    (name, setting) => {
      expect(page).toContain(`\`${name}`);
      const row = rows.find((line) => line.split('|')[1]?.includes(`\`${name}\``));
      if (row === undefined) return;
      expect(row.split('|')[1]?.includes('**[reeve]**')).toBe(setting.isAddition ?? false);
      const types = row.split('|').map((cell) => cell.trim());
      const documented = types.find((cell) => /^(all|[PBSIT]( [PBSIT])*)$/.test(cell));
      if (documented !== undefined) expect(documented).toBe(typeLetters(setting.types));
    },
  );

  test.each(optionWords)('names the option %s and the types that have it', (word) => {
    const row = table('| option | types | |').find(([first]) => first?.includes(`\`${word}\``));
    expect(row?.[1]).toBe(typeLetters(optionTypes[word]));
  });

  test('shows what words come out', () => {
    const examples = [...table('| written | words |'), ...table('| written | words |\n|---|---|\n| `x${A}y`')];
    expect(examples.length).toBeGreaterThan(8);
    const wordsOf = (written: string): readonly string[] =>
      described(`type = scripted\ncommand = X ${written.slice(1, -1)}\n`, { environment: { A: 'p  q' } }).command.slice(
        1,
      );
    const told = (words: string): readonly string[] =>
      words === 'none' ? [] : words.split(', ').map((word) => (word === 'an empty one' ? '' : word.slice(1, -1)));
    expect(examples.map(([written = '']) => [written, wordsOf(written)])).toEqual(
      examples.map(([written = '', words = '']) => [written, told(words)]),
    );
  });

  test('shows a service that loads', () => {
    const example = page
      .match(/(?: {4}.*\n)+/)?.[0]
      .replaceAll(/^ {4}/gm, '')
      .replaceAll(/^(depends-on|waits-for|run-as).*\n/gm, '');
    expect(described(example ?? '')).toMatchObject({ type: 'process', restart: { delay: 2000 } });
  });

  test('tells the limits', () => {
    const told = table('| what | at most |').map(([, limit]) => limit);
    const { fileSizeLimit, nameLimit, linkLimit, includeDepthLimit, includeCountLimit } = limits;
    const { valueLimit, dependencyDepthLimit, problemLimit } = limits;
    const numbers = [
      nameLimit,
      linkLimit,
      includeDepthLimit,
      includeCountLimit,
      valueLimit,
      dependencyDepthLimit,
      problemLimit,
    ];
    expect(fileSizeLimit).toBe(1024 ** 2);
    expect(told).toEqual(['1 MiB', ...numbers.map((number) => number.toLocaleString('en')), '107']);
  });
});
