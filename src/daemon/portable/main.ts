/**
 * Portable mode: daemon, launcher, logger and compiler in one process, without a native part. Started by `reeve --portable`, which becomes this. What it cannot do is
 * said in docs/portable.md; this file only wires.
 */
import fs from 'node:fs';
import type { Server } from 'node:net';
import { constants } from 'node:os';
import { readControlDefinition } from '../../api/control-definition.ts';
import { compilerOption, decodeSettings } from '../../plan/decode-settings.ts';
import { readOwnFile } from '../../plan/own-file.ts';
import type { ControlSocketSettings, Settings } from '../../plan/settings.ts';
import { AccessGate } from '../access/access-gate.ts';
import { createControlServer } from '../api/control-server.ts';
import { makeListener } from '../api/listen.ts';
import { assumeOwner } from '../api/peer-credentials.ts';
import { ChildProcessLauncher } from '../launcher/child-process/child-process-launcher.ts';
import { createCompiler } from '../launcher/child-process/compiler.ts';
import { forwardSignals } from '../launcher/child-process/stop-signals.ts';
import { closeStrayDescriptors } from '../launcher/child-process/stray-descriptors.ts';
import { DinitServer } from '../dinit/server.ts';
import { LocalLogs } from '../logs/in-process/local-logs.ts';
import { createMetricsServer, serveMetrics } from '../metrics/serve-metrics.ts';
import { createTelling } from '../narration/telling.ts';
import { systemClocks } from '../supervisor/clocks.ts';
import { LauncherSession } from '../supervisor/launcher-session.ts';
import { Supervisor } from '../supervisor/supervisor.ts';
import { type PortableOptions, parsePortableOptions } from './options.ts';

/** Milliseconds that the last answers to clients may take. */
const farewell = 1_000;

/** Nobody else needs the file: there is no other process. */
function takeSettings(path: string): Settings {
  const settings = decodeSettings(readOwnFile(path));
  fs.rmSync(path);
  return settings;
}

function controlFor(settings: Settings, wanted: ControlSocketSettings['purpose']): ControlSocketSettings | undefined {
  return settings.controls.find(({ purpose }) => purpose === wanted);
}

async function serve({ settingsFile, logLevel, style, metrics: port, version }: PortableOptions): Promise<void> {
  process.title = 'reeve-portable';
  closeStrayDescriptors();
  const settings = takeSettings(settingsFile);
  const directory = compilerOption(settings.compilerOptions, 'directory') ?? process.cwd();
  // A start changes the working directory for a moment and must be able to come back.
  process.chdir('/');
  const control = controlFor(settings, 'varlink');
  const dinitControl = controlFor(settings, 'dinit');
  const metricsControl = controlFor(settings, 'metrics');
  if (!control) throw new Error('the settings have no control socket');
  const listeners = [await makeListener(control.path, control.mode)];

  const { monotonic } = systemClocks;
  const { isForeground, serviceDirectories } = settings;
  const { log, narrator, say } = createTelling({
    isForeground,
    logLevel,
    ...(style && { style }),
    serviceDirectories,
    now: monotonic,
  });
  const logs: LocalLogs = new LocalLogs({
    clocks: { monotonic, wall: () => performance.timeOrigin + performance.now() },
    report: (slot, what, amount, errno) => launcher.report({ kind: 'log', slot, what, amount, errno }),
  });
  const launcher: ChildProcessLauncher = new ChildProcessLauncher({
    compile: createCompiler({ serviceDirectories, directory }),
    names: settings.names,
    environment: settings.environment,
    logs,
    runDirectory: settings.runDirectory,
    now: monotonic,
    end: (status) => void end(status, { listeners, servers: [server, dinit, metrics], launcher }),
  });
  const supervisor: Supervisor = new Supervisor({
    launcher,
    logs,
    log,
    narrator,
    clocks: systemClocks,
    journal: undefined,
    onAllStopped: (isAsked) => session.allStopped(isAsked),
  });
  const self = { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0, pid: process.pid };
  const { promise: begun, resolve: onBegun } = Promise.withResolvers<void>();
  const endsAsDinit = style !== undefined;
  const session = new LauncherSession({
    supervisor,
    launcher,
    log,
    narrator,
    self,
    onSynced: () => {},
    onBegun,
    endsAsDinit,
  });
  const gate = new AccessGate({ ownerUid: self.uid, log });
  process.prependOnceListener('exit', () => gate[Symbol.dispose]());
  const since = Date.now();
  const credentials = assumeOwner(self.uid, self.gid);
  const server = createControlServer({
    manager: supervisor,
    inquiries: supervisor.inquiries,
    info: () => ({
      version,
      pid: process.pid,
      uid: self.uid,
      mode: session.mode,
      since,
      serviceDirectories,
      isShuttingDown: supervisor.host.state.isShuttingDown,
    }),
    gate,
    credentials,
    log,
    definition: readControlDefinition(),
  });
  const dinit = new DinitServer({
    manager: supervisor,
    gate,
    loadMechanism: { workingDirectory: directory, directories: serviceDirectories },
    credentials,
    log,
    say,
  });
  const metrics = createMetricsServer({
    version,
    since,
    state: () => supervisor.host.state,
    chronicle: supervisor.chronicle,
    daemonStarts: () => 1,
    connections: () => server.connectionCount + dinit.connectionCount,
  });
  process.once('uncaughtException', (error) => {
    log.write('error', `reeve: this must not happen, everything is stopped: ${error.stack ?? error.message}`);
    launcher.endServices(constants.signals.SIGTERM);
    process.exit(1);
  });
  forwardSignals((signal) => launcher.report({ kind: 'requested', signal }));
  launcher.open(
    (event) => session.handle(event),
    () => supervisor.host.save(),
  );
  for (const listener of listeners) server.serve(listener);
  if (metricsControl) {
    const listener = await makeListener(metricsControl.path, metricsControl.mode);
    listeners.push(listener);
    metrics.serve(listener);
  }
  if (port) await serveMetrics(metrics, port, log);
  if (!dinitControl) return;
  await begun;
  const listener = await makeListener(dinitControl.path, dinitControl.mode);
  listeners.push(listener);
  dinit.serve(listener);
}

interface Parts {
  readonly listeners: readonly Server[];
  readonly servers: readonly AsyncDisposable[];
  readonly launcher: ChildProcessLauncher;
}

async function end(status: number, { listeners, servers, launcher }: Parts): Promise<void> {
  const timer = setTimeout(() => process.exit(status), farewell);
  for (const listener of listeners) listener.close();
  launcher[Symbol.dispose]();
  await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()));
  clearTimeout(timer);
  process.exit(status);
}

function complain(error: unknown): void {
  process.stderr.write(`reeve: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

try {
  serve(parsePortableOptions(process.argv.slice(2))).catch(complain);
} catch (error) {
  complain(error);
}
