/** The Varlink server of the daemon: the control interface, who may use it, and its bounds. */
import { readFileSync } from 'node:fs';
import { parseInterface } from '../../api/varlink/interface-parser.ts';
import type { ServerLimits } from '../../api/varlink/limits.ts';
import { VarlinkServer, type ServerLog } from '../../api/varlink/server.ts';
import type { AccessGate } from '../access/access-gate.ts';
import type { Inquiries, ServiceManager } from '../service-manager.ts';
import { type ControlOptions, createControlInterface, type DaemonInfo } from './control-interface.ts';
import { descriptorOf, type PeerCredentials } from './peer-credentials.ts';

export interface ControlServerOptions {
  readonly manager: ServiceManager;
  readonly inquiries: Inquiries;
  readonly info: () => DaemonInfo;
  readonly gate: AccessGate;
  readonly credentials: PeerCredentials;
  readonly log: ServerLog;
  /** Text of `io.reeve.Control.varlink`. */
  readonly definition: string;
  readonly limits?: Partial<ServerLimits>;
  readonly upgrade?: ControlOptions['upgrade'];
  /** Called when a connection has gone. */
  readonly onDisconnect?: () => void;
}

/** Descriptors that connections leave to the rest of the daemon. */
const reservedDescriptors = 32;

export function createControlServer(options: ControlServerOptions): VarlinkServer {
  const { manager, inquiries, info, gate, credentials, log } = options;
  const definition = parseInterface(options.definition);
  return new VarlinkServer({
    identity: { vendor: 'reeve', product: 'reeve', version: info().version, url: '' },
    interfaces: [
      createControlInterface({
        definition,
        manager,
        inquiries,
        info,
        gate,
        ...(options.upgrade && { upgrade: options.upgrade }),
      }),
    ],
    identify: (socket) => {
      gate.refresh();
      return credentials.of(socket);
    },
    descriptor: descriptorOf,
    isPrivileged: (peer) => gate.rules.isAdmin(peer),
    // Each method asks the gate itself: it knows which service it is about.
    mayCall: () => true,
    log,
    limits: { highestDescriptor: highestDescriptor(), ...options.limits },
    ...(options.onDisconnect && { onDisconnect: options.onDisconnect }),
  });
}

function highestDescriptor(): number | undefined {
  let limits: string;
  try {
    limits = readFileSync('/proc/self/limits', 'utf8');
  } catch {
    return undefined;
  }
  const soft = /^Max open files\s+(\d+)/m.exec(limits)?.[1];
  return soft === undefined ? undefined : Math.max(Number(soft) - reservedDescriptors, 16);
}
