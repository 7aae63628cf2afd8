/** The real server on a socket of its own, with the engine and real processes behind it. */
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Grant } from '../../../src/api/access/grant.ts';
import { AccessGate } from '../../../src/daemon/access/access-gate.ts';
import { assumeOwner } from '../../../src/daemon/api/peer-credentials.ts';
import { makeListener } from '../../../src/daemon/api/listen.ts';
import type { DinitLimits } from '../../../src/daemon/dinit/limits.ts';
import { DinitServer } from '../../../src/daemon/dinit/server.ts';
import { makeTemporaryDirectory } from '../../support/temporary-directory.ts';
import { EngineManager } from './engine-manager.ts';

export interface DinitFixture extends AsyncDisposable {
  readonly directory: string;
  readonly path: string;
  readonly manager: EngineManager;
  readonly server: DinitServer;
  readonly log: readonly string[];
  /** Who asked for which change. */
  readonly audit: readonly string[];
  /** The log in dinit's words; paths without the directory. */
  readonly said: readonly string[];
  plant(tree: Readonly<Record<string, string | null>>): void;
}

export interface FixtureOptions {
  readonly tree: Readonly<Record<string, string | null>>;
  readonly serviceDirectories?: readonly string[];
  readonly limits?: Partial<DinitLimits>;
  /** Who the clients are; default: root, who may do everything. */
  readonly uid?: number;
  readonly grants?: readonly Grant[];
  /** Started before anybody can connect. */
  readonly boot?: string;
}

export async function startDinitFixture({
  tree,
  serviceDirectories = ['services'],
  limits,
  boot,
  uid = 0,
  grants = [],
}: FixtureOptions): Promise<DinitFixture> {
  const place = makeTemporaryDirectory();
  const path = join(place.path, 'ctl');
  const plant = (files: Readonly<Record<string, string | null>>): void => {
    for (const [name, text] of Object.entries(files)) {
      const file = join(place.path, name);
      mkdirSync(text === null ? file : dirname(file), { recursive: true });
      if (text !== null) writeFileSync(file, text.replaceAll('{DIR}', place.path));
    }
  };
  plant(tree);
  const manager = new EngineManager(place.path, serviceDirectories, new Map([['PATH', '/usr/bin:/bin']]));
  const log: string[] = [];
  const said: string[] = [];
  const audit: string[] = [];
  const gate = new AccessGate({ ownerUid: 0, grants, log: { write: (_level, message) => void audit.push(message) } });
  const server = new DinitServer({
    manager,
    gate,
    loadMechanism: { workingDirectory: place.path, directories: serviceDirectories },
    credentials: assumeOwner(uid, 0),
    log: { write: (_, message) => void log.push(message) },
    say: ({ text }) => void said.push(text.replaceAll(`${place.path}/`, '')),
    ...(limits && { limits }),
  });
  if (boot !== undefined) {
    await manager.load(boot);
    manager.command('start', boot, {});
  }
  const listener = await makeListener(path, 0o600);
  server.serve(listener);
  manager.onAllStopped = () => void server[Symbol.asyncDispose]();
  return {
    directory: place.path,
    path,
    manager,
    server,
    log,
    audit,
    said,
    plant,
    [Symbol.asyncDispose]: async () => {
      const closed = once(listener, 'close');
      listener.close();
      await server[Symbol.asyncDispose]();
      await closed;
      await manager[Symbol.asyncDispose]();
      place[Symbol.dispose]();
    },
  };
}
