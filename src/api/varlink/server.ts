/**
 * A Varlink server: interfaces, and the connections that call them. It owns its connections but not the listening socket, which is handed in.
 *
 * Who a client is comes from the kernel when it connects; what it may do is asked for each call. Connections are bounded in all and for each uid,
 * with some kept free for privileged peers, and stay clear of the last descriptors of the process: what cannot be served is closed at once.
 */
import type { Server, Socket } from 'node:net';
import type { Call, JsonObject } from './envelope.ts';
import { defaultLimits, type ServerLimits, unprivileged } from './limits.ts';
import { MessageError } from './message-error.ts';
import type { InterfaceImplementation, Method, Peer } from './method.ts';
import type { MethodMember } from './interface-definition.ts';
import { Parameters } from './parameters.ts';
import { type ConnectionOwner, ServerConnection } from './server-connection.ts';
import { createServiceInterface, type ServerIdentity } from './service-interface.ts';
import { findInvalidField } from './value-check.ts';
import { serviceErrors } from './varlink-error.ts';

export interface ServerLog {
  write(level: 'info' | 'warn' | 'error', message: string, fields?: Readonly<Record<string, unknown>>): void;
}

export interface ServerOptions {
  readonly identity: ServerIdentity;
  readonly interfaces: readonly InterfaceImplementation[];
  /** The credentials of a connection; undefined when it has gone already. */
  readonly identify: (socket: Socket) => Peer | undefined;
  /** The number of the connection's descriptor, where it is known. */
  readonly descriptor?: (socket: Socket) => number | undefined;
  readonly isPrivileged: (peer: Peer) => boolean;
  /** Whether the peer may call this method (`io.reeve.Control.Start`). */
  readonly mayCall: (peer: Peer, method: string) => boolean;
  readonly log: ServerLog;
  readonly limits?: Partial<ServerLimits>;
  /** Called when a connection has gone. */
  readonly onDisconnect?: () => void;
}

interface MethodEntry {
  readonly implementation: InterfaceImplementation;
  readonly member: MethodMember;
  readonly method: Method | undefined;
}

/** Complaints about clients that are written in one interval; the rest is counted. */
const complaintsPerInterval = 20;
const complaintInterval = 10_000;

export class VarlinkServer implements AsyncDisposable {
  readonly #options: ServerOptions;
  readonly #limits: ServerLimits;
  readonly #interfaces = new Set<string>();
  readonly #methods = new Map<string, MethodEntry>();
  readonly #connections = new Set<ServerConnection>();
  readonly #connectionsOfUid = new Map<number, number>();
  readonly #owner: ConnectionOwner;
  #complaints = 0;
  #complaintsSince = 0;

  constructor(options: ServerOptions) {
    this.#options = options;
    this.#limits = { ...defaultLimits, ...options.limits };
    this.#owner = {
      dispatch: (call, connection) => this.#dispatch(call, connection),
      dropped: (connection, reason, error) => this.#complain(connection.peer, `connection dropped: ${reason}`, error),
      closed: (connection) => this.#forget(connection),
    };
    const definitions = options.interfaces.map((each) => each.definition);
    for (const implementation of [createServiceInterface(options.identity, definitions), ...options.interfaces]) {
      const { definition, methods } = implementation;
      this.#interfaces.add(definition.name);
      for (const member of definition.methods.values()) {
        const entry = { implementation, member, method: methods.get(member.name) };
        this.#methods.set(`${definition.name}.${member.name}`, entry);
      }
    }
  }

  get connectionCount(): number {
    return this.#connections.size;
  }

  /** Serves every connection that comes in on `listener`, which must allow half-open connections. */
  serve(listener: Server): void {
    listener.on('connection', (socket) => this.accept(socket));
    listener.on('error', (error) => this.#options.log.write('error', `cannot accept connections: ${error.message}`));
  }

  accept(socket: Socket): void {
    const peer = this.#options.identify(socket);
    const refusal = peer && this.#refusal(socket, peer);
    if (!peer || refusal !== undefined) {
      if (peer) this.#complain(peer, `connection refused: ${refusal}`);
      socket.on('error', () => {});
      socket.destroy();
      return;
    }
    const limits = this.#options.isPrivileged(peer) ? this.#limits : unprivileged(this.#limits);
    const connection = new ServerConnection(socket, peer, limits, this.#owner);
    this.#connections.add(connection);
    this.#connectionsOfUid.set(peer.uid, (this.#connectionsOfUid.get(peer.uid) ?? 0) + 1);
  }

  /** Sends what is on its way and closes every connection. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#connections].map((connection) => connection.end()));
  }

  #refusal(socket: Socket, peer: Peer): string | undefined {
    const limits = this.#limits;
    const descriptor = this.#options.descriptor?.(socket);
    if (limits.highestDescriptor !== undefined && descriptor !== undefined && descriptor > limits.highestDescriptor) {
      return 'out of descriptors';
    }
    if (this.#connections.size >= limits.connections) return `there are ${limits.connections} connections`;
    if (this.#options.isPrivileged(peer)) return undefined;
    if (this.#connections.size >= limits.connections - limits.connectionsReserved) {
      return `there are ${this.#connections.size} connections, the rest is reserved`;
    }
    const own = this.#connectionsOfUid.get(peer.uid) ?? 0;
    return own >= limits.connectionsPerUid ? `uid ${peer.uid} has ${own} connections` : undefined;
  }

  #dispatch(call: Call, connection: ServerConnection): JsonObject | void | Promise<JsonObject | void> {
    const entry = this.#methods.get(call.method);
    if (!entry) throw this.#notFound(call.method);
    const { implementation, member, method } = entry;
    if (!this.#options.mayCall(connection.peer, call.method)) {
      this.#complain(connection.peer, `call refused: ${call.method}`);
      throw serviceErrors.permissionDenied();
    }
    if (!method) throw serviceErrors.methodNotImplemented(call.method);
    if (call.upgrade) throw serviceErrors.invalidParameter('upgrade');
    const invalid = call.duplicate ?? findInvalidField(implementation.definition, member.input, call.parameters);
    if (invalid !== undefined) throw serviceErrors.invalidParameter(invalid);
    return method({
      method: call.method,
      parameters: new Parameters(call.parameters),
      peer: connection.peer,
      stream: call.more ? connection.stream : undefined,
      signal: connection.hangUp,
    });
  }

  #notFound(method: string): Error {
    const dot = method.lastIndexOf('.');
    const name = dot === -1 ? method : method.slice(0, dot);
    return this.#interfaces.has(name) ? serviceErrors.methodNotFound(method) : serviceErrors.interfaceNotFound(name);
  }

  #forget(connection: ServerConnection): void {
    this.#connections.delete(connection);
    const left = (this.#connectionsOfUid.get(connection.peer.uid) ?? 1) - 1;
    if (left > 0) this.#connectionsOfUid.set(connection.peer.uid, left);
    else this.#connectionsOfUid.delete(connection.peer.uid);
    this.#options.onDisconnect?.();
  }

  /** Writes a line about a client, bounded so that clients cannot flood the log. */
  #complain(peer: Peer, message: string, error?: unknown): void {
    const { uid, pid } = peer;
    if (error !== undefined && !(error instanceof MessageError)) {
      this.#options.log.write('error', message, { uid, pid, err: error });
      return;
    }
    const now = performance.now();
    if (now - this.#complaintsSince > complaintInterval) {
      const omitted = this.#complaints - complaintsPerInterval;
      if (omitted > 0) this.#options.log.write('warn', `${omitted} more complaints about clients`, { omitted });
      this.#complaintsSince = now;
      this.#complaints = 0;
    }
    if (++this.#complaints > complaintsPerInterval) return;
    this.#options.log.write('warn', message, { uid, pid, ...(error && { offset: error.offset }) });
  }
}
