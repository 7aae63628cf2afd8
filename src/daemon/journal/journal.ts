/**
 * What a daemon must know of its predecessor: the engine's state once, and every event that the engine was given since then. The engine is a pure
 * function of both, so the next daemon is where this one was.
 *
 * Descriptions are not written: they are in the plans that the launcher keeps. A service is recorded with the number of its plan generation. An
 * event that makes an older generation useless (reload, unload) is followed by a new snapshot, so that nothing refers to it.
 */
import type { EngineEvent, Request } from '../engine/event.ts';
import type { ServiceId } from '../model/ids.ts';
import type { Service } from '../model/service.ts';
import type { EngineState } from '../model/state.ts';
import type { SupervisedDescription } from '../model/supervised-description.ts';
import type { Origin } from '../history/step-record.ts';
import { JournalFile } from './journal-file.ts';

/** Where a description comes from. */
export type DescriptionLookup = (id: ServiceId, generation: number) => SupervisedDescription | undefined;

type LoadEvent = Extract<Request, { readonly kind: 'load' }>;
type JournaledEvent =
  | Exclude<EngineEvent, LoadEvent>
  | (Omit<LoadEvent, 'services'> & { readonly services: readonly [ServiceId, number][] });

/** What the next daemon gets besides the state: it goes into the snapshot as it is. */
export interface JournalAppendix {
  write(state: EngineState): unknown;
}

interface Snapshot {
  readonly state: Omit<EngineState, 'services'> & {
    readonly services: readonly (Omit<Service, 'description'> | null)[];
  };
  readonly generations: readonly (readonly [ServiceId, number])[];
  /** The daemon went to sleep with this as its last word. */
  readonly isAsleep: boolean;
  readonly appendix: unknown;
}

export interface JournalEvent {
  readonly event: EngineEvent;
  readonly now: number;
  readonly origin: Origin | undefined;
}

/** A former daemon's legacy, ready to be replayed. */
export interface Legacy {
  readonly state: EngineState;
  readonly generations: ReadonlyMap<ServiceId, number>;
  readonly events: readonly JournalEvent[];
  /** What was appended to the state, as JSON. */
  readonly appendix: unknown;
  readonly damage: string | undefined;
  /** The former daemon did not die, it went to sleep. */
  readonly isAsleep: boolean;
}

/** Compact when the events have grown beyond the snapshot, and are worth the work. */
const leastGrowth = 256 * 1024;

export class Journal {
  readonly #file: JournalFile;
  readonly #generationOf: (id: ServiceId) => number;
  readonly #appendix: JournalAppendix | undefined;
  #pending: string[] = [];
  #snapshotSize = 0;

  constructor(descriptor: number, generationOf: (id: ServiceId) => number, appendix?: JournalAppendix) {
    this.#file = new JournalFile(descriptor);
    this.#generationOf = generationOf;
    this.#appendix = appendix;
  }

  record(event: EngineEvent, now: number, origin?: Origin): void {
    const journaled: JournaledEvent =
      event.kind === 'load'
        ? {
            ...event,
            services: event.services.map(({ id }) => [id, this.#generationOf(id)] as const).map(([i, g]) => [i, g]),
          }
        : event;
    this.#pending.push(JSON.stringify(origin ? [now, journaled, origin] : [now, journaled]));
  }

  /** Writes what was recorded. To be called before anything that follows from it leaves this process. */
  flush(state: EngineState): void {
    if (this.#pending.length === 0) return;
    if (this.#snapshotSize === 0 || this.#file.size > this.#snapshotSize * 2 + leastGrowth) {
      this.compact(state);
      return;
    }
    this.#file.append([`[${this.#pending.join(',')}]`]);
    this.#pending = [];
  }

  compact(state: EngineState, isAsleep = false): void {
    const services = state.services.map((service) => {
      if (!service) return null;
      const { description: _description, ...rest } = service;
      return rest;
    });
    const generations = services.flatMap((service) =>
      service ? [[service.id, this.#generationOf(service.id)] as const] : [],
    );
    const appendix = this.#appendix?.write(state);
    const snapshot: Snapshot = { state: { ...state, services }, generations, isAsleep, appendix };
    this.#pending = [];
    this.#file.compact(JSON.stringify(snapshot));
    this.#snapshotSize = this.#file.size;
  }

  /** Undefined when there is nothing that can be used; `damage` then says why, if there is a reason. */
  read(lookup: DescriptionLookup): Legacy | { readonly damage: string | undefined } {
    const { snapshot, entries, damage } = this.#file.read();
    if (!snapshot) return { damage };
    try {
      const { state, generations, isAsleep, appendix } = JSON.parse(snapshot.toString('utf8')) as Snapshot;
      const known = new Map(generations);
      const describe = (id: ServiceId, generation: number): SupervisedDescription => {
        const description = lookup(id, generation);
        if (!description) throw new Error(`plan ${generation} of service ${id} is gone`);
        return description;
      };
      const services = state.services.map(
        (service): Service | null =>
          service && { ...service, description: describe(service.id, known.get(service.id) ?? 0) },
      );
      const turns = entries.flatMap(
        (entry) => JSON.parse(entry.toString('utf8')) as [number, JournaledEvent, Origin?][],
      );
      const events = turns.map(([now, journaled, origin]) => {
        if (journaled.kind !== 'load') return { now, event: journaled, origin };
        for (const [id, generation] of journaled.services) known.set(id, generation);
        const loaded = journaled.services.map(([id, generation]) => ({ id, description: describe(id, generation) }));
        return { now, event: { ...journaled, services: loaded }, origin };
      });
      return {
        state: { ...state, services },
        generations: known,
        events,
        appendix,
        damage,
        isAsleep,
      };
    } catch (error) {
      return { damage: error instanceof Error ? error.message : String(error) };
    }
  }
}
