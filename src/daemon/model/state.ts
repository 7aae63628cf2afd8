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
  /** Indexed by LinkId; null where free. */
  links: (Link | null)[];
  freeLinks: number[];
  /** Binary heap of the services that have a timer, by due time. */
  timers: ServiceId[];
  /** Services in the order in which they asked for the console; the first may be its owner. */
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

export const createState = (): EngineState => ({
  services: [],
  ids: {},
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
