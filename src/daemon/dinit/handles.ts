/**
 * The handles of one connection: numbers for services, the smallest unused one first. A service can have any number of them. While it has one it is held, so
 * that nobody else unloads or reloads it.
 */

interface Holding {
  /** Oldest first. */
  readonly handles: number[];
  hold: Disposable | undefined;
}

export class Handles implements Disposable {
  readonly #hold: (name: string) => Disposable;
  readonly #limit: number;
  readonly #names: (string | undefined)[] = [];
  readonly #holdings = new Map<string, Holding>();
  /** No number below it is unused. */
  #lowest = 0;
  #isDisposed = false;

  /** @param hold Holds a service. @param limit The most handles there can be. */
  constructor(hold: (name: string) => Disposable, limit: number) {
    this.#hold = hold;
    this.#limit = limit;
  }

  /** A new handle; undefined when there are too many, or the connection has ended meanwhile. */
  open(name: string): number | undefined {
    if (this.#isDisposed) return undefined;
    while (this.#names[this.#lowest] !== undefined) this.#lowest += 1;
    const handle = this.#lowest;
    if (handle >= this.#limit) return undefined;
    this.#names[handle] = name;
    const holding = this.#holdings.get(name);
    if (holding) holding.handles.push(handle);
    else this.#holdings.set(name, { handles: [handle], hold: this.#hold(name) });
    return handle;
  }

  nameOf(handle: number): string | undefined {
    return this.#names[handle];
  }

  /** Youngest first. */
  of(name: string): readonly number[] {
    return this.#holdings.get(name)?.handles.toReversed() ?? [];
  }

  /** @returns false if there is no such handle. */
  close(handle: number): boolean {
    const name = this.#names[handle];
    const holding = name === undefined ? undefined : this.#holdings.get(name);
    if (name === undefined || !holding) return false;
    this.#forget(handle);
    holding.handles.splice(holding.handles.indexOf(handle), 1);
    if (holding.handles.length === 0) {
      this.#holdings.delete(name);
      holding.hold?.[Symbol.dispose]();
    }
    return true;
  }

  /** Closes every handle of a service. */
  closeAll(name: string): void {
    const holding = this.#holdings.get(name);
    if (!holding) return;
    this.#holdings.delete(name);
    for (const handle of holding.handles) this.#forget(handle);
    holding.hold?.[Symbol.dispose]();
  }

  /** Lets a service go while `action` runs; the handles stay. */
  released<T>(name: string, action: () => T): T {
    const holding = this.#holdings.get(name);
    holding?.hold?.[Symbol.dispose]();
    if (holding) holding.hold = undefined;
    const result = action();
    if (holding && this.#holdings.get(name) === holding) holding.hold = this.#hold(name);
    return result;
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true;
    for (const { hold } of this.#holdings.values()) hold?.[Symbol.dispose]();
    this.#holdings.clear();
    this.#names.length = 0;
  }

  #forget(handle: number): void {
    this.#names[handle] = undefined;
    this.#lowest = Math.min(this.#lowest, handle);
  }
}
