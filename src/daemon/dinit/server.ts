/** The server of dinit's control protocol: its connections, and who of them is told what. It owns its connections but not the listening socket. */
import type { Server, Socket } from 'node:net';
import type { ServerLog } from '../../api/varlink/server.ts';
import { descriptorOf, type PeerCredentials } from '../api/peer-credentials.ts';
import type { AccessGate, AccessPeer } from '../access/access-gate.ts';
import { answer } from './answer.ts';
import { environmentEvent } from './answer-environment.ts';
import type { LoadMechanism } from './client.ts';
import { Complaints } from './complaints.ts';
import { Connection, type ConnectionOwner } from './connection.ts';
import type { DinitManager } from './dinit-manager.ts';
import { Holders } from './holders.ts';
import { defaultLimits, type DinitLimits } from './limits.ts';
import type { LogText } from './log-text.ts';
import { isGranted } from './request-access.ts';
import { type Rights, serviceRights } from './rights.ts';
import { eventStatus } from './wire-status.ts';

export interface DinitServerOptions {
  readonly manager: DinitManager;
  readonly gate: AccessGate;
  readonly loadMechanism: LoadMechanism;
  readonly credentials: PeerCredentials;
  readonly log: ServerLog;
  readonly limits?: Partial<DinitLimits>;
  /** Takes the lines that dinit would log about requests: loads that failed and the like. */
  readonly say?: (line: LogText) => void;
  /** A connection has ended. */
  readonly onDisconnect?: () => void;
}

export class DinitServer implements AsyncDisposable {
  readonly #options: DinitServerOptions;
  readonly #limits: DinitLimits;
  readonly #owner: ConnectionOwner;
  readonly #connections = new Set<Connection>();
  readonly #holders = new Holders<Connection>();
  readonly #watches: readonly Disposable[];
  readonly #complaints: Complaints;

  constructor(options: DinitServerOptions) {
    const { manager, gate, loadMechanism, say = () => {} } = options;
    this.#options = options;
    this.#complaints = new Complaints(options.log);
    this.#limits = { ...defaultLimits, ...options.limits };
    this.#owner = {
      limits: this.#limits,
      hold: (name, connection) => this.#hold(name, connection),
      isHeldByOthers: (name, connection) => this.#holders.isHeldBesides(name, connection),
      isGranted: (request, client) => isGranted(gate, client.caller, request, { manager, client }),
      answer: (request, client) => answer(request, { manager, client, loadMechanism, say }),
      dropped: ({ caller }, reason, error) =>
        this.#complaints.write(caller, `dinit connection dropped: ${reason}`, error),
      closed: (connection) => {
        this.#connections.delete(connection);
        options.onDisconnect?.();
      },
    };
    this.#watches = [
      manager.watch((event) => {
        const status = eventStatus(event);
        for (const connection of this.#holders.of(event.name)) {
          connection.sendEvent(event.name, event.event, status);
        }
      }),
      manager.watchEnvironment((change) => {
        const information = environmentEvent(change);
        for (const connection of this.#connections) connection.sendEnvironmentEvent(information);
      }),
    ];
  }

  get connectionCount(): number {
    return this.#connections.size;
  }

  /** Serves every connection that comes in on `listener`, which should allow half-open connections. */
  serve(listener: Server): void {
    listener.on('connection', (socket) => this.#accept(socket));
  }

  /** Serves a connection that a service was started with. */
  adopt(socket: Socket, caller: AccessPeer, rights: Rights = serviceRights): void {
    this.#connections.add(new Connection(socket, caller, rights, this.#owner));
  }

  /** Sends what is on its way and closes every connection. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const watch of this.#watches) watch[Symbol.dispose]();
    await Promise.all([...this.#connections].map((connection) => connection.end()));
  }

  #accept(socket: Socket): void {
    this.#options.gate.refresh();
    const caller = this.#options.credentials.of(socket);
    const refusal = caller && this.#refusal(socket);
    if (!caller || refusal !== undefined) {
      if (caller) this.#complaints.write(caller, `dinit connection refused: ${refusal}`);
      socket.on('error', () => {});
      socket.destroy();
      return;
    }
    this.#connections.add(new Connection(socket, caller, 'all', this.#owner));
  }

  #refusal(socket: Socket): string | undefined {
    const { highestDescriptor, connections } = this.#limits;
    const descriptor = descriptorOf(socket);
    if (highestDescriptor !== undefined && descriptor !== undefined && descriptor > highestDescriptor) {
      return 'out of descriptors';
    }
    return this.#connections.size >= connections ? `there are ${connections} connections` : undefined;
  }

  #hold(name: string, connection: Connection): Disposable {
    const hold = this.#options.manager.hold(name);
    this.#holders.add(name, connection);
    return {
      [Symbol.dispose]: () => {
        this.#holders.remove(name, connection);
        hold[Symbol.dispose]();
      },
    };
  }
}
