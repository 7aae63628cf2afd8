/** reeve-daemon: the part that decides. Started by the launcher with fixed descriptors (docs/protocol.md, section 4); this file only wires. */
import { join } from 'node:path';
import { readControlDefinition } from '../api/control-definition.ts';
import { AccessGate } from './access/access-gate.ts';
import { createControlServer } from './api/control-server.ts';
import { takeListener, varlinkDescriptor } from './api/listen.ts';
import { loadPeerCredentials } from './api/peer-credentials.ts';
import { nextDeadline } from './engine/status.ts';
import { NativeLauncher } from './launcher/native.ts';
import type { DaemonLog } from './logging/daemon-log.ts';
import { HumanLog } from './logging/human-log.ts';
import { JsonLog } from './logging/json-log.ts';
import { LogClient } from './logs/log-client.ts';
import { type DaemonOptions, parseDaemonOptions } from './options.ts';
import { systemClocks } from './supervisor/clocks.ts';
import { IdleWatch } from './supervisor/idle-watch.ts';
import { LauncherSession } from './supervisor/launcher-session.ts';
import { Supervisor } from './supervisor/supervisor.ts';

const launcherDescriptor = 3;
const journalDescriptor = 4;

function createLog({ isForeground, logLevel }: DaemonOptions): DaemonLog {
  return isForeground ? new HumanLog(process.stdout, logLevel, systemClocks.monotonic) : new JsonLog(2, logLevel);
}

async function serve(options: DaemonOptions): Promise<void> {
  process.title = 'reeve-daemon';
  const log = createLog(options);
  const launcher = new NativeLauncher(launcherDescriptor);
  const logs = new LogClient(join(options.runDirectory, 'logger.sock'));
  const supervisor: Supervisor = new Supervisor({
    launcher,
    logs,
    log,
    clocks: systemClocks,
    journal: journalDescriptor,
    onAllStopped: (isAsked) => session.allStopped(isAsked),
  });
  const self = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0, pid: process.pid };
  const session = new LauncherSession({ supervisor, launcher, log, self });
  const since = Date.now();
  const isBusy = (): boolean =>
    !session.hasBooted ||
    session.isEnding ||
    server.connectionCount > 0 ||
    supervisor.compilations.isBusy ||
    (nextDeadline(supervisor.host.state) ?? Infinity) < systemClocks.monotonic() + options.idleExit;
  const idle = new IdleWatch({
    limit: options.idleExit,
    now: systemClocks.monotonic,
    after: systemClocks.after,
    isBusy,
    sleep: () => {
      // Who connects from now on waits in the listener's backlog, for the next daemon.
      listener.close();
      supervisor.host.saveWhole(true);
      launcher.sleepUntil(nextDeadline(supervisor.host.state), () => process.exit(0));
    },
  });
  const gate = new AccessGate({
    ownerUid: options.ownerUid,
    log,
    ...(options.accessFile !== undefined && { grantFile: options.accessFile }),
  });
  // However it ends: what was refused has been told.
  process.once('exit', () => gate[Symbol.dispose]());
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
    }),
    gate,
    credentials: loadPeerCredentials(options.credentialsAddon),
    log,
    definition: readControlDefinition(),
    onDisconnect: () => idle.touch(),
  });
  launcher.open(
    (event) => session.handle(event),
    () => {
      supervisor.host.save();
      idle.touch();
    },
    (reason) => {
      if (!session.isEnding) log.write('error', `reeve: the daemon ends: ${reason.message}`);
      process.exit(session.isEnding ? 0 : 1);
    },
  );
  const listener = await takeListener(varlinkDescriptor);
  server.serve(listener);
}

try {
  void serve(parseDaemonOptions(process.argv.slice(2)));
} catch (error) {
  process.stderr.write(`reeve-daemon: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
