/** What is written down so that the next daemon can go on, or nothing where there is no next daemon. */
import type { Journal } from './journal.ts';

export type StateJournal = Pick<Journal, 'record' | 'flush' | 'compact' | 'read'>;

/** Portable mode: services do not outlive the process that watches them, so there is nothing that could be gone on with. */
export class NoJournal implements StateJournal {
  record(): void {}

  flush(): void {}

  compact(): void {}

  read(): { readonly damage: undefined } {
    return { damage: undefined };
  }
}
