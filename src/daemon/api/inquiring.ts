/** Why, History, RecentEvents, Dependencies and Plan: questions that change nothing. Each caller is told of the services that it may see. */
import type { JsonObject } from '../../api/varlink/envelope.ts';
import type { Method, MethodCall } from '../../api/varlink/method.ts';
import { serviceErrors } from '../../api/varlink/varlink-error.ts';
import type { AccessGate } from '../access/access-gate.ts';
import type { Inquiries, RehearsalOutcome, RehearsedVerb } from '../service-manager.ts';
import { serviceName } from './commands.ts';
import { controlError, loadError, refusalError } from './control-errors.ts';
import { selection } from './listing.ts';
import { answerInPieces } from './pieces.ts';

export function inquiryMethods(inquiries: Inquiries, gate: AccessGate): Readonly<Record<string, Method>> {
  return {
    Why: (call) => {
      const name = serviceName(call);
      const steps = inquiries.why(name);
      if (!steps) throw controlError('ServiceNotLoaded', { name });
      return { steps };
    },
    History: (call) => {
      const isSelected = selection(call, gate);
      const since = call.parameters.optionalNumber('since') ?? 0;
      const steps = [...inquiries.steps(since)].filter(({ name }) => isSelected(name));
      return answerInPieces(call, 'steps', steps);
    },
    RecentEvents: (call) => {
      const isSelected = selection(call, gate);
      const after = call.parameters.optionalInteger('after') ?? 0;
      const events = [...inquiries.events()].filter(({ name, sequence }) => sequence > after && isSelected(name));
      return answerInPieces(call, 'events', events);
    },
    Dependencies: (call) => {
      const isSelected = selection(call, gate);
      const links = [...inquiries.dependencies()].filter(({ from, to }) => isSelected(from) && isSelected(to));
      return answerInPieces(call, 'links', links);
    },
    Plan: (call) => plan(inquiries, call),
  };
}

async function plan(inquiries: Inquiries, call: MethodCall): Promise<JsonObject> {
  const { parameters, peer } = call;
  const verb = rehearsedVerb(call);
  const name = verb === 'shutdown' ? '' : serviceName(call);
  const options = { pin: parameters.flag('pin'), force: parameters.flag('force') };
  const outcome: RehearsalOutcome = await inquiries.rehearse(verb, name, options, peer);
  switch (outcome.kind) {
    case 'load-failed':
      throw loadError(name, outcome.failures);
    case 'refused':
      throw refusalError(name, outcome.refusal);
    case 'rehearsed': {
      const { kind: _kind, ...answer } = outcome;
      return answer;
    }
    default:
      return outcome satisfies never;
  }
}

const rehearsedVerbs: readonly RehearsedVerb[] = ['start', 'stop', 'restart', 'wake', 'release', 'shutdown'];

/** @throws {VarlinkError} when it is not a verb that can be rehearsed. */
export function rehearsedVerb({ parameters }: MethodCall): RehearsedVerb {
  const written = parameters.text('verb');
  const verb = rehearsedVerbs.find((each) => each === written);
  if (verb === undefined) throw serviceErrors.invalidParameter('verb');
  return verb;
}
