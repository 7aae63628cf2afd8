/** What one client, and all together, may cost. Bytes and milliseconds. */
import { outputThreshold } from '../../dinit/limits.ts';

export interface DinitLimits {
  /** Unread output beyond which no further request of the connection is looked at. */
  readonly unread: number;
  /** Unread events, beside the reply on its way, beyond which a connection is dropped. */
  readonly unreadEvents: number;
  /** Unhandled input beyond which a connection is not read. */
  readonly queued: number;
  readonly handles: number;
  readonly connections: number;
  /** Descriptors of the process left for everything else; undefined: no bound. */
  readonly highestDescriptor: number | undefined;
  /** How long the last bytes of a connection that is being closed may take. */
  readonly farewellTime: number;
}

export const defaultLimits: DinitLimits = {
  unread: outputThreshold,
  unreadEvents: 1024 * 1024,
  queued: 64 * 1024,
  handles: 65_536,
  connections: 256,
  highestDescriptor: undefined,
  farewellTime: 2_000,
};
