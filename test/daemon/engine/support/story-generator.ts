/** Makes up stories: random services, and steps that mostly make sense in the situation they come in. */
import type { ExitStatus } from '../../../../src/api/service-status.ts';
import type { SupervisedDescription } from '../../../../src/daemon/model/supervised-description.ts';
import { type DependencyKind, dependencyKinds } from '../../../../src/service/description.ts';
import type { Random } from './random.ts';
import { service } from './service.ts';
import type { StoryStep } from './story.ts';
import type { StoryWorld } from './story-world.ts';

export const storyNames = (random: Random): string[] =>
  Array.from({ length: 2 + random.below(7) }, (_, place) => String.fromCodePoint(97 + place));

/** Services without a cycle: each depends only on those before it. */
export function storyDescriptions(random: Random, names: readonly string[]): SupervisedDescription[] {
  return names.map((name) => randomDescription(random, name, names, false));
}

function randomDescription(
  random: Random,
  name: string,
  names: readonly string[],
  mayBeCyclic: boolean,
): SupervisedDescription {
  const type = random.weighted([
    ['process', 8],
    ['bgprocess', 4],
    ['scripted', 6],
    ['internal', 4],
    ['triggered', 2],
  ]);
  const isOwn = type === 'process' || type === 'bgprocess';
  const hasCommand = isOwn || type === 'scripted';
  return {
    ...service(name, {
      type,
      restart: {
        mode: random.pick(['yes', 'yes', 'no', 'on-failure']),
        smoothRecovery: random.chance(0.3),
        delay: random.pick([0, 20, 200]),
        limitInterval: random.pick([0, 300, 10_000]),
        limitCount: random.pick([0, 1, 2, 3]),
      },
      startTimeout: random.pick([0, 50, 1000]),
      stopTimeout: random.pick([30, 500]),
      ...(hasCommand && random.chance(0.35) && { stopCommand: ['/bin/stop'] }),
      ...(type === 'process' && random.chance(0.3) && { readiness: { kind: 'descriptor', descriptor: 3 } }),
      ...(hasCommand && random.chance(0.15) && { console: random.pick(['starts', 'runs', 'shares']) }),
      ...(isOwn && random.chance(0.1) && { termSignal: null }),
      ...(random.chance(0.1) && { chainTo: random.pick([name, ...names]) }),
      options: {
        startInterruptible: random.chance(0.3),
        skippable: random.chance(0.2),
        alwaysChain: random.chance(0.3),
        signalProcessOnly: random.chance(0.2),
        killAllOnStop: !isOwn && type !== 'triggered' && random.chance(0.1),
      },
    }),
    dependencies: randomDependencies(random, name, names, mayBeCyclic),
  };
}

function randomDependencies(
  random: Random,
  name: string,
  names: readonly string[],
  mayBeCyclic: boolean,
): SupervisedDescription['dependencies'] {
  const own = names.indexOf(name);
  const count = random.weighted([
    ['0', 2],
    ['1', 4],
    ['2', 3],
    ['3', 1],
  ]);
  const kinds: readonly [DependencyKind, ...DependencyKind[]] = ['depends-on', 'depends-on', ...dependencyKinds];
  return Array.from({ length: Number(count) }).flatMap(() => {
    const kind = random.pick(kinds);
    const isFree = mayBeCyclic && random.chance(0.1);
    const lower = kind === 'before' ? own + 1 : 0;
    const upper = kind === 'before' ? names.length : own;
    const place = isFree ? random.below(names.length) : lower + random.below(Math.max(upper - lower, 1));
    const other = names[place];
    return other === undefined || (!isFree && (place < lower || place >= upper)) ? [] : [{ kind, name: other }];
  });
}

const exits: readonly [ExitStatus, ...ExitStatus[]] = [
  { kind: 'exited', status: 0 },
  { kind: 'exited', status: 0 },
  { kind: 'exited', status: 1 },
  { kind: 'killed', status: 2 },
  { kind: 'killed', status: 15 },
  { kind: 'core-dump', status: 11 },
];

export function nextStep(random: Random, world: StoryWorld): StoryStep {
  const { launcher, names } = world;
  const some = (choices: readonly unknown[], weight: number): number => (choices.length > 0 ? weight : 0);
  const kind = random.weighted([
    ['deliver', some(launcher.inFlight, 40) + 2],
    ['execute', some(launcher.launched(), 12)],
    ['fail-to-execute', some(launcher.launched(), 1)],
    ['exit', some(launcher.running(), 8)],
    ['ready', some(launcher.unready(), 4)],
    ['close-readiness', some(launcher.unready(), 1)],
    ['pid-file', some(launcher.reads, 8)],
    ['start', 6],
    ['stop', 4],
    ['restart', 2],
    ['wake', 1],
    ['release', 2],
    ['unpin', 2],
    ['trigger', 2],
    ['link', 1.2],
    ['load', 0.6],
    ['unload', 0.6],
    ['reload', 1],
    ['pass', 3],
    ['timer', 0.5],
    ['wait', 3],
    ['hand-over', 0.4],
    ['calm', 0.4],
  ]);
  const place = (): number => random.below(names.length);
  const pick = random.below(1000);
  switch (kind) {
    case 'start':
    case 'stop':
    case 'restart':
    case 'wake':
    case 'release':
      return { kind: 'command', verb: kind, service: place(), pin: random.chance(0.1), force: random.chance(0.5) };
    case 'unpin':
    case 'unload':
      return { kind, service: place() };
    case 'trigger':
      return { kind, service: place(), isSet: random.chance(0.8) };
    case 'link': {
      const link = random.pick(['add-dependency', 'remove-dependency', 'enable', 'disable'] as const);
      const ends = { from: place(), to: place() };
      if (link === 'enable' || link === 'disable') return { kind: link, ...ends };
      return { kind: link, ...ends, dependency: random.pick(['depends-on', 'depends-ms', 'waits-for']) };
    }
    case 'load':
    case 'reload':
      return { kind, description: randomDescription(random, names[place()] ?? '', names, true) };
    case 'exit':
      return { kind, pick, exit: random.pick(exits) };
    case 'pid-file':
      return { kind, pick, isGood: random.chance(0.8) };
    case 'pass':
      return { kind, milliseconds: random.pick([1, 10, 30, 100, 400, 2000]) };
    case 'execute':
    case 'fail-to-execute':
    case 'ready':
    case 'close-readiness':
      return { kind, pick };
    case 'deliver':
    case 'timer':
    case 'wait':
    case 'hand-over':
    case 'calm':
      return { kind };
    default:
      return kind satisfies never;
  }
}
