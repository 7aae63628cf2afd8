/** Which connections have handles of which service: to whom its events go, and who stands in the way of an unload. */
export class Holders<T> {
  readonly #holders = new Map<string, Set<T>>();

  add(name: string, holder: T): void {
    const holders = this.#holders.get(name);
    if (holders) holders.add(holder);
    else this.#holders.set(name, new Set([holder]));
  }

  remove(name: string, holder: T): void {
    const holders = this.#holders.get(name);
    holders?.delete(holder);
    if (holders?.size === 0) this.#holders.delete(name);
  }

  of(name: string): Iterable<T> {
    return this.#holders.get(name) ?? [];
  }

  /** Somebody else holds it. */
  isHeldBesides(name: string, holder: T): boolean {
    const holders = this.#holders.get(name);
    return holders !== undefined && (holders.size > 1 || !holders.has(holder));
  }
}
