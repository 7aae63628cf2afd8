/**
 * What dinit's control protocol shows and asks beyond the common interface of all protocols. Everything here is answered within the call, and listeners are
 * called within the call that causes what they are told, because the protocol says whether an event came before or after a reply.
 */
import type { ShutdownType } from '../../dinit/words.ts';
import type { LogType, ServiceType } from '../../service/description.ts';
import type { ServiceEventFacts } from '../engine/action.ts';
import type { StatusFacts } from '../engine/status.ts';
import type { Caller, ChangeOutcome, CommandReply, RuntimeDependencyKind, ServiceManager } from '../service-manager.ts';

/** What is known of a loaded service, by the engine and from its description. */
export interface ServiceFacts extends StatusFacts {
  /** The service directory that its description was found in. */
  readonly directory: string;
  /** Modification time of the description as it was loaded: nanoseconds since 1970. */
  readonly modified: bigint;
  readonly type: ServiceType;
  readonly logType: LogType;
}

/** A variable of the daemon environment was set (also to what it was) or unset. */
export interface EnvironmentChange {
  readonly name: string;
  /** Undefined: unset. */
  readonly value: string | undefined;
  /** It had a value before. */
  readonly wasSet: boolean;
}

export interface DinitManager extends ServiceManager {
  /** Undefined when it is not loaded. */
  facts(name: string): ServiceFacts | undefined;

  /**
   * Keeps a loaded service from being unloaded or reloaded by anybody until disposed: both are refused as `in-use`. Counted; disposing more than once does
   * nothing.
   */
  hold(name: string): Disposable;

  /** Adds the link and, when `from` is up, starts `to`. @param kind Default: waits-for. */
  enable(
    from: string,
    to: string,
    caller: Caller,
    kind?: RuntimeDependencyKind,
  ): CommandReply | { readonly kind: 'done' };

  /** As `shutdown`; the last type asked for decides what happens when everything has stopped. */
  shutdownAs(type: ShutdownType, caller: Caller): ChangeOutcome;

  /** Calls back for every service event, with the state in that moment, before `subscribe`'s listeners or after them. */
  watch(listener: (event: ServiceEventFacts) => void): Disposable;

  /** Calls back for every change of the daemon environment, before the promise of the change is settled. */
  watchEnvironment(listener: (change: EnvironmentChange) => void): Disposable;
}
