/** `consumer-of`: one service reads what another writes. The rules hold in whichever order the two are loaded. */
import { type EngineState, nameKey } from '../model/state.ts';
import type { SupervisedDescription } from '../model/supervised-description.ts';

/** All loaded services that are consumer of another, by the name of that one. Made once for many questions. */
export type Consumers = ReadonlyMap<string, readonly SupervisedDescription[]>;

export function consumersIn(state: EngineState): Consumers {
  const consumers = new Map<string, SupervisedDescription[]>();
  for (const service of state.services) {
    const producer = service?.description.consumerOf;
    if (!service || producer === undefined) continue;
    const others = consumers.get(producer);
    if (others) others.push(service.description);
    else consumers.set(producer, [service.description]);
  }
  return consumers;
}

/** What is wrong with the service as consumer or as producer, in words. */
export function consumerProblem(
  state: EngineState,
  consumers: Consumers,
  description: SupervisedDescription,
): string | undefined {
  return problemAsConsumer(state, consumers, description) ?? problemAsProducer(consumers, description);
}

function problemAsConsumer(
  state: EngineState,
  consumers: Consumers,
  { name, consumerOf: producerName }: SupervisedDescription,
): string | undefined {
  if (producerName === undefined) return undefined;
  const id = state.ids[nameKey(producerName)];
  const producer = id === undefined ? undefined : state.services[id]?.description;
  const problem = producer && outputProblem(producer);
  if (problem !== undefined) return `cannot be consumer of '${producerName}', which ${problem}`;
  const other = consumers.get(producerName)?.find((consumer) => consumer.name !== name);
  return other ? `cannot be consumer of '${producerName}': '${other.name}' is already` : undefined;
}

function problemAsProducer(consumers: Consumers, description: SupervisedDescription): string | undefined {
  const [consumer] = consumers.get(description.name) ?? [];
  const problem = consumer && outputProblem(description);
  return problem === undefined ? undefined : `'${consumer?.name}' is consumer of its output, but it ${problem}`;
}

function outputProblem({ type, log }: SupervisedDescription): string | undefined {
  if (type === 'internal' || type === 'triggered') return 'has no process';
  return log.type === 'pipe' ? undefined : "does not have 'log-type = pipe'";
}
