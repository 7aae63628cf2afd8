/**
 * What people are told about services and their files, as it happens. There are two narrators: reeve's own, whose lines go into the daemon's log, and one that
 * tells it as dinit does. What the daemon says about itself goes into its log directly.
 */
import type { ServiceEvent } from '../../api/service-status.ts';
import type { PlanDescriptions, PlannedService } from '../../plan/planned-service.ts';
import type { LoadFailure } from '../../service/description.ts';
import type { Notice } from '../engine/action.ts';
import type { Refusal } from '../service-manager.ts';

export interface Narrator {
  event(event: ServiceEvent): void;
  /** @param isUp The service is up all the same. */
  notice(service: PlannedService, notice: Notice, isUp: boolean): void;
  /** What is wrong in the plan that the daemon begins with. */
  planTroubles(descriptions: PlanDescriptions): void;
  /** A service that was to be started from the beginning could not be. */
  notStarted(name: string, refusal: Refusal): void;
  /** Of all that was to be started from the beginning nothing was. */
  nothingStarted(): void;
  chainFailed(from: string, target: string, failures: readonly LoadFailure[]): void;
  /** A service has the console, or has given it back. */
  consoleHeld(isHeld: boolean): void;
}
