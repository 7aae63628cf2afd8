/**
 * Compilations under way. One at a time goes to the launcher; names asked for meanwhile are collected and compiled together next.
 */
import type { PlanDescriptions } from '../../plan/planned-service.ts';

/** A compiled plan: `slots[i]` belongs to `descriptions.services[i]`. */
export interface CompiledPlan {
  readonly generation: number;
  readonly descriptions: PlanDescriptions;
  readonly slots: readonly number[];
  /** The slots that run by this plan, as far as the launcher has told. */
  readonly used: readonly number[];
}

export type CompilationResult =
  { readonly kind: 'compiled'; readonly plan: CompiledPlan } | { readonly kind: 'failed'; readonly text: string };

interface Batch {
  readonly names: Set<string>;
  readonly waiting: ((result: CompilationResult) => void)[];
}

export class Compilations {
  readonly #compile: (request: number, names: readonly string[]) => void;
  #running: { readonly request: number; readonly batch: Batch } | undefined;
  #next: Batch | undefined;
  #request = 0;

  constructor(compile: (request: number, names: readonly string[]) => void) {
    this.#compile = compile;
  }

  get isBusy(): boolean {
    return this.#running !== undefined || this.#next !== undefined;
  }

  /** The plan that comes back may hold more than these names. */
  async request(names: readonly string[]): Promise<CompilationResult> {
    this.#next ??= { names: new Set(), waiting: [] };
    const batch = this.#next;
    for (const name of names) batch.names.add(name);
    const result = new Promise<CompilationResult>((resolve) => batch.waiting.push(resolve));
    this.#proceed();
    return result;
  }

  /** A result came from the launcher; false if nobody here asked for it. */
  finish(request: number, result: CompilationResult): boolean {
    if (this.#running?.request !== request) return false;
    const { batch } = this.#running;
    this.#running = undefined;
    for (const resolve of batch.waiting) resolve(result);
    this.#proceed();
    return true;
  }

  #proceed(): void {
    if (this.#running || !this.#next) return;
    this.#request += 1;
    this.#running = { request: this.#request, batch: this.#next };
    this.#next = undefined;
    this.#compile(this.#request, [...this.#running.batch.names]);
  }
}
