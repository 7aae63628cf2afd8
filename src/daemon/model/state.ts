/**
 * The whole state of the engine: plain data that survives `structuredClone` and JSON, so that a daemon that ends can hand it to the next.
 *
 * The caller owns it and passes it to `reduce`, which changes it in place. Everything else only reads it.
 */
import type { Link } from './link.ts';
import type { ServiceId } from './ids.ts';
import type { Service } from './service.ts';

export interface EngineState {
  /** Indexed by ServiceId; null where no such service is loaded. */
  services: (Service | null)[];
  /** Name to id, through `nameKey`. */
  ids: Record<string, ServiceId>;
  /** Names that loaded services mention in `before` or `after` but that are not loaded: who mentions them. Through `nameKey`. */
  placeholders: Record<string, ServiceId[]>;
  /** Indexed by LinkId; null where free. */
  links: (Link | null)[];
  freeLinks: number[];
  /** Binary heap of the services that have a timer, by due time. */
  timers: ServiceId[];
  /** Services that wait for the console, in the order in which they asked. */
  consoleQueue: ServiceId[];
  consoleOwner: ServiceId | null;
  /** How many services are not at rest in stopped. */
  active: number;
  isShuttingDown: boolean;
  /** That nothing is active any more was already reported. */
  isRestReported: boolean;
  /** Of the last service event. */
  sequence: number;
  /** Of the last service loaded. */
  loadOrder: number;
}

/** Service names as keys: none of them means anything to JavaScript objects. */
export const nameKey = (name: string): string => `:${name}`;

export const createState = (): EngineState => ({
  services: [],
  ids: {},
  placeholders: {},
  links: [],
  freeLinks: [],
  timers: [],
  consoleQueue: [],
  consoleOwner: null,
  active: 0,
  isShuttingDown: false,
  isRestReported: true,
  sequence: 0,
  loadOrder: 0,
});
