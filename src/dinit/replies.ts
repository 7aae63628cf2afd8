/** The one table of replies. Three forms of status share a code: which one came is known from the request. */
import {
  bytes,
  countOf,
  fixed,
  type Layout,
  numbers,
  sizeOf,
  texts,
  total,
  u16,
  u32,
  u8,
  type Values,
} from './field.ts';
import { longestEnvironment, longestLog, longestPath, mostDependents, mostDirectories } from './limits.ts';
import { encodePacket } from './packet-codec.ts';
import { status1, status5, status6 } from './status-layout.ts';

const reply = <const L extends Layout>(code: number, ...layout: L) => ({
  code,
  layout: [fixed('u8', code), ...layout] as const,
});

export const replies = {
  ack: reply(50),
  nak: reply(51),
  'bad-request': reply(52),
  'out-of-memory': reply(53),
  version: reply(58, u16('minimum'), u16('current')),
  'service-record': reply(59, u8('state'), u32('handle'), u8('target')),
  'no-service': reply(60),
  already: reply(61),
  'service-info-1': reply(62, sizeOf('name', 'u8', 255), ...status1, bytes('name')),
  'service-info-5': reply(62, sizeOf('name', 'u8', 255), ...status5, bytes('name')),
  'list-done': reply(63),
  'load-mechanism': reply(
    64,
    fixed('u8', 1),
    total('u32'),
    countOf('directories', 'u32', mostDirectories),
    sizeOf('workingDirectory', 'u32', longestPath),
    bytes('workingDirectory'),
    texts('directories', 'u32', longestPath),
  ),
  dependents: reply(65, countOf('handles', 'u64', mostDependents), numbers('handles', 'u32')),
  'service-name': reply(66, u8('reserved'), sizeOf('name', 'u16', 65_535), bytes('name')),
  'pinned-stopped': reply(67),
  'pinned-started': reply(68),
  'shutting-down': reply(69),
  /** `wasThere`: of the answer to enabling, whether the link existed; 0 otherwise. */
  'status-1': reply(70, u8('wasThere'), ...status1),
  'status-5': reply(70, u8('wasThere'), ...status5),
  'status-6': reply(70, u8('wasThere'), ...status6),
  'description-error': reply(71),
  'load-error': reply(72),
  log: reply(73, u8('reserved'), sizeOf('log', 'u32', longestLog), bytes('log')),
  'no-process': reply(74),
  'bad-signal': reply(75),
  'kill-failed': reply(76),
  'description-directory': reply(77, sizeOf('directory', 'u32', longestPath), bytes('directory')),
  environment: reply(78, sizeOf('environment', 'u64', longestEnvironment), bytes('environment')),
  'pre-acknowledged': reply(79),
} as const;

export type ReplyKind = keyof typeof replies;

export type ReplyOf<K extends ReplyKind> = {
  [P in K]: { readonly kind: P } & Values<(typeof replies)[P]['layout']>;
}[K];

export type Reply = ReplyOf<ReplyKind>;

export function encodeReply(reply: Reply): Buffer {
  return encodePacket(replies[reply.kind].layout, reply);
}
