/** List and Events: many services in bounded pieces, and what happens to them afterwards. */
import type { JsonObject } from '../../api/varlink/envelope.ts';
import type { MethodCall } from '../../api/varlink/method.ts';
import type { ServiceEvent, ServiceSummary } from '../../api/service-status.ts';
import { serviceErrors } from '../../api/varlink/varlink-error.ts';
import type { ServiceManager } from '../service-manager.ts';

const pieceSize = 200;
/** What fits into one reply that every client takes. */
const largestList = 2_000;
/** Events that may wait for a slow reader of the first state. */
const largestBacklog = 4_096;

export async function list(manager: ServiceManager, call: MethodCall): Promise<JsonObject> {
  const services = selected(manager, wantedNames(call));
  if (!call.stream) {
    if (services.length > largestList) throw serviceErrors.expectedMore();
    return { services };
  }
  const pieces = toPieces(services);
  const last = pieces.pop() ?? [];
  for (const piece of pieces) await call.stream.send({ services: piece });
  return { services: last };
}

export async function events(manager: ServiceManager, call: MethodCall): Promise<JsonObject> {
  const { stream, signal } = call;
  if (!stream) throw serviceErrors.expectedMore();
  const names = wantedNames(call);
  const backlog: ServiceEvent[] = [];
  let isLive = false;
  using _subscription = manager.subscribe((event) => {
    if (names && !names.has(event.name)) return;
    if (isLive) stream.push({ event });
    else if (backlog.push(event) > largestBacklog) stream.drop('reads too slowly: the first state is still unread');
  });
  const pieces = toPieces(selected(manager, names));
  const last = pieces.pop() ?? [];
  for (const piece of pieces) await stream.send({ services: piece });
  await stream.send({ services: last, isComplete: true });
  for (const event of backlog) stream.push({ event });
  isLive = true;
  await aborted(signal);
  return {};
}

function wantedNames(call: MethodCall): ReadonlySet<string> | undefined {
  const names = call.parameters.texts('names');
  return names && new Set(names);
}

function selected(manager: ServiceManager, names: ReadonlySet<string> | undefined): readonly ServiceSummary[] {
  return names ? manager.list().filter((service) => names.has(service.name)) : manager.list();
}

function toPieces(services: readonly ServiceSummary[]): (readonly ServiceSummary[])[] {
  return Array.from({ length: Math.ceil(services.length / pieceSize) }, (_, index) =>
    services.slice(index * pieceSize, (index + 1) * pieceSize),
  );
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
