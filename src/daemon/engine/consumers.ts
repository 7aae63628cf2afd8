/** `consumer-of`: one service reads what another writes. The rules hold in whichever order the two are loaded. */
import { type EngineState, nameKey } from '../model/state.ts';
import type { SupervisedDescription } from '../model/supervised-description.ts';

/** The loaded consumer of the service's output, if there is one. */
export function consumerOf(state: EngineState, name: string): SupervisedDescription | undefined {
  return state.services.find((service) => service?.description.consumerOf === name)?.description;
}

/** What is wrong with the service as consumer or as producer, in words. */
export function consumerProblem(state: EngineState, description: SupervisedDescription): string | undefined {
  return problemAsConsumer(state, description) ?? problemAsProducer(state, description);
}

function problemAsConsumer(
  state: EngineState,
  { name, consumerOf: producerName }: SupervisedDescription,
): string | undefined {
  if (producerName === undefined) return undefined;
  const id = state.ids[nameKey(producerName)];
  const producer = id === undefined ? undefined : state.services[id]?.description;
  const problem = producer && outputProblem(producer);
  if (problem !== undefined) return `cannot be consumer of '${producerName}', which ${problem}`;
  const other = state.services.find(
    (service) => service?.description.consumerOf === producerName && service.description.name !== name,
  );
  return other ? `cannot be consumer of '${producerName}': '${other.description.name}' is already` : undefined;
}

function problemAsProducer(state: EngineState, description: SupervisedDescription): string | undefined {
  const problem = outputProblem(description);
  if (problem === undefined) return undefined;
  const consumer = consumerOf(state, description.name);
  return consumer ? `'${consumer.name}' is consumer of its output, but it ${problem}` : undefined;
}

function outputProblem({ type, log }: SupervisedDescription): string | undefined {
  if (type === 'internal' || type === 'triggered') return 'has no process';
  return log.type === 'pipe' ? undefined : "does not have 'log-type = pipe'";
}
