/** Typed reading of parameters that were checked against the definition of their method. A mismatch here is a mistake in our own tables. */
import type { JsonObject } from './envelope.ts';

export class Parameters {
  readonly #values: JsonObject;

  constructor(values: JsonObject) {
    this.#values = values;
  }

  text(name: string): string {
    return this.optionalText(name) ?? this.#fail(name);
  }

  optionalText(name: string): string | undefined {
    const value = this.#get(name);
    return value === undefined || typeof value === 'string' ? value : this.#fail(name);
  }

  texts(name: string): readonly string[] | undefined {
    const value = this.#get(name);
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) return this.#fail(name);
    return value.map((each: unknown) => (typeof each === 'string' ? each : this.#fail(name)));
  }

  integer(name: string): number {
    return this.optionalInteger(name) ?? this.#fail(name);
  }

  optionalNumber(name: string): number | undefined {
    const value = this.#get(name);
    return value === undefined || typeof value === 'number' ? value : this.#fail(name);
  }

  /** That it has no fraction was checked against the definition. */
  optionalInteger(name: string): number | undefined {
    return this.optionalNumber(name);
  }

  integers(name: string): readonly number[] | undefined {
    const value = this.#get(name);
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) return this.#fail(name);
    return value.map((each: unknown) => (typeof each === 'number' ? each : this.#fail(name)));
  }

  /** False when it was not given. */
  flag(name: string): boolean {
    const value = this.#get(name) ?? false;
    return typeof value === 'boolean' ? value : this.#fail(name);
  }

  #get(name: string): unknown {
    return Object.hasOwn(this.#values, name) ? (this.#values[name] ?? undefined) : undefined;
  }

  #fail(name: string): never {
    throw new TypeError(`the interface definition and its implementation disagree about parameter ${name}`);
  }
}
