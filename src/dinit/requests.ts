/** The one table of requests: code, the version that brought it, layout, and the replies that may answer it besides a refusal of the whole connection. */
import { bytes, i32, type Layout, sizeOf, u32, u8, type Values } from './field.ts';
import { longestRequestText } from './limits.ts';
import { decodePacket, encodePacket } from './packet-codec.ts';
import type { ReplyKind } from './replies.ts';

interface RequestRow<L extends Layout, A extends ReplyKind> {
  readonly code: number;
  readonly since: number;
  readonly layout: readonly [{ readonly kind: 'fixed'; readonly type: 'u8'; readonly value: number }, ...L];
  readonly answers: readonly A[];
  /** It is looked at when this many bytes are there, which shows whether the announced length is legal. */
  readonly head: number;
}

function request<const L extends Layout, const A extends ReplyKind>(
  code: number,
  since: number,
  layout: L,
  answers: readonly A[],
  head = 1,
): RequestRow<L, A> {
  return { code, since, layout: [{ kind: 'fixed', type: 'u8', value: code }, ...layout], answers, head };
}

const named = <const N extends string>(name: N) => [sizeOf(name, 'u16', longestRequestText, 1), bytes(name)] as const;
/** Of the three requests with a length of their own. */
const namedHead = 4;

const command = [u8('flags'), u32('handle')] as const;
const commandAnswers = [
  'ack',
  'already',
  'nak',
  'pinned-stopped',
  'pinned-started',
  'shutting-down',
  'dependents',
  'pre-acknowledged',
] as const;
const handle = [u32('handle')] as const;
const link = [u8('dependency'), u32('from'), u32('to')] as const;

export const requests = {
  'query-version': request(0, 1, [], ['version']),
  find: request(1, 1, named('name'), ['service-record', 'no-service'], namedHead),
  load: request(2, 1, named('name'), ['service-record', 'no-service', 'description-error', 'load-error'], namedHead),
  start: request(3, 1, command, commandAnswers),
  stop: request(4, 1, command, commandAnswers),
  wake: request(5, 1, command, commandAnswers),
  release: request(6, 1, command, commandAnswers),
  unpin: request(7, 1, handle, ['ack']),
  list: request(8, 1, [], ['service-info-1', 'list-done']),
  unload: request(9, 1, handle, ['ack', 'nak']),
  shutdown: request(10, 1, [u8('type')], ['ack']),
  'add-dependency': request(11, 1, link, ['ack', 'nak']),
  'remove-dependency': request(12, 1, link, ['ack', 'nak']),
  'query-load-mechanism': request(13, 1, [], ['load-mechanism', 'nak']),
  enable: request(14, 1, link, ['ack', 'nak']),
  'query-name': request(15, 1, [u8('reserved'), u32('handle')], ['service-name', 'nak']),
  reload: request(16, 1, handle, ['ack', 'nak']),
  'set-environment': request(17, 1, named('text'), ['ack', 'nak'], namedHead),
  status: request(18, 1, handle, ['status-1', 'nak']),
  'set-trigger': request(19, 2, [u32('handle'), u8('value')], ['ack', 'nak']),
  'read-log': request(20, 2, command, ['log', 'nak']),
  signal: request(21, 2, [i32('signal'), u32('handle')], ['ack', 'nak', 'no-process', 'bad-signal', 'kill-failed']),
  'query-directory': request(22, 3, [u8('reserved'), u32('handle')], ['description-directory', 'nak']),
  'close-handle': request(23, 4, handle, ['ack']),
  'get-environment': request(24, 4, [u8('reserved')], ['environment']),
  'list-5': request(25, 5, [], ['service-info-5', 'list-done']),
  'status-5': request(26, 5, handle, ['status-5', 'nak']),
  'listen-environment': request(27, 5, [], ['ack']),
  'status-6': request(28, 6, handle, ['status-6', 'nak']),
  'enable-7': request(29, 7, link, ['status-6', 'nak']),
} as const;

export type RequestKind = keyof typeof requests;

export type RequestOf<K extends RequestKind> = {
  [P in K]: { readonly kind: P } & Values<(typeof requests)[P]['layout']>;
}[K];

export type Request = RequestOf<RequestKind>;

/** The replies that may come for a request. A server may answer any request by refusing it and closing the connection. */
export type AnswerTo<K extends RequestKind> = (typeof requests)[K]['answers'][number] | 'bad-request' | 'out-of-memory';

export function encodeRequest(request: Request): Buffer {
  return encodePacket(requests[request.kind].layout, request);
}

export type RequestDecoding =
  | { readonly kind: 'request'; readonly request: Request; readonly size: number }
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'refused'; readonly reason: string };

const incomplete: RequestDecoding = { kind: 'incomplete' };

const kinds: readonly (RequestKind | undefined)[] = Array.from({ length: 256 }, (_, code) =>
  requestKinds().find((kind) => requests[kind].code === code),
);

/** Every kind of request, in the order of their codes. */
export function requestKinds(): readonly RequestKind[] {
  return Object.keys(requests) as RequestKind[];
}

/** Decodes the request that begins at `start`. */
export function decodeRequest(source: Buffer, start = 0): RequestDecoding {
  const code = source[start];
  if (code === undefined) return incomplete;
  const kind = kinds[code];
  if (kind === undefined) return { kind: 'refused', reason: `unknown request ${code}` };
  const { layout, head } = requests[kind];
  if (source.length - start < head) return incomplete;
  const decoding = decodePacket(layout, source, start);
  if (decoding.kind !== 'decoded') return decoding;
  // The values are those of the layout of this kind: the table is their type.
  const request = { kind, ...decoding.values } as Request;
  return { kind: 'request', request, size: decoding.size };
}
