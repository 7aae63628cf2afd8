/** The part of a service's description that the engine goes by. A full description and the daemon's part of a plan are both assignable to it. */
import type { Dependency, ServiceDescription } from '../../service/description.ts';

export type SupervisedDescription = Pick<
  ServiceDescription,
  | 'name'
  | 'base'
  | 'type'
  | 'command'
  | 'stopCommand'
  | 'chainTo'
  | 'consumerOf'
  | 'pidFile'
  | 'restart'
  | 'startTimeout'
  | 'stopTimeout'
  | 'log'
  | 'socket'
  | 'readiness'
  | 'termSignal'
  | 'inittabId'
  | 'inittabLine'
  | 'console'
  | 'options'
> & { readonly dependencies: readonly Pick<Dependency, 'kind' | 'name'>[] };
