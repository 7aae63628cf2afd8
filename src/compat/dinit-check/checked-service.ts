/** What is kept of a service that was read, for the checks across services. */
import type { DependencyKind, LogType, ServiceType } from '../../service/description.ts';

export interface CheckedService {
  readonly name: string;
  readonly type: ServiceType;
  readonly logType: LogType;
  /** In the order of the file; `before` and `after` too. */
  readonly links: readonly { readonly kind: DependencyKind; readonly name: string }[];
  readonly consumerOf: string | undefined;
}
