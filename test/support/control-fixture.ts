/** The real control server over a real Unix socket, with a memory manager behind it. */
import { once } from 'node:events';
import { join } from 'node:path';
import { readControlDefinition } from '../../src/api/control-definition.ts';
import type { ServerLimits } from '../../src/api/varlink/limits.ts';
import type { ServerLog, VarlinkServer } from '../../src/api/varlink/server.ts';
import { defaultGrant, type Grant } from '../../src/api/access/grant.ts';
import { AccessGate } from '../../src/daemon/access/access-gate.ts';
import { createControlServer } from '../../src/daemon/api/control-server.ts';
import { makeListener } from '../../src/daemon/api/listen.ts';
import { type PeerCredentials, assumeOwner } from '../../src/daemon/api/peer-credentials.ts';
import { MemoryManager, type MemoryService } from './memory-manager.ts';
import { makeTemporaryDirectory } from './temporary-directory.ts';

export interface LogLine {
  readonly level: string;
  readonly message: string;
}

export interface ControlFixture extends AsyncDisposable {
  readonly path: string;
  readonly manager: MemoryManager;
  readonly server: VarlinkServer;
  readonly log: readonly LogLine[];
  /** Settles when a line that contains `text` has been logged. */
  logged(text: string): Promise<LogLine>;
}

export interface FixtureOptions {
  readonly limits?: Partial<ServerLimits>;
  readonly credentials?: PeerCredentials;
  readonly ownerUid?: number;
  /** Default: everybody may observe. */
  readonly grants?: readonly Grant[];
  readonly serviceDirectories?: readonly string[];
}

export async function startControlFixture(
  services: Readonly<Record<string, MemoryService>>,
  options: FixtureOptions = {},
): Promise<ControlFixture> {
  const directory = makeTemporaryDirectory();
  const path = join(directory.path, 'control');
  const manager = new MemoryManager(services);
  const log: LogLine[] = [];
  const waiters: { text: string; resolve: (line: LogLine) => void }[] = [];
  const output: ServerLog = {
    write: (level, message) => {
      const line = { level, message };
      log.push(line);
      for (const waiter of waiters) if (message.includes(waiter.text)) waiter.resolve(line);
    },
  };
  const gate = new AccessGate({
    ownerUid: options.ownerUid ?? process.getuid?.() ?? 0,
    grants: options.grants ?? [defaultGrant],
    log: output,
  });
  const server = createControlServer({
    manager,
    inquiries: manager.inquiries,
    info: () => ({
      version: '0.1.0',
      pid: process.pid,
      uid: process.getuid?.() ?? 0,
      mode: 'user',
      since: Date.UTC(2026, 10, 1),
      serviceDirectories: options.serviceDirectories ?? [],
      isShuttingDown: false,
    }),
    gate,
    credentials: options.credentials ?? assumeOwner(process.getuid?.() ?? 0, process.getgid?.() ?? 0),
    log: output,
    definition: readControlDefinition(),
    ...(options.limits && { limits: options.limits }),
  });
  const listener = await makeListener(path, 0o666);
  server.serve(listener);
  const end = async (): Promise<void> => {
    const closed = once(listener, 'close');
    listener.close();
    await server[Symbol.asyncDispose]();
    gate[Symbol.dispose]();
    await closed;
  };
  manager.onShutdown = () => void setImmediate(() => void server[Symbol.asyncDispose]());
  return {
    path,
    manager,
    server,
    log,
    logged: (text) => {
      const line = log.find(({ message }) => message.includes(text));
      return line ? Promise.resolve(line) : new Promise((resolve) => waiters.push({ text, resolve }));
    },
    [Symbol.asyncDispose]: async () => {
      await end();
      directory[Symbol.dispose]();
    },
  };
}
