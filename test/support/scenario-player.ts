/**
 * Plays a recorded scenario against the loader, as far as the loader alone decides what happens.
 *
 * The tree is in memory. What a program of the recording would have logged is computed from the description; as soon as a scenario runs something else, its
 * order log is no longer compared. The result is two lists, what was recorded and what came out, for the test to compare.
 */
import type { ServiceDescription } from '../../src/service/description.ts';
import { applyEnvironment, parseEnvironmentFile } from '../../src/service/environment-file.ts';
import { loadServices, type LoadResult } from '../../src/service/load.ts';
import { MemoryFiles } from './memory-files.ts';
import { memoryUsers } from './memory-users.ts';

interface Step {
  readonly ctl?: readonly string[];
  readonly background?: string;
  readonly exit?: number;
  readonly err?: readonly string[];
  readonly order?: readonly string[];
  readonly order_any?: readonly string[];
  readonly states?: Readonly<Record<string, object | null>>;
  readonly write?: string;
  readonly text?: string;
}

export interface Scenario {
  readonly name: string;
  readonly shows: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly directories?: readonly string[];
  readonly links?: Readonly<Record<string, string>>;
  readonly daemon?: {
    readonly arguments?: readonly string[];
    readonly service_directories?: readonly string[];
    readonly environment?: Readonly<Record<string, string>>;
  };
  readonly steps: readonly Step[];
  readonly end: { readonly messages?: readonly string[]; readonly messages_any?: readonly string[] };
  readonly stock_defect?: boolean;
  readonly instead?: { readonly steps: readonly Step[] };
}

const root = '/t';

/** @returns what was recorded and what came out, comparison by comparison */
export function playScenario(scenario: Scenario): {
  readonly recorded: readonly unknown[];
  readonly actual: readonly unknown[];
} {
  const player = new Player(scenario);
  for (const step of scenario.instead?.steps ?? scenario.steps) player.step(step);
  player.checkLines(scenario.end.messages ?? scenario.end.messages_any ?? []);
  return player;
}

class Player {
  readonly #scenario: Scenario;
  readonly #files: Map<string, string>;
  #environment: ReadonlyMap<string, string>;
  readonly #loaded = new Map<string, ServiceDescription>();
  readonly #failed: string[] = [];
  #log: string[] = [];
  #isLogKnown = true;
  readonly recorded: unknown[] = [];
  readonly actual: unknown[] = [];

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
    this.#files = new Map(Object.entries(scenario.files ?? {}).map(([path, text]) => [`${root}/${path}`, here(text)]));
    const own = { PATH: '/usr/bin:/bin', HOME: root, LANG: 'C', ...scenario.daemon?.environment };
    this.#environment = new Map(Object.entries(own));
    const options = scenario.daemon?.arguments ?? [];
    const file = options[options.indexOf('-e') + 1];
    if (options.includes('-e') && file !== undefined) {
      const { steps } = parseEnvironmentFile(this.#files.get(here(file)) ?? '', file);
      this.#environment = applyEnvironment(steps, this.#environment);
    }
  }

  step(step: Step): void {
    if (step.ctl) this.#control(step, step.ctl);
    if (step.states) this.#checkStates(step.states);
    if (step.order && this.#isLogKnown) this.#compare(this.#log, step.order.map(here));
    if (step.order_any && this.#isLogKnown) this.#compare(this.#log.toSorted(), step.order_any.map(here).toSorted());
    if (step.write !== undefined) this.#files.set(`${root}/${step.write}`, here(step.text ?? ''));
  }

  /** Where a recorded message has a line, ours has the same. */
  checkLines(messages: readonly string[]): void {
    if (this.#scenario.stock_defect) return;
    for (const message of messages) {
      const line = /^Error in service .*, line (\d+)\)/.exec(message)?.[1];
      if (line !== undefined) this.#compare(this.#failed.includes(line) ? line : this.#failed, line);
    }
  }

  #control(step: Step, [command = '', ...rest]: readonly string[]): void {
    const name = rest.findLast((word) => !word.startsWith('-')) ?? '';
    const [variable = '', value = ''] = name.split('=');
    switch (command) {
      case '--no-wait':
        this.#control(step, rest);
        break;
      case 'start':
      case 'reload':
        this.#start(step, name, command === 'start');
        break;
      case 'restart':
        this.#run(name, 'stopCommand');
        this.#run(name, 'command');
        break;
      case 'stop':
        this.#run(name, 'stopCommand');
        break;
      case 'setenv':
        this.#environment = new Map(this.#environment).set(variable, value);
        break;
      case 'unsetenv':
        this.#environment = new Map([...this.#environment].filter(([key]) => key !== name));
        break;
    }
  }

  #start(step: Step, name: string, runs: boolean): void {
    const before = runs ? [...this.#loaded.keys()] : [...this.#loaded.keys()].filter((key) => key !== name);
    const result = this.#load([...before, name]);
    const failure = result.failures.find((candidate) => candidate.name === name);
    this.#compare(failure?.class ?? 'loaded', expectedClass(step, failure?.class));
    for (const { problems, class: errorClass } of result.failures) {
      const line = problems[0]?.origin?.line;
      if (errorClass === 'description' && line !== undefined) this.#failed.push(String(line));
    }
    const isNew = (description: ServiceDescription): boolean => !this.#loaded.has(description.name);
    const started = [...result.descriptions.values()].filter(isNew);
    for (const description of started) this.#loaded.set(description.name, description);
    const reloaded = result.descriptions.get(name);
    if (!runs && reloaded) this.#loaded.set(name, reloaded);
    if (!runs || failure) return;
    for (const description of started) this.#run(description.name, 'command');
  }

  #load(names: readonly string[]): LoadResult {
    const { directories = [], links = {}, daemon } = this.#scenario;
    const files = new MemoryFiles({
      files: Object.fromEntries(this.#files),
      directories: directories.map((path) => `${root}/${path}`),
      links: Object.fromEntries(Object.entries(links).map(([path, target]) => [`${root}/${path}`, here(target)])),
      workingDirectory: root,
    });
    return loadServices(names, {
      files,
      users: memoryUsers,
      directories: (daemon?.service_directories ?? [`${root}/sd`]).map(here),
      environment: this.#environment,
      effectiveUid: 0,
      dependencyDepth: 32,
    });
  }

  /** What the recorded program behind a command writes into the order log. */
  #run(name: string, which: 'command' | 'stopCommand'): void {
    const description = this.#loaded.get(name);
    const [program, ...words] = description?.[which] ?? [];
    if (program === undefined || !description) return;
    if (program === `${root}/bin/args`) {
      this.#log.push(['args', ...words.map((word) => `[${word.replaceAll('\n', '\\n')}]`)].join(' '));
    } else if (program === `${root}/bin/vars`) {
      const environment = applyEnvironment(description.environment, this.#environment);
      for (const word of words) {
        const value = environment.get(word);
        this.#log.push(value === undefined ? `${word} unset` : `${word}=${value}`);
      }
    } else this.#isLogKnown = false;
  }

  #checkStates(states: Readonly<Record<string, object | null>>): void {
    for (const [name, state] of Object.entries(states)) {
      this.#compare([name, this.#loaded.has(name)], [name, state !== null]);
    }
  }

  #compare(actual: unknown, recorded: unknown): void {
    this.actual.push(actual);
    this.recorded.push(recorded);
  }
}

function expectedClass(step: Step, actual: string | undefined): string {
  const first = step.err?.[0] ?? '';
  if (first.includes('failed to find service description')) return 'not-found';
  if (first.includes('error in service description')) return 'description';
  if (first.includes('error loading service')) return 'load';
  // Refused by the protocol, or a mended form that says only that it is refused: any class will do.
  const isRefused = step.exit === 1 && (first !== '' || step.err === undefined);
  return isRefused ? (actual ?? 'refused') : 'loaded';
}

function here(text: string): string {
  return text.replaceAll('{DIR}', root);
}
