/**
 * The daemon environment as the launcher has it: every service started from now on gets it. The launcher decides what may be changed; this keeps the
 * copy that clients are shown, in step with the launcher's answers.
 */
import type { LauncherEvent } from '../launcher/launcher-event.ts';
import type { EnvironmentChange } from '../dinit/dinit-manager.ts';
import type { ProcessLauncher } from '../launcher/process-launcher.ts';
import type { ChangeOutcome } from '../service-manager.ts';

const largestText = 131_072;

export class Environment {
  readonly #launcher: Pick<ProcessLauncher, 'setEnvironment'>;
  readonly #variables = new Map<string, string>();
  /** The launcher answers changes in order. */
  readonly #waiting: ((outcome: ChangeOutcome) => void)[] = [];
  readonly #watchers = new Set<(change: EnvironmentChange) => void>();
  #isSynced = false;

  constructor(launcher: Pick<ProcessLauncher, 'setEnvironment'>) {
    this.#launcher = launcher;
  }

  get variables(): ReadonlyMap<string, string> {
    return this.#variables;
  }

  /** What came before were the variables that are set; what comes now are answers. */
  synced(): void {
    this.#isSynced = true;
  }

  async change(name: string, value: string | undefined): Promise<ChangeOutcome> {
    const problem = wrong(name, value);
    if (problem !== undefined) return { kind: 'refused', refusal: { kind: 'not-allowed', text: problem } };
    this.#launcher.setEnvironment(name, value);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Calls back for every change, before whoever asked for it is answered. */
  watch(listener: (change: EnvironmentChange) => void): Disposable {
    this.#watchers.add(listener);
    return { [Symbol.dispose]: () => void this.#watchers.delete(listener) };
  }

  answer({ result, text }: Extract<LauncherEvent, { kind: 'environment' }>): void {
    const equals = text.indexOf('=');
    const name = equals < 0 ? text : text.slice(0, equals);
    const wasSet = this.#variables.has(name);
    const value = result === 'set' ? text.slice(equals + 1) : undefined;
    if (value !== undefined) this.#variables.set(name, value);
    if (result === 'unset') this.#variables.delete(name);
    if (!this.#isSynced) return;
    if (result === 'set' || result === 'unset') {
      for (const watcher of this.#watchers) watcher({ name, value, wasSet });
    }
    this.#waiting.shift()?.(outcomeOf(result, name));
  }
}

function wrong(name: string, value: string | undefined): string | undefined {
  if (name === '' || name.includes('=') || name.includes('\0')) {
    return `'${name}' cannot be the name of a variable: it must not be empty nor contain '='`;
  }
  if (value?.includes('\0')) return `the value of ${name} contains a NUL`;
  if (Buffer.byteLength(name) + Buffer.byteLength(value ?? '') + 1 > largestText) {
    return `${name} is too long: name and value must have at most ${largestText - 1} bytes`;
  }
  return undefined;
}

function outcomeOf(result: Extract<LauncherEvent, { kind: 'environment' }>['result'], name: string): ChangeOutcome {
  switch (result) {
    case 'set':
    case 'unset':
      return { kind: 'done' };
    case 'not-allowed': {
      const text = `${name} may not be set here: allow it in reeve.ini, [environment] allow`;
      return { kind: 'refused', refusal: { kind: 'not-allowed', text } };
    }
    case 'too-many':
      return { kind: 'refused', refusal: { kind: 'not-allowed', text: `there is no room for ${name}` } };
    default:
      return result satisfies never;
  }
}
