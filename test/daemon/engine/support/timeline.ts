/** Virtual time: a clock that moves only when told to, and what is to happen when. */

interface Entry {
  readonly due: number;
  readonly order: number;
  readonly happen: () => void;
}

export class Timeline {
  #now: number;
  #order = 0;
  #entries: Entry[] = [];

  constructor(now: number) {
    this.#now = now;
  }

  get now(): number {
    return this.#now;
  }

  /** When the next entry is due. */
  get next(): number | undefined {
    return this.#entries[0]?.due;
  }

  after(milliseconds: number, happen: () => void): void {
    this.#order += 1;
    const entry = { due: this.#now + milliseconds, order: this.#order, happen };
    const place = this.#entries.findIndex(({ due }) => due > entry.due);
    this.#entries.splice(place === -1 ? this.#entries.length : place, 0, entry);
  }

  /** Makes the first entry happen if it is due. */
  happenNext(): boolean {
    const [first] = this.#entries;
    if (!first || first.due > this.#now) return false;
    this.#entries.shift();
    first.happen();
    return true;
  }

  moveTo(now: number): void {
    this.#now = Math.max(this.#now, now);
  }
}
