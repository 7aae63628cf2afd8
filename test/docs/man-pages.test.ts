/** The man pages name everything that there is. That they are well-formed is checked by mandoc in `npm test`. */
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { commandTable } from '../../src/control/command-table.ts';
import { commandShape, optionShape } from '../../src/control/completion/command-shape.ts';
import { exitCodes } from '../../src/control/session/exit-codes.ts';
import { globalOptionLines } from '../../src/control/session/global-options.ts';
import { parseCommandLine } from '../../src/reeve/command-line.ts';
import { knownKeys } from '../../src/reeve/reeve-ini.ts';
import { settings } from '../../src/service/settings.ts';

const directory = new URL('../../docs/man', import.meta.url).pathname;
const pages = new Map(
  globSync('*.scd', { cwd: directory }).map((name) => [
    basename(name, '.scd'),
    readFileSync(join(directory, name), 'utf8'),
  ]),
);
const page = (name: string): string => pages.get(name) ?? '';

test('there is a man page for every program and file format', () => {
  expect([...pages.keys()].toSorted()).toEqual([
    'reeve-daemon.8',
    'reeve-launcher.8',
    'reeve-logger.8',
    'reeve-service.5',
    'reeve.8',
    'reeve.ini.5',
    'reevectl.1',
  ]);
});

test.each([...pages])(
  '%s begins with its title, says what it is in one line, and refers to pages that exist',
  (name, text) => {
    const [, title, section] = /^(.+)\.(\d)$/.exec(name) ?? [];
    expect(text.split('\n')[0]).toBe(`${title}(${section})`);
    expect(text).toMatch(new RegExp(`\\n# NAME\\n\\n${title} - [^\\n]+\\n\\n`));
    const references = [...text.matchAll(/\*([a-z.-]+)\*\((\d)\)/g)].map(([, other, number]) => `${other}.${number}`);
    expect(references.filter((reference) => !pages.has(reference))).toEqual([]);
  },
);

test('reevectl(1) names every command with its aliases and options', () => {
  const text = page('reevectl.1');
  const entries = text.split('\n').filter((line) => line.startsWith('*'));
  for (const definition of commandTable) {
    const entry = entries.find((line) => new RegExp(`(^|, )\\*${definition.name}\\*`).test(line));
    expect(entry, definition.name).toBeDefined();
    for (const alias of definition.aliases ?? []) expect(entry, definition.name).toContain(`*${alias}*`);
    for (const flag of commandShape(definition).options.flatMap(({ flags }) => flags)) {
      expect(entry, `${definition.name} ${flag}`).toContain(`*${flag}*`);
    }
  }
  for (const { flags } of globalOptionLines.map(optionShape))
    for (const flag of flags) expect(text).toContain(`*${flag}*`);
});

test('reevectl(1) lists every exit status', () => {
  const table = page('reevectl.1').split('# EXIT STATUS')[1]?.split('\n#')[0] ?? '';
  expect([...table.matchAll(/^(?:\[\[|\|) +(\d)$/gm)].map(([, status]) => Number(status))).toEqual(
    Object.values(exitCodes),
  );
});

test('reeve(8) names every option', () => {
  const command = parseCommandLine(['--help'], '1');
  const help = command.action === 'print' ? command.text : '';
  const flags = [...help.matchAll(/^ {2}(?:(-\w), )?(--[\w-]+)/gm)].flatMap(([, short, long]) =>
    [short, long].filter((flag) => flag !== undefined),
  );
  expect(flags.length).toBeGreaterThan(10);
  for (const flag of flags) expect(page('reeve.8')).toContain(`*${flag}*`);
});

test('reeve.ini(5) names every section and setting', () => {
  const text = page('reeve.ini.5');
  for (const [section, keys] of knownKeys) {
    const part = text.split(`\n# [${section}]\n`)[1]?.split('\n# ')[0];
    expect(part, section).toBeDefined();
    for (const key of keys) expect(part, `${section} ${key}`).toContain(`*${key}* = `);
  }
});

test('reeve-service(5) names every setting', () => {
  const text = page('reeve-service.5');
  expect(settings.size).toBeGreaterThan(40);
  for (const name of settings.keys()) expect(text, name).toContain(`*${name}*`);
});
