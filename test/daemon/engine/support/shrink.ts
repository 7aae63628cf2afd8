/** Cuts a story that breaks a rule down to a short one that breaks the same rule, and tells it. */
import type { SupervisedDescription } from '../../../../src/daemon/model/supervised-description.ts';
import { service } from './service.ts';
import { Broken, type Story } from './story.ts';
import { describeService } from './story-words.ts';
import { StoryWorld } from './story-world.ts';

/** The rule that the story breaks, if it does. Errors of the engine count as rules of their own. */
export function play(story: Story): { readonly world: StoryWorld | undefined; readonly broken: Broken | undefined } {
  let world: StoryWorld | undefined;
  try {
    world = new StoryWorld(story);
    for (const step of story.steps) world.take(step);
    world.finish();
    return { world, broken: undefined };
  } catch (error) {
    return { world, broken: asBroken(error) };
  }
}

export function asBroken(error: unknown): Broken {
  if (error instanceof Broken) return error;
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new Broken(`the engine throws ${text.split('\n')[0] ?? ''}`, text);
}

export function shrink(story: Story): Story {
  const rule = play(story).broken?.rule;
  const isAsBad = (candidate: Story): boolean => play(candidate).broken?.rule === rule;
  let best = story;
  for (let size = 0; size !== best.steps.length + weight(best);) {
    size = best.steps.length + weight(best);
    best = shrinkSteps(best, isAsBad);
    best = simplifyServices(best, isAsBad);
  }
  return best;
}

const weight = ({ descriptions }: Story): number => descriptions.map((one) => describeService(one)).join('').length;

function shrinkSteps(story: Story, isAsBad: (candidate: Story) => boolean): Story {
  let best = story;
  for (let length = Math.ceil(best.steps.length / 2); length >= 1; length = length === 1 ? 0 : Math.ceil(length / 2)) {
    for (let start = 0; start < best.steps.length;) {
      const steps = [...best.steps.slice(0, start), ...best.steps.slice(start + length)];
      const candidate = { ...best, steps };
      if (isAsBad(candidate)) best = candidate;
      else start += length;
    }
  }
  return best;
}

type Simplification = (description: SupervisedDescription) => SupervisedDescription;

const plain = service('plain', { type: 'process' });
const simplifications: readonly Simplification[] = [
  (description) => ({ ...description, dependencies: [] }),
  ...[0, 1, 2, 3].map((place): Simplification => (description) => ({
    ...description,
    dependencies: description.dependencies.filter((_, at) => at !== place),
  })),
  (description) => ({ ...service(description.name), dependencies: description.dependencies }),
  (description) => ({ ...description, options: plain.options }),
  (description) => ({ ...description, restart: plain.restart }),
  (description) => ({ ...description, restart: { ...description.restart, smoothRecovery: false } }),
  (description) => ({ ...description, startTimeout: 0 }),
  (description) => ({ ...description, stopTimeout: 0 }),
  (description) => ({ ...description, stopCommand: [] }),
  (description) => ({ ...description, termSignal: 15 }),
  (description) => ({ ...description, console: 'none' }),
  ({ chainTo: _chainTo, ...description }) => description,
  ({ readiness: _readiness, ...description }) => description,
];

function simplifyServices(story: Story, isAsBad: (candidate: Story) => boolean): Story {
  let best = story;
  for (const { name } of story.descriptions) {
    const without = (description: SupervisedDescription): SupervisedDescription => ({
      ...description,
      dependencies: description.dependencies.filter((dependency) => dependency.name !== name),
    });
    const candidate = {
      ...best,
      descriptions: best.descriptions.filter((description) => description.name !== name).map(without),
    };
    if (isAsBad(candidate)) {
      best = candidate;
      continue;
    }
    for (const simplify of simplifications) {
      const simpler = {
        ...best,
        descriptions: best.descriptions.map((description) =>
          description.name === name ? simplify(description) : description,
        ),
      };
      if (weight(simpler) < weight(best) && isAsBad(simpler)) best = simpler;
    }
  }
  return best;
}

/** The story in words, one line each, and how it ends. */
export function tell(story: Story): string {
  const { world, broken } = play(story);
  return [
    ...story.descriptions.map((description) => `  ${describeService(description)}`),
    ...(world?.told ?? []).map((words, place) => `  ${place + 1}. ${words}`),
    `  then: ${broken?.message ?? 'all is well'}`,
  ].join('\n');
}
