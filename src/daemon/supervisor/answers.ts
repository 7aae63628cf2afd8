/** The engine's replies as answers of the service manager. */
import type { LoadFailure } from '../../service/description.ts';
import type { Reply } from '../engine/action.ts';
import type { ChangeOutcome, CommandReply, Refusal } from '../service-manager.ts';
import type { Answer } from './engine-host.ts';

export const notLoaded: Refusal = { kind: 'not-loaded' };

export const refused = (refusal: Refusal): { readonly kind: 'refused'; readonly refusal: Refusal } => ({
  kind: 'refused',
  refusal,
});

export function commandReply({ reply, outcome }: Answer): CommandReply {
  switch (reply.kind) {
    case 'accepted':
      return { kind: 'accepted', outcome };
    case 'already':
    case 'refused':
      return reply;
    case 'done':
      return { kind: 'already' };
    case 'not-loaded':
      return refused(notLoaded);
    default:
      return reply satisfies never;
  }
}

export function changeOutcome(reply: Reply): ChangeOutcome {
  switch (reply.kind) {
    case 'refused':
      return reply;
    case 'not-loaded':
      return refused(notLoaded);
    case 'done':
    case 'already':
    case 'accepted':
      return { kind: 'done' };
    default:
      return reply satisfies never;
  }
}

/** The failures to show for one name: its own first. */
export function failuresAbout(name: string, failures: readonly LoadFailure[]): readonly LoadFailure[] {
  return failures.toSorted((a, b) => Number(b.name === name) - Number(a.name === name));
}
