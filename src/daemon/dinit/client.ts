import type { Reply } from '../../dinit/replies.ts';
import type { Caller } from '../service-manager.ts';
import type { DinitManager } from './dinit-manager.ts';
import type { Handles } from './handles.ts';
import type { LogText } from './log-text.ts';

/** A connection as the handlers of requests see it. */
export interface Client {
  readonly caller: Caller;
  readonly handles: Handles;
  /** Somebody else has a handle of this service. */
  isHeldByOthers(name: string): boolean;
  /** Sends something before the answer. */
  send(reply: Reply): void;
  /** From now on it is told of changes of the environment. */
  listenToEnvironment(): void;
}

/** Where service descriptions come from. */
export interface LoadMechanism {
  readonly workingDirectory: string;
  readonly directories: readonly string[];
}

export interface RequestContext {
  readonly manager: DinitManager;
  readonly client: Client;
  readonly loadMechanism: LoadMechanism;
  /** Writes a line into the log that is kept in dinit's words. */
  readonly say: (line: LogText) => void;
}

/** What a request comes to: one reply, or several that belong together. A refusal of the request as such ends the connection. */
export type Answer = Reply | readonly Reply[];

export const ack: Reply = { kind: 'ack' };
export const nak: Reply = { kind: 'nak' };
export const badRequest: Reply = { kind: 'bad-request' };
export const outOfMemory: Reply = { kind: 'out-of-memory' };
