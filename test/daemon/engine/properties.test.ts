/**
 * The engine under random stories: clients, processes, time and configuration changes in any order, every statement of `invariants.ts` checked after
 * every event. A story that breaks one is cut down and told in words.
 *
 * REEVE_ENGINE_STEPS sets how many steps are taken (200,000 by default), REEVE_ENGINE_SEED the first story's seed: a number, or `now` for stories
 * that nobody has seen before.
 */
import { expect, test } from 'vitest';
import { Random } from './support/random.ts';
import { asBroken, shrink, tell } from './support/shrink.ts';
import type { Story, StoryStep } from './support/story.ts';
import { nextStep, storyDescriptions, storyNames } from './support/story-generator.ts';
import { StoryWorld } from './support/story-world.ts';

const wantedSteps = Number(process.env['REEVE_ENGINE_STEPS'] ?? 200_000);
const givenSeed = process.env['REEVE_ENGINE_SEED'] ?? '1';
const firstSeed = givenSeed === 'now' ? Date.now() % 1_000_000_000 : Number(givenSeed);
const storySteps = 150;

/** Makes a story up while it is played; its rest is told when it goes wrong. */
function playSeed(seed: number): { readonly steps: number; readonly events: number; readonly failure?: string } {
  const random = new Random(seed);
  const names = storyNames(random);
  const descriptions = storyDescriptions(random, names);
  const steps: StoryStep[] = [];
  let world: StoryWorld | undefined;
  try {
    world = new StoryWorld({ names, descriptions });
    for (let count = 0; count < storySteps; count += 1) {
      const step = nextStep(random, world);
      steps.push(step);
      world.take(step);
    }
    world.finish();
  } catch (error) {
    const story: Story = { names, descriptions, steps };
    const failure = `seed ${seed}: ${asBroken(error).rule}\n${tell(shrink(story))}`;
    return { steps: steps.length, events: world?.events ?? 0, failure };
  }
  return { steps: steps.length, events: world.events };
}

test(
  `reduce() keeps its promises in ${wantedSteps} steps of random stories from seed ${firstSeed}`,
  { timeout: 60 * 60_000 },
  () => {
    let steps = 0;
    let events = 0;
    for (let seed = firstSeed; steps < wantedSteps; seed += 1) {
      const played = playSeed(seed);
      steps += played.steps;
      events += played.events;
      expect(played.failure).toBeUndefined();
    }
    expect(events).toBeGreaterThan(wantedSteps / 4);
  },
);
