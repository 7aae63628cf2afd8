/**
 * `io.reeve.Control` over the service manager: each method reads its parameters, asks the manager, and turns the answer into a reply or a declared
 * error. What a service may do, and when, is decided by the manager alone; who may ask for it, by the gate before each method.
 */
import type { InterfaceDefinition } from '../../api/varlink/interface-definition.ts';
import type { JsonObject } from '../../api/varlink/envelope.ts';
import type { InterfaceImplementation, Method, MethodCall } from '../../api/varlink/method.ts';
import { serviceErrors } from '../../api/varlink/varlink-error.ts';
import type { AccessGate } from '../access/access-gate.ts';
import type {
  ChangeOutcome,
  Inquiries,
  LoadOutcome,
  RuntimeDependencyKind,
  ServiceManager,
  Verb,
} from '../service-manager.ts';
import { enable, ensureLoaded, runCommand, serviceName } from './commands.ts';
import { controlError, loadError, refusalError } from './control-errors.ts';
import { answerAccess, guarded } from './guard.ts';
import { inquiryMethods } from './inquiring.ts';
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
  readonly build?: string;
  readonly isFormerProgram?: boolean;
  readonly why?: string;
  readonly runDirectory?: string;
}

export type RenewedProgram = 'daemon' | 'logger';

export interface ControlOptions {
  readonly definition: InterfaceDefinition;
  readonly manager: ServiceManager;
  readonly inquiries: Inquiries;
  readonly info: () => DaemonInfo;
  readonly gate: AccessGate;
  /** Has these programs replaced by those on disk; absent where nobody could do that. */
  readonly upgrade?: (programs: readonly RenewedProgram[]) => void;
}

export function createControlInterface(options: ControlOptions): InterfaceImplementation {
  const { definition, manager, inquiries, info, gate } = options;
  const methods: Record<string, Method> = {
    Ping: () => {},
    Info: () => ({ ...info() }),
    List: (call) => list(manager, call, gate),
    Status: (call) => {
      const name = serviceName(call);
      const service = manager.status(name);
      if (!service) throw controlError('ServiceNotLoaded', { name });
      return { service };
    },
    GetEnvironment: () => ({ variables: Object.fromEntries(manager.environment()) }),
    ReadLog: (call) => readLog(manager, call),
    Blockers: () => ({ blockers: manager.blockers() }),
    Events: (call) => events(manager, call, gate),
    Access: (call) => answerAccess(gate, call),
    ...inquiryMethods(inquiries, gate),
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
    Upgrade: (call) => upgrade(call, options.upgrade),
  };
  const entries = Object.entries(methods);
  return {
    definition,
    methods: new Map(entries.map(([name, method]) => [name, guarded(name, method, gate, manager)])),
  };
}

function upgrade({ parameters }: MethodCall, carryOut: ControlOptions['upgrade']): void {
  const words = parameters.texts('programs') ?? [];
  const programs = renewedPrograms.filter((program) => words.includes(program));
  if (programs.length === 0 || programs.length < words.length) throw serviceErrors.invalidParameter('programs');
  if (!carryOut) throw controlError('NotAllowed', { text: 'nobody could start another daemon: restart reeve itself' });
  carryOut(programs);
}

const renewedPrograms: readonly RenewedProgram[] = ['daemon', 'logger'];

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
