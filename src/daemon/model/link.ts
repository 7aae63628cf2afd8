/**
 * A dependency link: `from` (the dependent) depends on `to` (the dependency).
 *
 * *Hard* links are regular (`depends-on`), `prepared-by`, and milestone (`depends-ms`) while it is still waited for. `before` and `after` only
 * order two starts that happen anyway; both are kept in the direction "later depends on earlier", so `a before b` is a link from b to a.
 */
import type { DependencyKind } from '../../service/description.ts';
import type { LinkId, ServiceId } from './ids.ts';

export interface Link {
  readonly id: LinkId;
  readonly kind: DependencyKind;
  readonly from: ServiceId;
  readonly to: ServiceId;
  /** Counted in the dependency's `requiredBy`. */
  isHolding: boolean;
  /** The dependent waits for the dependency to finish starting. */
  isWaiting: boolean;
}

export const isOrdering = (link: Link): boolean => link.kind === 'before' || link.kind === 'after';

export const isHard = (link: Link): boolean =>
  link.kind === 'depends-on' || link.kind === 'prepared-by' || (link.kind === 'depends-ms' && link.isWaiting);
