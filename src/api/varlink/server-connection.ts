/**
 * One client at the server's end. Calls are handled one after the other, in order; the next one begins when the last reply to the one before is
 * on its way. While a call is unfinished, or the client does not read its replies, the connection is not read beyond a bound, so what it can
 * cost is bounded too. Everything a client does wrong ends its connection, and nothing else.
 */
import type { Socket } from 'node:net';
import { type Call, decodeCall, encodeError, encodeReply, type JsonObject } from './envelope.ts';
import type { ServerLimits } from './limits.ts';
import { MessageError } from './message-error.ts';
import { MessageReader } from './message-reader.ts';
import type { Peer, ReplyStream } from './method.ts';
import { VarlinkError } from './varlink-error.ts';

export type Dispatch = (call: Call, connection: ServerConnection) => JsonObject | void | Promise<JsonObject | void>;

export interface ConnectionOwner {
  readonly dispatch: Dispatch;
  /** The connection is dropped for this reason. */
  dropped(connection: ServerConnection, reason: string, error?: unknown): void;
  closed(connection: ServerConnection): void;
}

/** Calls of one connection that are handled before others have their turn. */
const callsPerTurn = 64;

export class ServerConnection {
  readonly peer: Peer;
  readonly #socket: Socket;
  readonly #owner: ConnectionOwner;
  readonly #limits: ServerLimits;
  readonly #reader: MessageReader;
  readonly #hangUp = new AbortController();
  readonly #roomWaiters: (() => void)[] = [];
  #queue: Buffer[] = [];
  #next = 0;
  #queuedBytes = 0;
  #isBusy = false;
  #isProcessing = false;
  #isPaused = false;
  #hasEnded = false;
  #isClosing = false;
  #outgoing: string[] = [];
  #outgoingSize = 0;
  #messageTimer: NodeJS.Timeout | undefined;
  #stallTimer: NodeJS.Timeout | undefined;
  #nextTurn: NodeJS.Immediate | undefined;

  constructor(socket: Socket, peer: Peer, limits: ServerLimits, owner: ConnectionOwner) {
    this.#socket = socket;
    this.peer = peer;
    this.#owner = owner;
    this.#limits = limits;
    this.#reader = new MessageReader(limits.message);
    socket.on('data', (chunk) => this.#received(chunk));
    socket.on('end', () => this.#ended());
    // A reset by the peer is an end like any other: `close` follows.
    socket.on('error', () => {});
    socket.on('close', () => this.#closed());
  }

  /** Aborted when the client has hung up, at least in its direction. */
  get hangUp(): AbortSignal {
    return this.#hangUp.signal;
  }

  /** The ways to send replies before the last one. */
  readonly stream: ReplyStream = {
    send: async (parameters) => {
      this.#put(encodeReply(parameters, true));
      this.#flush();
      while (this.#unsent > this.#limits.unsent && !this.#socket.destroyed) {
        await new Promise<void>((resolve) => this.#roomWaiters.push(resolve));
      }
      if (this.#socket.destroyed) throw new ConnectionGone();
    },
    push: (parameters) => {
      this.#put(encodeReply(parameters, true));
      if (!this.#isProcessing) this.#flush();
    },
    drop: (reason) => this.#drop(reason),
  };

  /** Sends what is on its way, then closes; a client that does not take it is not waited for long. */
  async end(): Promise<void> {
    this.#flush();
    this.#isClosing = true;
    if (this.#socket.destroyed) return;
    const closed = new Promise((resolve) => this.#socket.once('close', resolve));
    const deadline = setTimeout(() => this.#socket.destroy(), this.#limits.farewellTime);
    this.#socket.end(() => this.#socket.destroy());
    await closed;
    clearTimeout(deadline);
  }

  #received(chunk: Buffer): void {
    if (this.#isClosing) return;
    try {
      const messages = this.#reader.push(chunk);
      for (const message of messages) {
        this.#queue.push(message);
        this.#queuedBytes += message.length;
      }
      if (messages.length > 0) this.#stopMessageTimer();
    } catch (error) {
      this.#drop(error instanceof MessageError ? error.message : 'unreadable', error);
      return;
    }
    this.#process();
  }

  #ended(): void {
    this.#hasEnded = true;
    this.#stopMessageTimer();
    this.#hangUp.abort();
    this.#process();
  }

  #process(): void {
    if (this.#isProcessing) return;
    this.#isProcessing = true;
    for (let handled = 0; this.#isReady(); handled++) {
      if (handled === callsPerTurn) {
        this.#nextTurn ??= setImmediate(() => {
          this.#nextTurn = undefined;
          this.#process();
        });
        break;
      }
      const message = this.#queue[this.#next++];
      if (message === undefined) break;
      this.#queuedBytes -= message.length;
      this.#handle(message);
    }
    if (this.#next === this.#queue.length) {
      this.#queue = [];
      this.#next = 0;
    }
    this.#isProcessing = false;
    this.#flush();
    this.#regulate();
    if (this.#hasEnded && !this.#isBusy && this.#queue.length === 0 && !this.#isClosing) void this.end();
  }

  #isReady(): boolean {
    const isIdle = !this.#isBusy && !this.#isClosing;
    return isIdle && this.#next < this.#queue.length && this.#unsent <= this.#limits.unsent;
  }

  #handle(message: Buffer): void {
    let call: Call;
    try {
      call = decodeCall(message);
    } catch (error) {
      this.#drop(error instanceof MessageError ? error.message : 'unreadable', error);
      return;
    }
    try {
      const result = this.#owner.dispatch(call, this);
      if (!(result instanceof Promise)) {
        this.#finish(call, result ?? undefined);
        return;
      }
      this.#isBusy = true;
      result.then(
        (parameters) => this.#finishLater(() => this.#finish(call, parameters ?? undefined)),
        (error: unknown) => this.#finishLater(() => this.#fail(call, error)),
      );
    } catch (error) {
      this.#fail(call, error);
    }
  }

  #finishLater(finish: () => void): void {
    this.#isBusy = false;
    if (this.#socket.destroyed) return;
    finish();
    this.#process();
  }

  #finish(call: Call, parameters: JsonObject | undefined): void {
    if (!call.oneway) this.#put(encodeReply(parameters, false));
  }

  #fail(call: Call, error: unknown): void {
    if (error instanceof VarlinkError) {
      if (!call.oneway) this.#put(encodeError(error.error, error.parameters));
    } else if (!(error instanceof ConnectionGone)) {
      this.#drop(`${call.method} failed`, error);
    }
  }

  get #unsent(): number {
    return this.#socket.writableLength + this.#outgoingSize;
  }

  #put(text: string): void {
    if (this.#socket.destroyed || this.#isClosing) return;
    this.#outgoing.push(text);
    this.#outgoingSize += text.length;
    if (this.#outgoingSize > this.#limits.unsent) this.#flush();
  }

  #flush(): void {
    if (this.#outgoing.length === 0 || this.#socket.destroyed) return;
    const text = this.#outgoing.length === 1 ? (this.#outgoing[0] ?? '') : this.#outgoing.join('');
    this.#outgoing = [];
    this.#outgoingSize = 0;
    this.#socket.write(text, this.#written);
    if (this.#socket.writableLength === 0) return;
    if (this.#socket.writableLength > this.#limits.unsentDrop) {
      this.#drop(`reads too slowly: ${this.#socket.writableLength} bytes are unread`);
      return;
    }
    this.#stallTimer ??= setTimeout(() => this.#drop('does not read'), this.#limits.stallTime);
  }

  /** After each write: the client has taken it. */
  readonly #written = (): void => {
    if (this.#stallTimer === undefined) return;
    if (this.#socket.writableLength === 0) {
      clearTimeout(this.#stallTimer);
      this.#stallTimer = undefined;
    } else {
      this.#stallTimer.refresh();
    }
    this.#wakeWaiters();
    this.#process();
  };

  /** Reads no further than the queue's bound, and times only messages whose rest we are willing to read. */
  #regulate(): void {
    if (this.#socket.destroyed) return;
    const isFull = this.#queuedBytes > this.#limits.queued;
    if (isFull && !this.#isPaused) {
      this.#isPaused = true;
      this.#socket.pause();
      this.#stopMessageTimer();
    } else if (!isFull && this.#isPaused) {
      this.#isPaused = false;
      this.#socket.resume();
    }
    if (this.#reader.pending > 0 && !this.#isPaused && !this.#hasEnded) {
      this.#messageTimer ??= setTimeout(() => this.#drop('a message did not end in time'), this.#limits.messageTime);
    }
  }

  #stopMessageTimer(): void {
    clearTimeout(this.#messageTimer);
    this.#messageTimer = undefined;
  }

  #drop(reason: string, error?: unknown): void {
    if (this.#isClosing || this.#socket.destroyed) return;
    this.#isClosing = true;
    this.#owner.dropped(this, reason, error);
    this.#socket.destroy();
  }

  #closed(): void {
    this.#isClosing = true;
    this.#stopMessageTimer();
    clearTimeout(this.#stallTimer);
    clearImmediate(this.#nextTurn);
    this.#queue = [];
    this.#outgoing = [];
    this.#hangUp.abort();
    this.#wakeWaiters();
    this.#owner.closed(this);
  }

  #wakeWaiters(): void {
    for (const wake of this.#roomWaiters.splice(0)) wake();
  }
}

/** The client is no longer there to be answered. */
class ConnectionGone extends Error {
  override readonly name = 'ConnectionGone';
}
