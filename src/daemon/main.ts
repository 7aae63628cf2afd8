/** reeve-daemon: the part that decides. Started by the launcher with fixed descriptors (docs/protocol.md, section 4); this file only wires. */
import type { Server } from 'node:net';
import { join } from 'node:path';
import { readControlDefinition } from '../api/control-definition.ts';
import { readBuildIdentity } from '../api/kept-programs.ts';
import { AccessGate } from './access/access-gate.ts';
import { createControlServer } from './api/control-server.ts';
import { dinitDescriptor, takeListener, varlinkDescriptor } from './api/listen.ts';
import { loadPeerCredentials } from './api/peer-credentials.ts';
import { DinitServer } from './dinit/server.ts';
import { nextDeadline } from './engine/status.ts';
import { NativeLauncher } from './launcher/native.ts';
import { LogClient } from './logs/log-client.ts';
import type { DaemonLog } from './logging/daemon-log.ts';
import { createMetricsServer, serveMetrics } from './metrics/serve-metrics.ts';
import { createTelling } from './narration/telling.ts';
import { type DaemonOptions, parseDaemonOptions } from './options/daemon-options.ts';
import { systemClocks } from './supervisor/clocks.ts';
import { IdleWatch } from './supervisor/idle-watch.ts';
import { LauncherSession } from './supervisor/launcher-session.ts';
import { Supervisor } from './supervisor/supervisor.ts';

/** dinit's log says nothing about daemons of ours. */
function complain(text: string, log: DaemonLog | undefined): void {
  if (log) log.write('error', `reeve: ${text}`);
  else process.stderr.write(`reeve: ${text}\n`);
}

const launcherDescriptor = 3;
const journalDescriptor = 4;

async function serve(options: DaemonOptions): Promise<void> {
  process.title = 'reeve-daemon';
  const { log, narrator, say } = createTelling({ ...options, now: systemClocks.monotonic });
  const launcher = new NativeLauncher(launcherDescriptor);
  const logs = new LogClient(join(options.runDirectory, 'logger.sock'));
  const supervisor: Supervisor = new Supervisor({
    launcher,
    logs,
    log,
    narrator,
    clocks: systemClocks,
    journal: journalDescriptor,
    onAllStopped: (isAsked) => session.allStopped(isAsked),
  });
  const self = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0, pid: process.pid };
  const { promise: synced, resolve: onSynced } = Promise.withResolvers<void>();
  const { promise: begun, resolve: onBegun } = Promise.withResolvers<void>();
  const endsAsDinit = options.style !== undefined;
  const session = new LauncherSession({ supervisor, launcher, log, narrator, self, onSynced, onBegun, endsAsDinit });
  const since = Date.now();
  const identity = readBuildIdentity(new URL('./build.json', import.meta.url));
  const isBusy = (): boolean =>
    !session.hasBooted ||
    listeners.length === 0 ||
    session.isEnding ||
    server.connectionCount + dinit.connectionCount + metrics.connectionCount > 0 ||
    // Nobody but this daemon listens there.
    (options.metrics !== undefined && 'port' in options.metrics) ||
    supervisor.compilations.isBusy ||
    (nextDeadline(supervisor.host.state) ?? Infinity) < systemClocks.monotonic() + options.idleExit;
  const listeners: Server[] = [];
  const idle = new IdleWatch({
    limit: options.idleExit,
    now: systemClocks.monotonic,
    after: systemClocks.after,
    settle: setImmediate,
    isBusy,
    sleep: () => handOver((done) => launcher.sleepUntil(nextDeadline(supervisor.host.state), done)),
  });
  const handOver = (tell: (done: () => void) => void): void => {
    // Who connects from now on waits in the listener's backlog, for the next daemon.
    for (const listener of listeners) listener.close();
    supervisor.host.abandon();
    supervisor.host.saveWhole(true);
    tell(() => process.exit(0));
  };
  const gate = new AccessGate({
    ownerUid: options.ownerUid,
    log,
    ...(options.accessFile !== undefined && { grantFile: options.accessFile }),
  });
  // However it ends, what was refused is told before the log writes its last.
  process.prependOnceListener('exit', () => gate[Symbol.dispose]());
  const credentials = loadPeerCredentials(options.credentialsAddon);
  const server = createControlServer({
    manager: supervisor,
    inquiries: supervisor.inquiries,
    info: () => ({
      version: options.version,
      pid: process.pid,
      uid: self.uid,
      mode: session.mode,
      since,
      serviceDirectories: options.serviceDirectories,
      isShuttingDown: supervisor.host.state.isShuttingDown,
      ...identity,
      runDirectory: options.runDirectory,
      ...(session.formerProgramReason !== undefined && { isFormerProgram: true, why: session.formerProgramReason }),
    }),
    // Once the answer is on its way.
    upgrade: (programs) => void setImmediate(() => handOver((done) => launcher.renew(programs, done))),
    gate,
    credentials,
    log,
    definition: readControlDefinition(),
    onDisconnect: () => idle.touch(),
  });
  const dinit = new DinitServer({
    manager: supervisor,
    gate,
    loadMechanism: { workingDirectory: options.directory, directories: options.serviceDirectories },
    credentials,
    log,
    say,
    onDisconnect: () => idle.touch(),
  });
  const metrics = createMetricsServer({
    version: options.version,
    since,
    state: () => supervisor.host.state,
    chronicle: supervisor.chronicle,
    daemonStarts: () => session.daemonStarts,
    connections: () => server.connectionCount + dinit.connectionCount,
    onDisconnect: () => idle.touch(),
  });
  launcher.open(
    (event) => session.handle(event),
    () => {
      supervisor.host.save();
      idle.touch();
    },
    (reason) => {
      if (!session.isEnding) complain(`the daemon ends: ${reason.message}`, options.style ? undefined : log);
      process.exit(session.isEnding ? 0 : 1);
    },
  );
  // Before that this daemon knows nothing of what a former one has left; clients wait in the backlog.
  await synced;
  listeners.push(await takeListener(varlinkDescriptor));
  for (const listener of listeners) server.serve(listener);
  idle.touch();
  if (options.metrics) {
    await serveMetrics(metrics, options.metrics, log);
    listeners.push(metrics.listener);
  }
  if (!options.hasDinitSocket) return;
  // Whoever is answered there may rely on it that what was to be started is on its way.
  await begun;
  const listener = await takeListener(dinitDescriptor);
  listeners.push(listener);
  dinit.serve(listener);
}

try {
  void serve(parseDaemonOptions(process.argv.slice(2)));
} catch (error) {
  process.stderr.write(`reeve-daemon: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
