/** Whether one service can read the output of another: made when both are known, whichever was loaded first. */
import type { Problem, ServiceDescription } from './description.ts';

/** @param present the service that reads the producer's output already, if any */
export function checkConsumer(
  consumer: ServiceDescription,
  producer: ServiceDescription,
  present: string | undefined,
): Problem | undefined {
  const origin = consumer.origins['consumer-of'];
  const place = { setting: 'consumer-of', ...(origin === undefined ? {} : { origin }) };
  if (producer.type === 'internal' || producer.type === 'triggered') {
    return { ...place, message: `'${producer.name}' is ${producer.type} and has no output` };
  }
  if (producer.log.type !== 'pipe') {
    return {
      ...place,
      message: `the output of '${producer.name}' does not go into a pipe`,
      expected: `'log-type = pipe' in ${producer.file}`,
      found: producer.log.type,
    };
  }
  if (present !== undefined && present !== consumer.name) {
    return { ...place, message: `'${producer.name}' already has a consumer: '${present}'` };
  }
  return undefined;
}
