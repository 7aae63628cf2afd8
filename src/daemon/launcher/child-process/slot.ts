/** What is kept for a service name, over all its plans and processes. */
import type { ServicePlan } from '../../../plan/plan.ts';
import type { Role } from '../../model/service.ts';
import type { SignalScope } from '../process-launcher.ts';
import type { SocketFile } from './activation-socket.ts';
import type { Fifo } from './fifo.ts';
import type { ServiceProcess } from './service-process.ts';

export interface PendingSignal {
  readonly signal: number;
  readonly scope: SignalScope;
}

/** While a start is prepared there is no process to signal yet: what comes for it is kept. */
export type RoleProcess =
  | { readonly kind: 'preparing'; readonly run: number; readonly signals: PendingSignal[] }
  | { readonly kind: 'running'; readonly run: number; readonly process: ServiceProcess };

/** Where a service writes to: a log of ours, or the service that consumes it. Both ends stay open over its restarts, so nothing is lost. */
export interface OutputPipe {
  readonly use: 'log' | 'consumer';
  readonly fifo: Fifo;
}

export interface Slot {
  readonly number: number;
  readonly name: string;
  generation: number;
  plan: ServicePlan | undefined;
  output: OutputPipe | undefined;
  socketFile: SocketFile | undefined;
  /** When the last start command of a bgprocess began, in the ticks of /proc. */
  begun: number | undefined;
  readonly processes: Partial<Record<Role, RoleProcess>>;
}

/** Numbers for service names: given when a name first appears, never used for another. */
export class Slots {
  readonly #byNumber: Slot[] = [];
  readonly #byName = new Map<string, Slot>();

  named(name: string): Slot {
    const known = this.#byName.get(name);
    if (known) return known;
    const slot: Slot = {
      number: this.#byNumber.length,
      name,
      generation: 0,
      plan: undefined,
      output: undefined,
      socketFile: undefined,
      begun: undefined,
      processes: {},
    };
    this.#byNumber.push(slot);
    this.#byName.set(name, slot);
    return slot;
  }

  find(number: number): Slot | undefined {
    return this.#byNumber[number];
  }

  [Symbol.iterator](): IterableIterator<Slot> {
    return this.#byNumber.values();
  }
}
