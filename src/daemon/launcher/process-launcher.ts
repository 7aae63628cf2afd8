/**
 * What the daemon can have done by a launcher. Everything is a request: nothing is returned, results come as `LauncherEvent`s. Requests made in one turn
 * of the event loop are sent together, after the turn.
 */
import type { Role } from '../model/service.ts';
import type { LauncherEvent } from './launcher-event.ts';

export type SignalScope = 'process' | 'process-group' | 'everything';
export type ConsoleGrant = 'none' | 'shared' | 'exclusive';

export type RenewedComponent = 'daemon' | 'logger';

export interface ProcessLauncher {
  /** A new plan generation with these names and all they need. */
  compile(request: number, names: readonly string[]): void;
  /** From now on these slots run by that generation. */
  use(generation: number, slots: readonly number[]): void;
  discard(generation: number): void;
  forget(slot: number): void;
  launch(slot: number, role: Role, run: number, console: ConsoleGrant): void;
  signal(slot: number, role: Role, signal: number, scope: SignalScope): void;
  readPidFile(slot: number, run: number): void;
  closeSocket(slot: number): void;
  /** Unsets the variable when `value` is undefined. */
  setEnvironment(name: string, value: string | undefined): void;
  clearLog(slot: number): void;
  /** This daemon ends now and is wanted again at `deadline` (monotonic milliseconds), or when something happens. `sent` is called when the launcher has been told. */
  sleepUntil(deadline: number | undefined, sent: () => void): void;
  /** The programs that are on disk now take over; for that of the daemon this one ends. `sent` is called when the launcher has been told. */
  renew(components: readonly RenewedComponent[], sent: () => void): void;
  /** Everything is stopped: the launcher ends with this status, and with it the daemon. */
  exit(status: number): void;
}

export interface LauncherConnection extends ProcessLauncher, Disposable {
  /**
   * Starts the conversation; every event goes to `listener`, in order. `handled` is called after each batch of events, before anything is sent that
   * follows from them. `lost` is called when the launcher is gone or confused.
   */
  open(listener: (event: LauncherEvent) => void, handled: () => void, lost: (reason: Error) => void): void;
}
