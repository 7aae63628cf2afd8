/** Long lists in bounded pieces. */
import type { JsonObject } from '../../api/varlink/envelope.ts';
import type { MethodCall } from '../../api/varlink/method.ts';
import { serviceErrors } from '../../api/varlink/varlink-error.ts';

const pieceSize = 200;
/** What fits into one reply that every client takes. */
const largestList = 2_000;

/** All in one reply, at once, so that answers to calls sent together leave together; or for a caller that takes several, in pieces. */
export function answerInPieces(
  { stream }: MethodCall,
  field: string,
  items: readonly unknown[],
): JsonObject | Promise<JsonObject> {
  if (stream) return sendPieces(stream, field, items);
  if (items.length > largestList) throw serviceErrors.expectedMore();
  return { [field]: items };
}

async function sendPieces(
  stream: NonNullable<MethodCall['stream']>,
  field: string,
  items: readonly unknown[],
): Promise<JsonObject> {
  const pieces = toPieces(items);
  const last = pieces.pop() ?? [];
  for (const piece of pieces) await stream.send({ [field]: piece });
  return { [field]: last };
}

export function toPieces<T>(items: readonly T[]): (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / pieceSize) }, (_, index) =>
    items.slice(index * pieceSize, (index + 1) * pieceSize),
  );
}
