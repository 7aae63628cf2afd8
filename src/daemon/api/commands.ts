/** Start, Stop, Restart, Wake, Release and Enable: load where needed, give the command, and wait for its outcome if the caller wants to. */
import type { JsonObject } from '../../api/varlink/envelope.ts';
import type { MethodCall } from '../../api/varlink/method.ts';
import { serviceErrors } from '../../api/varlink/varlink-error.ts';
import type { Caller, CommandOutcome, CommandReply, ServiceManager, Verb } from '../service-manager.ts';
import { controlError, loadError, outcomeError, refusalError } from './control-errors.ts';
import { reportProgress } from './progress.ts';

const longestName = 1021;

/** @throws {VarlinkError} when the parameter cannot be the name of a service. */
export function serviceName(call: MethodCall, parameter = 'name'): string {
  const name = call.parameters.text(parameter);
  if (name === '' || Buffer.byteLength(name) > longestName) throw serviceErrors.invalidParameter(parameter);
  return name;
}

/** @throws {VarlinkError} when the service cannot be loaded. */
export async function ensureLoaded(manager: ServiceManager, name: string, caller: Caller): Promise<void> {
  if (manager.status(name)) return;
  const outcome = await manager.load(name, caller);
  if (outcome.kind === 'failed') throw loadError(name, outcome.failures);
}

export async function runCommand(manager: ServiceManager, verb: Verb, call: MethodCall): Promise<JsonObject> {
  const name = serviceName(call);
  const { parameters, peer } = call;
  const isPinned = verb !== 'restart' && parameters.flag('pin');
  const isForced = (verb === 'stop' || verb === 'restart') && parameters.flag('force');
  // A service that is not loaded is not up; only to keep it that way it has to be known.
  if (verb === 'start' || (verb === 'stop' && isPinned)) await ensureLoaded(manager, name, peer);
  else if (!manager.status(name)) throw controlError('ServiceNotLoaded', { name });
  const reply = manager.command(verb, name, { pin: isPinned, force: isForced }, peer);
  return await answerCommand(manager, verb, name, name, reply, call);
}

export async function enable(manager: ServiceManager, call: MethodCall): Promise<JsonObject> {
  const from = serviceName(call, 'from');
  const to = serviceName(call, 'to');
  await ensureLoaded(manager, from, call.peer);
  await ensureLoaded(manager, to, call.peer);
  const reply = manager.enable(from, to, call.peer);
  if (reply.kind === 'done') return { outcome: 'enabled' };
  return await answerCommand(manager, 'enable', from, to, reply, call);
}

/** @param asked The service the command was given to. @param awaited The one whose outcome ends it. */
async function answerCommand(
  manager: ServiceManager,
  verb: Verb | 'enable',
  asked: string,
  awaited: string,
  reply: CommandReply,
  call: MethodCall,
): Promise<JsonObject> {
  switch (reply.kind) {
    case 'already':
      return { outcome: 'already' };
    case 'refused':
      throw refusalError(asked, reply.refusal);
    case 'accepted':
      if (!call.parameters.flag('wait')) return { outcome: 'accepted' };
      return outcomeReply(awaited, verb, await waitForOutcome(manager, awaited, reply.outcome, call));
    default:
      return reply satisfies never;
  }
}

async function waitForOutcome(
  manager: ServiceManager,
  name: string,
  outcome: Promise<CommandOutcome>,
  { stream, signal }: MethodCall,
): Promise<CommandOutcome> {
  if (!stream) return await outcome;
  using _progress = reportProgress(manager, name, stream, signal);
  return await outcome;
}

function outcomeReply(name: string, verb: string, outcome: CommandOutcome): JsonObject {
  const error = outcomeError(name, verb, outcome);
  if (error) throw error;
  switch (outcome.kind) {
    case 'started':
    case 'stopped':
      return { outcome: outcome.kind, event: outcome.event };
    case 'still-required':
      return { outcome: outcome.kind, requiredBy: outcome.by };
    case 'failed':
    case 'cancelled':
    case 'abandoned':
      throw new TypeError(`${outcome.kind} is no success`);
    default:
      return outcome satisfies never;
  }
}
