/**
 * The client of a running reeve: look at services, drive them, follow what happens.
 *
 * ```ts
 * using reeve = await connect();
 * await reeve.start('web');
 * const { pid } = await reeve.status('web');
 * ```
 *
 * Commands resolve when what they ask for has happened, and throw a `ControlError` when it does not. Each command that waits, and each stream, has a
 * connection of its own, so nothing here waits for anything else.
 */
import * as decoders from './control-decoders.ts';
import type { AccessReport, CommandProgress, DaemonInfo, Rehearsal } from './control-decoders.ts';
import { toControlError } from './control-error.ts';
import type { Decoder } from './decoder.ts';
import { findSocket, type SocketChoice } from './default-paths.ts';
import type { DependencyLink, HistoryStep } from './history.ts';
import type { ServiceEvent, ServiceStatus, ServiceSummary } from './service-status.ts';
import { ClientConnection } from './varlink/client-connection.ts';
import type { JsonObject } from './varlink/envelope.ts';
import { VarlinkError } from './varlink/varlink-error.ts';

export interface CommandOptions {
  /** Pin the service in the state asked for. */
  readonly pin?: boolean;
  /** Resolve when the command has ended, not when it was accepted. Default true. */
  readonly wait?: boolean;
  /** Called each time that what the service waits for changes. */
  readonly onProgress?: (progress: CommandProgress) => void;
}

export interface StopOptions extends CommandOptions {
  /** Stop what depends on it as well. */
  readonly force?: boolean;
}

export interface CommandResult {
  readonly outcome: 'accepted' | 'already' | 'started' | 'stopped' | 'still-required' | 'enabled';
  /** What ended the command. */
  readonly event?: ServiceEvent;
  /** still-required: the dependents that keep it up; none when it is a pin. */
  readonly requiredBy?: readonly string[];
}

/** First the state of the services, then each event. */
export type Change =
  | { readonly kind: 'state'; readonly services: readonly ServiceSummary[] }
  | { readonly kind: 'event'; readonly event: ServiceEvent };

export interface LogPiece {
  readonly bytes: Buffer;
  /** Bytes that are missing right before these. */
  readonly lost: number;
  /** Bytes of the log before these. It begins anew when the logger does. */
  readonly position: number;
}

export interface LogOptions {
  /** Newest bytes at most; default all there are. */
  readonly lastBytes?: number;
  /** Go on with what comes. */
  readonly follow?: boolean;
}

export type PlannedVerb = 'start' | 'stop' | 'restart' | 'wake' | 'release' | 'shutdown';

export type RuntimeDependencyKind = 'depends-on' | 'depends-ms' | 'waits-for';

const nothing: Decoder<void> = () => {};

/**
 * Connects to the control socket: at the path given, or where REEVE_SOCKET or the defaults say.
 * @throws {ConnectionError} when nobody listens there.
 */
export async function connect(where: string | SocketChoice = {}): Promise<ReeveClient> {
  const choice = typeof where === 'string' ? { path: where } : where;
  const { path } = findSocket(choice, process.env, process.getuid?.());
  return new ReeveClient(path, await ClientConnection.open(path));
}

export class ReeveClient implements Disposable {
  readonly path: string;
  readonly #connection: ClientConnection;
  readonly #others = new Set<ClientConnection>();

  constructor(path: string, connection: ClientConnection) {
    this.path = path;
    this.#connection = connection;
  }

  [Symbol.dispose](): void {
    this.#connection[Symbol.dispose]();
    for (const connection of this.#others) connection[Symbol.dispose]();
  }

  /** Settles when the daemon has closed the connection. */
  get closed(): Promise<void> {
    return this.#connection.closed;
  }

  ping(): Promise<void> {
    return this.#call('Ping', {}, nothing);
  }

  info(): Promise<DaemonInfo> {
    return this.#call('Info', {}, decoders.daemonInfo);
  }

  /** All loaded services, or those of them that are named. */
  list(names?: readonly string[]): Promise<readonly ServiceSummary[]> {
    return this.#collect('List', { ...(names && { names }) }, decoders.listReply, ({ services }) => services);
  }

  async status(name: string): Promise<ServiceStatus> {
    const { service } = await this.#call('Status', { name }, decoders.statusReply);
    return service;
  }

  start(name: string, options: CommandOptions = {}): Promise<CommandResult> {
    return this.#command('Start', { name, ...pinned(options) }, options);
  }

  stop(name: string, options: StopOptions = {}): Promise<CommandResult> {
    return this.#command('Stop', { name, ...pinned(options), ...forced(options) }, options);
  }

  restart(name: string, options: Omit<StopOptions, 'pin'> = {}): Promise<CommandResult> {
    return this.#command('Restart', { name, ...forced(options) }, options);
  }

  wake(name: string, options: CommandOptions = {}): Promise<CommandResult> {
    return this.#command('Wake', { name, ...pinned(options) }, options);
  }

  release(name: string, options: CommandOptions = {}): Promise<CommandResult> {
    return this.#command('Release', { name, ...pinned(options) }, options);
  }

  unpin(name: string): Promise<void> {
    return this.#call('Unpin', { name }, nothing);
  }

  setTrigger(name: string, isSet: boolean): Promise<void> {
    return this.#call('SetTrigger', { name, isSet }, nothing);
  }

  /** True when it was not loaded before. */
  async load(name: string): Promise<boolean> {
    return (await this.#call('Load', { name }, decoders.loadReply)).isNew;
  }

  unload(name: string): Promise<void> {
    return this.#call('Unload', { name }, nothing);
  }

  /** True when it was not loaded before. */
  async reload(name: string): Promise<boolean> {
    return (await this.#call('Reload', { name }, decoders.loadReply)).isNew;
  }

  addDependency(from: string, kind: RuntimeDependencyKind, to: string): Promise<void> {
    return this.#call('AddDependency', { from, kind, to }, nothing);
  }

  removeDependency(from: string, kind: RuntimeDependencyKind, to: string): Promise<void> {
    return this.#call('RemoveDependency', { from, kind, to }, nothing);
  }

  /** Lasts until the daemon ends: making the link on disk is the business of `reevectl enable`. */
  enable(from: string, to: string, options: Omit<CommandOptions, 'pin'> = {}): Promise<CommandResult> {
    return this.#command('Enable', { from, to }, options);
  }

  disable(from: string, to: string): Promise<void> {
    return this.#call('Disable', { from, to }, nothing);
  }

  async environment(): Promise<ReadonlyMap<string, string>> {
    return (await this.#call('GetEnvironment', {}, decoders.environmentReply)).variables;
  }

  setEnvironment(name: string, value: string): Promise<void> {
    return this.#call('SetEnvironment', { name, value }, nothing);
  }

  unsetEnvironment(name: string): Promise<void> {
    return this.#call('UnsetEnvironment', { name }, nothing);
  }

  /** @param signal Its number: `os.constants.signals.SIGHUP`. */
  signal(name: string, signal: number): Promise<void> {
    return this.#call('Signal', { name, signal }, nothing);
  }

  /** Output of a service, oldest first. Leaving the loop ends it. */
  async *readLog(name: string, options: LogOptions = {}): AsyncGenerator<LogPiece, void, void> {
    const { lastBytes, follow } = options;
    const parameters = { name, ...(lastBytes !== undefined && { lastBytes }), ...(follow && { follow }) };
    for await (const { data, lost, position } of this.#ownStream('ReadLog', parameters, decoders.logReply)) {
      if (data !== '' || lost > 0) yield { bytes: Buffer.from(data, 'base64'), lost, position };
    }
  }

  clearLog(name: string): Promise<void> {
    return this.#call('ClearLog', { name }, nothing);
  }

  /** What the caller may do, and why; with `who` (for those who may ask), what a process with these ids could. */
  access(who?: {
    readonly uid: number;
    readonly gid?: number;
    readonly groups?: readonly number[];
  }): Promise<AccessReport> {
    return this.#call('Access', { ...who }, decoders.accessReport);
  }

  /** Everything begins to stop; `closed` tells when the daemon has ended. */
  shutdown(): Promise<void> {
    return this.#call('Shutdown', {}, nothing);
  }

  /** The programs on disk take over: the connection is closed, and the next one goes to the new daemon. */
  upgrade(programs: readonly ('daemon' | 'logger')[]): Promise<void> {
    return this.#call('Upgrade', { programs: [...programs] }, nothing);
  }

  /** What an unfinished shutdown waits for, one line a service. */
  async blockers(): Promise<readonly string[]> {
    return (await this.#call('Blockers', {}, decoders.blockersReply)).blockers;
  }

  /** From the present state of a service back to its first cause, newest first. */
  async why(name: string): Promise<readonly HistoryStep[]> {
    return (await this.#call('Why', { name }, decoders.stepsReply)).steps;
  }

  /** What is known of the past, oldest first. @param since Milliseconds since 1970. */
  history({ names, since }: { readonly names?: readonly string[]; readonly since?: number } = {}): Promise<
    readonly HistoryStep[]
  > {
    const parameters = { ...(names && { names }), ...(since !== undefined && { since }) };
    return this.#collect('History', parameters, decoders.stepsReply, ({ steps }) => steps);
  }

  /** The newest events, oldest first. @param after Only those with a larger sequence number. */
  recentEvents({ names, after }: { readonly names?: readonly string[]; readonly after?: number } = {}): Promise<
    readonly ServiceEvent[]
  > {
    const parameters = { ...(names && { names }), ...(after !== undefined && { after }) };
    return this.#collect('RecentEvents', parameters, decoders.recentEventsReply, ({ events }) => events);
  }

  /** Among all loaded services, or among those named. */
  dependencies(names?: readonly string[]): Promise<readonly DependencyLink[]> {
    return this.#collect('Dependencies', { ...(names && { names }) }, decoders.linksReply, ({ links }) => links);
  }

  /** What a command would do, without doing it. `shutdown` has no name. */
  plan(verb: PlannedVerb, name?: string, options: Pick<StopOptions, 'pin' | 'force'> = {}): Promise<Rehearsal> {
    const parameters = { verb, ...(name !== undefined && { name }), ...pinned(options), ...forced(options) };
    return this.#call('Plan', parameters, decoders.rehearsal);
  }

  /** The services as they are, in one piece, then every event. Leaving the loop ends it. */
  async *events(names?: readonly string[]): AsyncGenerator<Change, void, void> {
    const services: ServiceSummary[] = [];
    for await (const reply of this.#ownStream('Events', { ...(names && { names }) }, decoders.eventsReply)) {
      services.push(...(reply.services ?? []));
      if (reply.isComplete === true) yield { kind: 'state', services };
      if (reply.event) yield { kind: 'event', event: reply.event };
    }
  }

  async #call<T>(method: string, parameters: JsonObject, decode: Decoder<T>): Promise<T> {
    try {
      return decode(await this.#connection.call(`io.reeve.Control.${method}`, parameters));
    } catch (error) {
      throw understood(error);
    }
  }

  /** A list that comes in pieces. */
  async #collect<T, E>(
    method: string,
    parameters: JsonObject,
    decode: Decoder<T>,
    elements: (reply: T) => readonly E[],
  ): Promise<readonly E[]> {
    const all: E[] = [];
    for await (const reply of this.#stream(this.#connection, method, parameters, decode)) all.push(...elements(reply));
    return all;
  }

  async #command(method: string, parameters: JsonObject, options: CommandOptions): Promise<CommandResult> {
    if (options.wait === false) return result(method, await this.#call(method, parameters, decoders.commandReply));
    let last: CommandResult | undefined;
    for await (const reply of this.#ownStream(method, { ...parameters, wait: true }, decoders.commandReply)) {
      if (reply.progress) options.onProgress?.(reply.progress);
      else last = result(method, reply);
    }
    return last ?? result(method, {});
  }

  async *#ownStream<T>(method: string, parameters: JsonObject, decode: Decoder<T>): AsyncGenerator<T, void, void> {
    using connection = await ClientConnection.open(this.path);
    this.#others.add(connection);
    try {
      yield* this.#stream(connection, method, parameters, decode);
    } finally {
      this.#others.delete(connection);
    }
  }

  async *#stream<T>(
    connection: ClientConnection,
    method: string,
    parameters: JsonObject,
    decode: Decoder<T>,
  ): AsyncGenerator<T, void, void> {
    try {
      for await (const reply of connection.stream(`io.reeve.Control.${method}`, parameters)) yield decode(reply);
    } catch (error) {
      throw understood(error);
    }
  }
}

function pinned({ pin }: CommandOptions): { readonly pin?: true } {
  return pin === true ? { pin } : {};
}

function forced({ force }: StopOptions): { readonly force?: true } {
  return force === true ? { force } : {};
}

function result(method: string, reply: ReturnType<typeof decoders.commandReply>): CommandResult {
  const { outcome, event, requiredBy } = reply;
  if (outcome === undefined) throw new TypeError(`${method} was answered without an outcome`);
  return { outcome, ...(event && { event }), ...(requiredBy && { requiredBy }) };
}

function understood(error: unknown): unknown {
  return error instanceof VarlinkError ? toControlError(error) : error;
}
