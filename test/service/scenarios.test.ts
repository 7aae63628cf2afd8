/**
 * The behaviour recorded from dinit, as far as the loader alone decides it: whether a service loads, with which class of error and on which line
 * it fails, which services are loaded with it, and what words and variables its commands get. Recorded defects are played in their mended form.
 */
import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { playScenario, type Scenario } from '../support/scenario-player.ts';

const directory = new URL('../../../shared/fixtures/dinit/scenarios/', import.meta.url);
const isThere = fs.existsSync(directory);

/** Where reeve decides otherwise on purpose; docs/dinit-differences.md says why. */
const differences: Readonly<Record<string, string>> = {
  'pass-cs-fd': 'the option is refused until it can be honoured',
};

function read(file: string): readonly (readonly [string, Scenario])[] {
  if (!isThere) return [];
  const { scenarios }: { scenarios: readonly Scenario[] } = JSON.parse(
    fs.readFileSync(new URL(file, directory), 'utf8'),
  );
  return scenarios.map((scenario) => [`${file} ${scenario.name}: ${scenario.shows}`, scenario]);
}

const all = [...read('syntax.json'), ...read('settings.json')];
const differs = ([, { name }]: (typeof all)[number]): boolean => Object.hasOwn(differences, name);

describe.skipIf(!isThere)(
  'loadServices() does what was recorded (skipped where the recordings are not beside the repository)',
  () => {
    test('there are recordings', () => {
      expect(all.length).toBeGreaterThan(200);
    });

    test.each(all.filter((item) => !differs(item)))('%s', (_, scenario) => {
      const { actual, recorded } = playScenario(scenario);
      expect(actual).toEqual(recorded);
      expect(actual.length).toBeGreaterThan(0);
    });

    test.each(all.filter(differs))('%s (reeve differs on purpose)', (_, scenario) => {
      const { actual, recorded } = playScenario(scenario);
      expect(actual).not.toEqual(recorded);
    });
  },
);
