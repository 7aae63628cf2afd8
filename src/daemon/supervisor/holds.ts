/** Services that somebody refers to and that must stay loaded, as they are, so long: how often each is held. */
export class Holds {
  readonly #counts = new Map<string, number>();

  has(name: string): boolean {
    return this.#counts.has(name);
  }

  /** Until disposed. Disposing more than once does nothing. */
  hold(name: string): Disposable {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
    let isHeld = true;
    return {
      [Symbol.dispose]: () => {
        if (!isHeld) return;
        isHeld = false;
        const count = this.#counts.get(name) ?? 1;
        if (count > 1) this.#counts.set(name, count - 1);
        else this.#counts.delete(name);
      },
    };
  }
}
