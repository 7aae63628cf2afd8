/** The directory of a scenario, in memory: files that appear and vanish, those that wait for them, and the order log. */

interface Waiter {
  readonly path: string;
  readonly isWanted: () => boolean;
  readonly found: () => void;
}

export const root = '/t';

/** `{DIR}` and paths below it as paths of the directory. */
export const here = (text: string): string => text.replaceAll('{DIR}', root);

export class ScratchPlace {
  readonly #afterPoll: (look: () => void) => void;
  readonly files = new Map<string, string>();
  readonly log: string[] = [];
  #waiters: Waiter[] = [];

  /** `afterPoll`: the helper programs look for files again and again, with a pause between two looks. */
  constructor(afterPoll: (look: () => void) => void) {
    this.#afterPoll = afterPoll;
  }

  /** `path` is below the directory, or absolute. */
  static full(path: string): string {
    return path.startsWith('/') ? path : `${root}/${path}`;
  }

  write(path: string, text: string): void {
    this.files.set(ScratchPlace.full(path), text);
    const ready = this.#waiters.filter(({ path: awaited }) => this.has(awaited));
    this.#waiters = this.#waiters.filter(({ path: awaited }) => !this.has(awaited));
    for (const { isWanted, found } of ready) this.#afterPoll(() => void (isWanted() && found()));
  }

  remove(path: string): void {
    this.files.delete(ScratchPlace.full(path));
  }

  has(path: string): boolean {
    return this.files.has(ScratchPlace.full(path));
  }

  read(path: string): string | undefined {
    return this.files.get(ScratchPlace.full(path));
  }

  /** Calls back when the file is there, at once if it is already; not when nobody wants it any more. */
  whenThere(path: string, isWanted: () => boolean, found: () => void): void {
    if (this.has(path)) found();
    else this.#waiters.push({ path, isWanted, found });
  }

  say(line: string): void {
    this.log.push(line);
  }
}
