/** The environment that every service starts from, as clients have changed it. */

export class ProcessEnvironment {
  readonly #variables: Map<string, string>;

  /** @param assignments `NAME=value` each. */
  constructor(assignments: readonly string[]) {
    this.#variables = new Map(assignments.map(splitAssignment));
  }

  get variables(): ReadonlyMap<string, string> {
    return this.#variables;
  }

  /** `NAME=value` each. */
  get assignments(): readonly string[] {
    return [...this.#variables].map(([name, value]) => `${name}=${value}`);
  }

  change(name: string, value: string | undefined): void {
    if (value === undefined) this.#variables.delete(name);
    else this.#variables.set(name, value);
  }
}

export function splitAssignment(assignment: string): [string, string] {
  const equals = assignment.indexOf('=');
  return [assignment.slice(0, equals), assignment.slice(equals + 1)];
}
