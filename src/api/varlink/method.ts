/** What a server knows of a call, and how a method answers it. */
import type { JsonObject } from './envelope.ts';
import type { InterfaceDefinition } from './interface-definition.ts';
import type { Parameters } from './parameters.ts';

/** Who is at the other end of a connection, as the kernel tells. */
export interface Peer {
  readonly uid: number;
  readonly gid: number;
  readonly pid: number;
  /** Supplementary groups. */
  readonly groups: readonly number[];
}

export interface MethodCall {
  /** `io.reeve.Control.Start` */
  readonly method: string;
  readonly parameters: Parameters;
  readonly peer: Peer;
  /** Only when the caller accepts several replies. */
  readonly stream: ReplyStream | undefined;
  /** Aborted when the caller has hung up, at least in its direction: the end of a stream that would go on for ever. */
  readonly signal: AbortSignal;
}

export interface ReplyStream {
  /** Waits until the caller has taken most of what was sent before. Rejects when the connection is closed meanwhile. */
  send(parameters: JsonObject): Promise<void>;
  /** For news that do not wait: a caller that has too much unread is dropped. */
  push(parameters: JsonObject): void;
  /** Drops the caller; the reason is logged. */
  drop(reason: string): void;
}

/**
 * Returns the parameters of the last reply (nothing for an empty one).
 * @throws {VarlinkError} for an error reply
 */
export type Method = (call: MethodCall) => JsonObject | void | Promise<JsonObject | void>;

export interface InterfaceImplementation {
  readonly definition: InterfaceDefinition;
  readonly methods: ReadonlyMap<string, Method>;
}
