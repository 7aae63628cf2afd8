/** What one client, and all together, may cost. Bytes and milliseconds. */
export interface ServerLimits {
  readonly message: number;
  /** Calls that wait for an unfinished one; beyond, the connection is not read. */
  readonly queued: number;
  /** Unsent replies beyond which no further call of the connection is handled until it reads. */
  readonly unsent: number;
  /** Unsent replies beyond which a connection is dropped. */
  readonly unsentDrop: number;
  readonly connections: number;
  /** Of one uid that is not privileged. */
  readonly connectionsPerUid: number;
  /** Kept free for privileged peers. */
  readonly connectionsReserved: number;
  /** Descriptors of the process left for everything else; undefined: no bound. */
  readonly highestDescriptor: number | undefined;
  /** A message must be complete this long after its first byte. */
  readonly messageTime: number;
  /** A client that takes nothing for this long is dropped. */
  readonly stallTime: number;
  /** How long the last replies may take when the server ends. */
  readonly farewellTime: number;
  /** For peers that are not privileged: bound of messages, queue and unsent replies; sixteen times as much makes the server drop them. */
  readonly unprivilegedBytes: number;
}

export const defaultLimits: ServerLimits = {
  message: 256 * 1024,
  queued: 256 * 1024,
  unsent: 256 * 1024,
  unsentDrop: 1024 * 1024,
  connections: 512,
  connectionsPerUid: 64,
  connectionsReserved: 64,
  highestDescriptor: undefined,
  messageTime: 10_000,
  stallTime: 30_000,
  farewellTime: 1_000,
  unprivilegedBytes: 16 * 1024,
};

/** Whoever may do little has little to say: many connections of one such user stay cheap. */
export function unprivileged(limits: ServerLimits): ServerLimits {
  const bound = (bytes: number): number => Math.min(bytes, limits.unprivilegedBytes);
  return {
    ...limits,
    message: bound(limits.message),
    queued: bound(limits.queued),
    unsent: bound(limits.unsent),
    unsentDrop: Math.min(limits.unsentDrop, 16 * limits.unprivilegedBytes),
  };
}
