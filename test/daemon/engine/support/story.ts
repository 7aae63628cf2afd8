/**
 * A story: the services there are at first, and what happens one after the other. Plain data, so that it can be played again, cut down, and told.
 *
 * `service`, `from` and `to` are places in the story's list of names; `pick` chooses among what there is to choose from at that moment. A step that
 * makes no sense when its turn comes (the service is not loaded, there is no process) is passed over.
 */
import type { ExitStatus } from '../../../../src/api/service-status.ts';
import type { SupervisedDescription } from '../../../../src/daemon/model/supervised-description.ts';
import type { RuntimeDependencyKind, Verb } from '../../../../src/daemon/service-manager.ts';

export type StoryStep =
  | {
      readonly kind: 'command';
      readonly verb: Verb;
      readonly service: number;
      readonly pin: boolean;
      readonly force: boolean;
    }
  | { readonly kind: 'unpin' | 'unload'; readonly service: number }
  | { readonly kind: 'trigger'; readonly service: number; readonly isSet: boolean }
  | {
      readonly kind: 'add-dependency' | 'remove-dependency';
      readonly from: number;
      readonly dependency: RuntimeDependencyKind;
      readonly to: number;
    }
  | { readonly kind: 'enable' | 'disable'; readonly from: number; readonly to: number }
  | { readonly kind: 'load' | 'reload'; readonly description: SupervisedDescription }
  | { readonly kind: 'execute' | 'ready' | 'close-readiness'; readonly pick: number }
  | { readonly kind: 'fail-to-execute'; readonly pick: number }
  | { readonly kind: 'exit'; readonly pick: number; readonly exit: ExitStatus }
  | { readonly kind: 'pid-file'; readonly pick: number; readonly isGood: boolean }
  /** The oldest message on its way to the engine arrives. */
  | { readonly kind: 'deliver' }
  | { readonly kind: 'pass'; readonly milliseconds: number }
  /** A timer event, whether something is due or not. */
  | { readonly kind: 'timer' }
  /** Time passes to the next deadline. */
  | { readonly kind: 'wait' }
  /** The state goes through JSON; the original and the copy must behave the same from then on. */
  | { readonly kind: 'hand-over' }
  /** Every process does what is expected of it until nothing moves any more. */
  | { readonly kind: 'calm' };

export interface Story {
  readonly names: readonly string[];
  readonly descriptions: readonly SupervisedDescription[];
  readonly steps: readonly StoryStep[];
}

/** A statement about the engine that does not hold. `rule` names the statement, so that a shorter story can be seen to break the same one. */
export class Broken extends Error {
  readonly rule: string;

  constructor(rule: string, details: string) {
    super(`${rule}: ${details}`);
    this.rule = rule;
  }
}
