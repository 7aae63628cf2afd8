/**
 * Packets that a server sends on its own: events of services and of the environment. Their second byte is their length, so that a client can pass over those
 * it does not know; the text of an environment event follows outside that length.
 */
import { bytes, fixed, type Layout, sizeOf, u32, u8, type Values } from './field.ts';
import { encodePacket } from './packet-codec.ts';
import { status1, status5 } from './status-layout.ts';

const packet = <const L extends Layout>(code: number, length: number, ...layout: L) => ({
  code,
  length,
  layout: [fixed('u8', code), fixed('u8', length), ...layout] as const,
});

/** A text of a request with the NUL that follows it here. */
const longestText = 65_535;

export const informationPackets = {
  /** Of servers that did not send a status with it. */
  'service-event-old': packet(100, 7, u32('handle'), u8('event')),
  'service-event': packet(100, 17, u32('handle'), u8('event'), ...status1),
  'service-event-5': packet(101, 21, u32('handle'), u8('event'), ...status5),
  'environment-event': packet(102, 5, u8('isOverridden'), sizeOf('text', 'u16', longestText), bytes('text')),
} as const;

export type InformationKind = keyof typeof informationPackets;

export type InformationOf<K extends InformationKind> = {
  [P in K]: { readonly kind: P } & Values<(typeof informationPackets)[P]['layout']>;
}[K];

export type Information = InformationOf<InformationKind>;

export function informationKinds(): readonly InformationKind[] {
  return Object.keys(informationPackets) as InformationKind[];
}

export const firstInformationCode = 100;

export function encodeInformation(information: Information): Buffer {
  return encodePacket(informationPackets[information.kind].layout, information);
}
