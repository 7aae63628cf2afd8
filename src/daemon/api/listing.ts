/** List and Events: many services in bounded pieces, and what happens to them afterwards. Each caller is shown the services that it may see. */
import type { JsonObject } from '../../api/varlink/envelope.ts';
import type { MethodCall, Peer } from '../../api/varlink/method.ts';
import type { ServiceEvent, ServiceSummary } from '../../api/service-status.ts';
import { serviceErrors } from '../../api/varlink/varlink-error.ts';
import type { AccessGate } from '../access/access-gate.ts';
import type { ServiceManager } from '../service-manager.ts';
import { answerInPieces, toPieces } from './pieces.ts';

/** Events that may wait for a slow reader of the first state. */
const largestBacklog = 4_096;

export function list(manager: ServiceManager, call: MethodCall, gate: AccessGate): JsonObject | Promise<JsonObject> {
  return answerInPieces(call, 'services', selected(manager, selectionOf(call, gate)));
}

export async function events(manager: ServiceManager, call: MethodCall, gate: AccessGate): Promise<JsonObject> {
  const { stream, signal } = call;
  if (!stream) throw serviceErrors.expectedMore();
  const isSelected = selection(call, gate);
  const backlog: ServiceEvent[] = [];
  let isLive = false;
  using _subscription = manager.subscribe((event) => {
    if (!isSelected(event.name)) return;
    if (isLive) stream.push({ event });
    else if (backlog.push(event) > largestBacklog) stream.drop('reads too slowly: the first state is still unread');
  });
  const pieces = toPieces(selected(manager, selectionOf(call, gate)));
  const last = pieces.pop() ?? [];
  for (const piece of pieces) await stream.send({ services: piece });
  await stream.send({ services: last, isComplete: true });
  for (const event of backlog) stream.push({ event });
  isLive = true;
  await aborted(signal);
  return {};
}

interface Selection {
  /** Absent: all. */
  readonly names: ReadonlySet<string> | undefined;
  readonly isVisible: (name: string) => boolean;
}

function selectionOf({ parameters, peer }: MethodCall, gate: AccessGate): Selection {
  const names = parameters.texts('names');
  return { names: names && new Set(names), isVisible: (name) => maySee(gate, peer, name) };
}

/** Whether a service is one of those asked for, and the caller may see it. */
export function selection(call: MethodCall, gate: AccessGate): (name: string) => boolean {
  const { names, isVisible } = selectionOf(call, gate);
  return (name) => (names === undefined || names.has(name)) && isVisible(name);
}

function maySee({ rules }: AccessGate, peer: Peer, name: string): boolean {
  return rules.mayDo(peer, 'observe', name);
}

function selected(manager: ServiceManager, { names, isVisible }: Selection): readonly ServiceSummary[] {
  return manager.list(names).filter(({ name }) => isVisible(name));
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
