/**
 * `io.reeve.Control` over the service manager: each method reads its parameters, asks the manager, and turns the answer into a reply or a declared
 * error. What a service may do, and when, is decided by the manager alone.
 */
import type { InterfaceDefinition } from '../../api/varlink/interface-definition.ts';
import type { JsonObject } from '../../api/varlink/envelope.ts';
import type { InterfaceImplementation, Method, MethodCall } from '../../api/varlink/method.ts';
import type { ServerLog } from '../../api/varlink/server.ts';
import { serviceErrors } from '../../api/varlink/varlink-error.ts';
import type { ChangeOutcome, LoadOutcome, RuntimeDependencyKind, ServiceManager, Verb } from '../service-manager.ts';
import { enable, ensureLoaded, runCommand, serviceName } from './commands.ts';
import { controlError, loadError, refusalError } from './control-errors.ts';
import { events, list } from './listing.ts';
import { readLog } from './log-reading.ts';

/** What `Info` answers. */
export interface DaemonInfo {
  readonly version: string;
  readonly pid: number;
  readonly uid: number;
  readonly mode: 'system' | 'user' | 'portable';
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly serviceDirectories: readonly string[];
  readonly isShuttingDown: boolean;
}

export interface ControlOptions {
  readonly definition: InterfaceDefinition;
  readonly manager: ServiceManager;
  readonly info: () => DaemonInfo;
  readonly log: ServerLog;
}

export function createControlInterface({ definition, manager, info, log }: ControlOptions): InterfaceImplementation {
  const observing: Record<string, Method> = {
    Ping: () => {},
    Info: () => ({ ...info() }),
    List: (call) => list(manager, call),
    Status: (call) => {
      const name = serviceName(call);
      const service = manager.status(name);
      if (!service) throw controlError('ServiceNotLoaded', { name });
      return { service };
    },
    GetEnvironment: () => ({ variables: Object.fromEntries(manager.environment()) }),
    ReadLog: (call) => readLog(manager, call),
    Blockers: () => ({ blockers: manager.blockers() }),
    Events: (call) => events(manager, call),
  };
  const changing: Record<string, Method> = {
    ...Object.fromEntries(Object.entries(verbs).map(([method, verb]) => [method, command(manager, verb)])),
    Enable: (call) => enable(manager, call),
    Disable: (call) => {
      const [from, to] = [serviceName(call, 'from'), serviceName(call, 'to')];
      done(from, manager.disable(from, to, call.peer), { kind: 'waits-for', to });
    },
    Unpin: (call) => changed(call, (name) => manager.unpin(name, call.peer)),
    SetTrigger: (call) => changed(call, (name) => manager.setTrigger(name, call.parameters.flag('isSet'), call.peer)),
    Load: async (call) => {
      const name = serviceName(call);
      return loaded(name, await manager.load(name, call.peer));
    },
    Unload: (call) => changed(call, (name) => manager.unload(name, call.peer)),
    Reload: async (call) => {
      const name = serviceName(call);
      const outcome = await manager.reload(name, call.peer);
      if (outcome.kind === 'refused') throw refusalError(name, outcome.refusal);
      return loaded(name, outcome);
    },
    AddDependency: async (call) => {
      const { from, kind, to } = dependency(call);
      await ensureLoaded(manager, from, call.peer);
      await ensureLoaded(manager, to, call.peer);
      done(from, manager.addDependency(from, kind, to, call.peer), { kind, to });
    },
    RemoveDependency: (call) => {
      const { from, kind, to } = dependency(call);
      done(from, manager.removeDependency(from, kind, to, call.peer), { kind, to });
    },
    SetEnvironment: (call) => setEnvironment(manager, call, call.parameters.text('value')),
    UnsetEnvironment: (call) => setEnvironment(manager, call, undefined),
    Signal: async (call) => {
      const name = serviceName(call);
      const signal = call.parameters.integer('signal');
      if (signal < 0 || signal > 64) throw serviceErrors.invalidParameter('signal');
      done(name, await manager.signal(name, signal, call.peer));
    },
    ClearLog: (call) => changed(call, (name) => manager.clearLog(name, call.peer)),
    Shutdown: (call) => done('', manager.shutdown(call.peer)),
  };
  const methods = new Map(Object.entries(observing));
  for (const [name, method] of Object.entries(changing)) methods.set(name, logged(log, method));
  return { definition, methods };
}

const verbs: Readonly<Record<string, Verb>> = {
  Start: 'start',
  Stop: 'stop',
  Restart: 'restart',
  Wake: 'wake',
  Release: 'release',
};

function command(manager: ServiceManager, verb: Verb): Method {
  return (call) => runCommand(manager, verb, call);
}

/** Every change leaves a line that says who asked for it. */
function logged(log: ServerLog, method: Method): Method {
  return (call) => {
    const { uid, pid } = call.peer;
    const command = inWords(call.method.slice(call.method.lastIndexOf('.') + 1));
    const about = call.parameters.optionalText('name') ?? call.parameters.optionalText('from') ?? 'reeve';
    log.write('info', `${about}: ${command} requested by uid ${uid} (pid ${pid})`, { uid, pid, command });
    return method(call);
  };
}

/** `SetTrigger` is `set trigger`. */
function inWords(method: string): string {
  return method.replaceAll(/[A-Z]/g, (letter, at: number) => `${at === 0 ? '' : ' '}${letter.toLowerCase()}`);
}

function changed(call: MethodCall, change: (name: string) => ChangeOutcome): void {
  const name = serviceName(call);
  done(name, change(name));
}

function done(
  name: string,
  outcome: ChangeOutcome,
  about?: { readonly kind: RuntimeDependencyKind; readonly to: string },
): void {
  if (outcome.kind === 'refused') throw refusalError(name, outcome.refusal, about);
}

function loaded(name: string, outcome: LoadOutcome): JsonObject {
  if (outcome.kind === 'failed') throw loadError(name, outcome.failures);
  return { isNew: outcome.isNew };
}

async function setEnvironment(manager: ServiceManager, call: MethodCall, value: string | undefined): Promise<void> {
  const name = call.parameters.text('name');
  if (name === '' || /[=\0]/.test(name)) throw serviceErrors.invalidParameter('name');
  if (value?.includes('\0')) throw serviceErrors.invalidParameter('value');
  done(name, await manager.setEnvironment(name, value, call.peer));
}

const runtimeKinds: readonly RuntimeDependencyKind[] = ['depends-on', 'depends-ms', 'waits-for'];

function dependency(call: MethodCall): { from: string; kind: RuntimeDependencyKind; to: string } {
  const written = call.parameters.text('kind');
  const kind = runtimeKinds.find((each) => each === written);
  if (!kind) throw serviceErrors.invalidParameter('kind');
  const [from, to] = [serviceName(call, 'from'), serviceName(call, 'to')];
  if (from === to) throw controlError('DependencyCycle', { path: [from, to] });
  return { from, kind, to };
}
