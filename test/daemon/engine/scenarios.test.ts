/**
 * What was recorded from the stock program, played with the engine. Recorded defects are played in their mended form. Scenarios that need real
 * processes, files or the stock client are left to the system tests; the last test says which and why.
 */
import { describe, expect, test } from 'vitest';
import { NotPlayable, areScenariosThere, readScenarios, scenarioFiles } from './support/scenario.ts';
import { ScenarioPlayer } from './support/scenario-player.ts';

/** Where reeve decides otherwise on purpose; docs/dinit-differences.md says why. */
const differences: Readonly<Record<string, string>> = {
  'cgroup-missing': 'the setting is refused until it can be honoured',
  'pass-cs-fd': 'the option is refused until it can be honoured',
  'pin-table-started-stop': 'a restart of what is pinned stopped is refused, as a start would be',
  'reload-bad-description': 'a failed reload leaves nothing loaded that it came across',
  'stop-while-starting-dependents': 'the cancelled dependent is told after its dependency, and with its reason',
};

describe.skipIf(!areScenariosThere)('the engine does what was recorded (skipped: needs ../shared/fixtures)', () => {
  const left = new Map<string, number>();
  let played = 0;

  for (const file of scenarioFiles()) {
    describe(file, () => {
      for (const scenario of readScenarios(file)) {
        const why = differences[scenario.name];
        const title = `${scenario.name}: ${scenario.instead?.text ?? scenario.shows}`;
        test(why === undefined ? title : `${title}, but ${why}`, (context) => {
          const player = new ScenarioPlayer(scenario);
          try {
            if (why === undefined) player.play();
            else expect(() => player.play()).toThrow();
            expect(player.checks).toBeGreaterThan(0);
          } catch (error) {
            if (!(error instanceof NotPlayable)) throw error;
            left.set(error.message, (left.get(error.message) ?? 0) + 1);
            return context.skip(error.message);
          }
          played += 1;
          return undefined;
        });
      }
    });
  }

  test('most scenarios need nothing real', () => {
    const reasons = [...left].toSorted(([, a], [, b]) => b - a).map(([reason, count]) => `${count}: ${reason}`);
    process.stdout.write(`engine: ${played} recorded scenarios played; not played: ${reasons.join('; ')}\n`);
    expect(played).toBeGreaterThan(400);
  });
});
